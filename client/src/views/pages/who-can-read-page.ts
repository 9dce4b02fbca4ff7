/** "Who can read my messages": everything that is agreed, changing it, and what has changed. */
import { html, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { BetweenPage } from '../element.ts';
import { icon } from '../icons.ts';
import type { AskedTerms } from '../models/ask.ts';
import type { Person } from '../models/person.ts';
import type { ConsentEvent, Grant, WhoCanReadActions, WhoCanReadModel } from '../models/who-can-read.ts';
import { pageFrame } from '../parts/chrome.ts';
import { emptyState, errorState, skeleton } from '../parts/loading.ts';
import { notice } from '../parts/notices.ts';
import { timeElement, weekdayTime } from '../times.ts';
import { sentenceGap, t, type WordKey } from '../words.ts';
import { blockDialog, blockedSection, unblockDialog } from './who-can-read-block.ts';
import { copySection } from './who-can-read-copy.ts';
import { takeOffDialog } from './who-can-read-deed.ts';
import { grantCard } from './who-can-read-grant.ts';
import { changeSentences } from './who-can-read-words.ts';
import './who-can-read-form.ts';

type Undertaking =
  | { readonly what: 'give'; readonly asked: AskedTerms | null }
  | { readonly what: 'change' | 'take_off'; readonly grant: Grant }
  | { readonly what: 'block'; readonly grant: Grant; readonly chosen: string | null }
  | { readonly what: 'unblock'; readonly person: Person };

const EVENT_WORDS: Record<ConsentEvent['did'], WordKey> = {
  given: 'consents.given',
  changed: 'consents.changed',
  taken_off: 'consents.taken_off',
  ended: 'consents.ended',
  team_joined: 'consents.team_joined',
  team_covers: 'consents.team_covers',
  team_left: 'consents.team_left',
  blocked: 'consents.blocked',
  unblocked: 'consents.unblocked',
  emergency_on: 'consents.emergency_on',
  emergency_off: 'consents.emergency_off',
};

function emergencyWords(): TemplateResult {
  return html`${t('who_can_read.emergency')}
    <p><a class="tapline" href="/settings#emergency">${t('who_can_read.emergency_link')}</a></p>`;
}

/** `<who-can-read-page .model .actions>`. */
@customElement('who-can-read-page')
export class WhoCanReadPage extends BetweenPage {
  protected readonly titleWords = 'page.who_can_read';
  @property({ attribute: false }) model!: WhoCanReadModel;
  @property({ attribute: false }) actions!: WhoCanReadActions;
  @state() private undertaking: Undertaking | null = null;
  #begun = false;

  protected override willUpdate(changed: PropertyValues): void {
    const before = changed.get('model') as WhoCanReadModel | undefined;
    if (before?.deed.state === 'working' && this.model.deed.state === 'idle') this.undertaking = null;
    if (this.#begun || this.model.loading.state !== 'ready') return;
    this.#begun = true;
    if (this.model.asked) this.undertaking = { what: 'give', asked: this.model.asked };
  }

  protected override render(): TemplateResult {
    const { model, actions, undertaking } = this;
    const content = html`<div class="page">${this.#body()}</div>
      ${undertaking ? this.#dialog(undertaking) : nothing}`;
    return pageFrame({ chrome: model.chrome, actions: actions.chrome, content });
  }

  #body(): TemplateResult {
    const { loading, clinicPhone, chrome } = this.model;
    const head = html`<header class="page__head">
      <h1>${t('who_can_read.title')}</h1>
      <p>${t('who_can_read.lead')}</p>
      ${this.model.emergencyAccess ? notice({ tone: 'honey', icon: 'key', body: emergencyWords() }) : nothing}
    </header>`;
    if (loading.state === 'loading') return html`${head}${skeleton(t('who_can_read.loading'))}`;
    if (loading.state === 'failed') {
      const failure = { title: t('who_can_read.failed'), reference: loading.reference, clinicPhone, offline: chrome.connection !== 'online' };
      return html`${head}${errorState(failure, () => {
        this.actions.tryAgain();
      })}`;
    }
    const { undertaking } = this;
    if (undertaking?.what === 'give' || undertaking?.what === 'change') {
      return undertaking.what === 'give' ? this.#form(null, undertaking.asked) : this.#form(undertaking.grant, null);
    }
    const blocked = blockedSection(this.model.blocked, (person) => {
      this.#begin({ what: 'unblock', person });
    });
    return html`${head}${this.#grants()}${blocked}${this.#events()}${this.#copy()}`;
  }

  #form(grant: Grant | null, asked: AskedTerms | null): TemplateResult {
    return html`<grant-form
      .model=${this.model}
      .actions=${this.actions}
      .grant=${grant}
      .asked=${asked}
      .close=${this.#close}
    ></grant-form>`;
  }

  #grants(): TemplateResult {
    const { grants } = this.model;
    const cards = grants.map((grant) =>
      grantCard(grant, this.model, {
        change: (chosen) => {
          this.#begin({ what: 'change', grant: chosen });
        },
        takeOff: (chosen) => {
          this.#begin({ what: 'take_off', grant: chosen });
        },
        block: (chosen) => {
          this.#begin({ what: 'block', grant: chosen, chosen: null });
        },
      }),
    );
    return html`<section class="home__sec" aria-labelledby="grants-title">
      <h2 id="grants-title">${t('who_can_read.people')}</h2>
      ${
        cards.length === 0
          ? emptyState({ title: t('who_can_read.nobody'), body: t('who_can_read.nobody_body') })
          : html`<ul class="cards" role="list">
              ${cards}
            </ul>`
      }
      <button
        class="btn"
        type="button"
        @click=${() => {
          this.#begin({ what: 'give', asked: null });
        }}
      >
        ${icon('plus')}${t('give.title')}
      </button>
    </section>`;
  }

  #events(): TemplateResult | typeof nothing {
    const { events } = this.model;
    if (events.length === 0) return nothing;
    return html`<section class="home__sec" aria-labelledby="events-title">
      <h2 id="events-title">${t('who_can_read.changes')}</h2>
      <ol class="panel rows time" role="list">
        ${events.map((event) => this.#event(event))}
      </ol>
    </section>`;
  }

  #copy(): TemplateResult {
    return copySection(this.model.copying, () => {
      this.actions.saveCopy();
    });
  }

  #event({ at, did, name, codes, team = '', cover }: ConsentEvent): TemplateResult {
    const { now, zones } = this.model;
    const day = (when: Date | undefined): string => (when ? weekdayTime(when, now, zones) : '');
    const said = t(EVENT_WORDS[did], { name, team, from: day(cover?.from), until: day(cover?.until) });
    return html`<li>
      ${timeElement(at, weekdayTime(at, now, zones))}<span>${said}${codes.length > 0 ? sentenceGap() + changeSentences(codes) : nothing}</span>
    </li>`;
  }

  #dialog(undertaking: Undertaking): TemplateResult | typeof nothing {
    const { model, actions } = this;
    if (undertaking.what === 'take_off') return this.#takeOff(undertaking.grant);
    if (undertaking.what === 'unblock') {
      return unblockDialog(undertaking.person, model.deed, { close: this.#close, yes: (person) => { actions.unblock(person); } });
    }
    if (undertaking.what !== 'block') return nothing;
    return blockDialog(undertaking.grant, undertaking.chosen, model.deed, {
      close: this.#close,
      choose: (chosen) => { this.undertaking = { ...undertaking, chosen }; },
      yes: (person) => { actions.block(person); },
    });
  }

  #takeOff(grant: Grant): TemplateResult {
    return takeOffDialog(grant, this.model.deed, {
      close: this.#close,
      takeOff: () => {
        this.actions.takeOff(grant.id);
      },
    });
  }

  #begin(undertaking: Undertaking | null): void {
    this.actions.forgetFailure();
    this.undertaking = undertaking;
  }

  readonly #close = (): void => {
    this.#begin(null);
  };
}

declare global {
  interface HTMLElementTagNameMap {
    'who-can-read-page': WhoCanReadPage;
  }
}
