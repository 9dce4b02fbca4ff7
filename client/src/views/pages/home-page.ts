/** The patient's first screen: questions, conversations, and starting one. */
import { html, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { repeat } from 'lit/directives/repeat.js';
import { BetweenPage } from '../element.ts';
import { icon } from '../icons.ts';
import type { HomeActions, HomeModel, OwnQuestion } from '../models/home.ts';
import { pageFrame } from '../parts/chrome.ts';
import { emptyState, errorState, skeleton } from '../parts/loading.ts';
import { notice, urgent } from '../parts/notices.ts';
import { questionChip } from '../parts/slip.ts';
import { doubtfulEmergencies, toldEmergency } from '../parts/told-emergency.ts';
import { timeElement, weekdayTime } from '../times.ts';
import { rich, t, type WordKey } from '../words.ts';
import { askDialog } from './home-ask.ts';
import { conversationRow } from '../parts/conversation-row.ts';

/** `<home-page .model .actions>`. */
@customElement('home-page')
export class HomePage extends BetweenPage {
  protected readonly titleWords = 'page.home';
  @property({ attribute: false }) model!: HomeModel;
  @property({ attribute: false }) actions!: HomeActions;
  /** The dialog in which a question finds its conversation. */
  @state() private asking = false;
  @state() private chosen: string | null = null;

  protected override willUpdate(changed: PropertyValues): void {
    const before = changed.get('model') as HomeModel | undefined;
    if (before?.starting === 'working' && this.model.starting === 'idle') this.asking = false;
  }

  protected override render(): TemplateResult {
    const { model } = this;
    const content = html`<div class="page">
        <header class="home__head">
          <h1>${t(greeting(model), { name: model.chrome.me.name })}</h1>
          ${model.loading.state === 'ready' && model.team !== null && model.conversations.length > 0 ? this.#askButton() : nothing}
        </header>
        ${urgent(model.chrome.emergency, 'bar')} ${this.#body()}
      </div>
      ${this.asking ? this.#dialog() : nothing}`;
    return pageFrame({ chrome: model.chrome, actions: this.actions.chrome, content });
  }

  #askButton(): TemplateResult {
    return html`<button
      class="btn btn--main btn--tall"
      type="button"
      @click=${() => {
        this.#ask();
      }}
    >
      ${icon('ask')}${t('home.ask')}
    </button>`;
  }

  #ask(): void {
    this.chosen = this.model.conversations[0]?.id ?? null;
    this.asking = true;
  }

  #body(): TemplateResult {
    const { loading, clinicPhone } = this.model;
    if (loading.state === 'loading') return html`<section class="home__sec">${skeleton(t('home.loading'))}</section>`;
    if (loading.state === 'failed')
      return html`<section class="home__sec">
        ${errorState(
          {
            title: t('home.failed'),
            reference: loading.reference,
            clinicPhone,
            offline: this.model.chrome.connection !== 'online',
          },
          () => {
            this.actions.tryAgain();
          },
        )}
      </section>`;
    return html`${this.#emergencies()} ${this.#reminder()} ${this.#questions()} ${this.#conversations()}`;
  }

  #emergencies(): TemplateResult | typeof nothing {
    const { emergencies, doubtfulEmergencies: doubtful } = this.model;
    if (emergencies.length + doubtful === 0) return nothing;
    const shown = repeat(
      emergencies,
      ({ id, state }) => `${id} ${state}`,
      (told) => toldEmergency(told, this.model),
    );
    return html`<section class="home__sec stack" aria-label=${t('emergency_choice.title')}>${doubtfulEmergencies(doubtful)} ${shown}</section>`;
  }

  #reminder(): TemplateResult | typeof nothing {
    if (!this.model.clinicCodeUnchecked) return nothing;
    const compare = html`<button
      class="btn"
      type="button"
      @click=${() => {
        this.actions.compareClinicCode();
      }}
    >
      ${t('home.compare')}
    </button>`;
    return notice({
      tone: 'honey',
      icon: 'shield',
      title: t('home.unchecked'),
      body: html`${t('home.unchecked_body')}
        <p>${compare}</p>`,
    });
  }

  #questions(): TemplateResult | typeof nothing {
    const { questions } = this.model;
    if (questions.length === 0) return nothing;
    return html`<section class="home__sec" aria-labelledby="questions-title">
      <h2 id="questions-title">${t('home.questions')}</h2>
      <ul class="panel rows" role="list">
        ${questions.map((question) => this.#question(question))}
      </ul>
    </section>`;
  }

  #question(question: OwnQuestion): TemplateResult {
    const { now, zones } = this.model;
    const asked = timeElement(question.askedAt, weekdayTime(question.askedAt, now, zones));
    const who =
      question.state.state === 'open'
        ? t('home.no_answer_yet')
        : t(question.state.state === 'answered' ? 'question.answered_by' : 'question.acknowledged_by', { name: question.state.by.name });
    return html`<li class="qrow">
      <div>
        <a class="qrow__t" href="/conversations/${question.conversation}#${question.id}">${rich('home.asked', { time: asked })}</a>
        <p class="quiet small">${question.conversationName ?? t('conversation.unnamed')} · ${who}</p>
      </div>
      ${questionChip(question.state, question.askedAt, this.model)}
    </li>`;
  }

  #conversations(): TemplateResult {
    const { conversations, team } = this.model;
    if (conversations.length === 0)
      return html`<section class="home__sec">
        ${emptyState({
          title: t('home.empty'),
          body: team === null ? t('home.empty_no_team') : t('home.empty_body'),
          action: team === null ? null : this.#askButton(),
        })}
      </section>`;
    return html`<section class="home__sec" aria-labelledby="conversations-title">
      <h2 id="conversations-title">${t('home.conversations')}</h2>
      <ul class="panel convs" role="list">
        ${conversations.map((row) => html`<li>${conversationRow(row, this.model)}</li>`)}
      </ul>
    </section>`;
  }

  #dialog(): TemplateResult {
    return askDialog(this.model, this.chosen, {
      choose: (conversation) => {
        this.chosen = conversation;
      },
      close: () => {
        this.asking = false;
      },
      start: (name) => {
        this.actions.startConversation(name);
      },
      open: (conversation) => {
        this.actions.openConversation(conversation);
      },
    });
  }
}

/** By the reader's own clock. */
function greeting({ now, zones }: HomeModel): WordKey {
  const hour = Number(new Intl.DateTimeFormat('en-GB', { hour: '2-digit', hourCycle: 'h23', timeZone: zones.reader }).format(now));
  if (hour < 12) return 'home.morning';
  return hour < 18 ? 'home.afternoon' : 'home.evening';
}

declare global {
  interface HTMLElementTagNameMap {
    'home-page': HomePage;
  }
}
