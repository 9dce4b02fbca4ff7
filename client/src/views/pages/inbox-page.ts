/** The care team's inbox: lists, the open conversation, and what is known about its patient. */
import { html, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { BetweenPage } from '../element.ts';
import { icon } from '../icons.ts';
import type { ConversationStart, InboxActions, InboxList, InboxModel, OpenConversation } from '../models/inbox.ts';
import { pageFrame } from '../parts/chrome.ts';
import { coverNotice } from '../parts/cover-words.ts';
import { patientWords } from '../parts/patient-name.ts';
import { segments } from '../parts/segments.ts';
import { t } from '../words.ts';
import { patientContext } from './inbox-context.ts';
import { InboxKeys, keyTable } from './inbox-keys.ts';
import { inboxList } from './inbox-lists.ts';
import type { StartRequest } from './inbox-start.ts';
import '../parts/conversation-view.ts';
import '../parts/dialog.ts';
import './inbox-start.ts';

const CURRENT_ROW = '[data-row][aria-current="true"]';

/** `<inbox-page .model .actions>` */
@customElement('inbox-page')
export class InboxPage extends BetweenPage {
  protected readonly titleWords = 'page.inbox';
  @property({ attribute: false }) model!: InboxModel;
  @property({ attribute: false }) actions!: InboxActions;
  /** On narrow screens the context is a drawer; on wide ones it always stands there. */
  @state() private contextOpen = false;
  @state() private keysShown = false;

  protected readonly keys = new InboxKeys(this, {
    moveRow: (by) => {
      this.#moveRow(by);
    },
    reply: () => {
      this.querySelector<HTMLElement>('.pane--talk textarea')?.focus();
    },
    toggleContext: () => {
      this.#toggleContext();
    },
    showKeys: () => {
      this.keysShown = true;
    },
    stepBack: () => {
      this.#stepBack();
    },
    singleKeysOn: () => this.model.singleKeys,
  });

  protected override willUpdate(changed: PropertyValues<this>): void {
    super.willUpdate(changed);
    if (this.model.open === null) this.contextOpen = false;
  }

  protected override render(): TemplateResult {
    const { model, actions } = this;
    const content = html`${this.#panes()} ${this.keysShown ? this.#keysDialog() : nothing}
    ${model.start ? this.#startDialog(model.start) : nothing}`;
    return pageFrame({ chrome: model.chrome, actions: actions.chrome, content, tools: this.#tools() });
  }

  #tools(): TemplateResult {
    if (!this.model.singleKeys) return html``;
    return html`<button
      class="btn btn--plain tool--keys"
      type="button"
      aria-haspopup="dialog"
      @click=${() => {
        this.keysShown = true;
      }}
    >
      <kbd aria-hidden="true">?</kbd><span class="tool__t">${t('keys.title')}</span>
    </button>`;
  }

  #panes(): TemplateResult {
    const { open } = this.model;
    return html`<h1 class="vh">${t('places.inbox')}</h1>
      <div class="panes" data-pane=${open === null ? 'list' : this.contextOpen ? 'context' : 'talk'}>
        <section class="pane pane--queue" aria-labelledby="queue-title">
          <p class="vh" role="status">
            ${this.model.loading.state === 'ready' ? t('inbox.waiting_count', { count: this.model.questions.length }) : ''}
          </p>
          ${this.#listHead()} ${coverNotice(this.model)}
          <div class="queue">${inboxList(this.model, this.actions)}</div>
        </section>
        <section class="pane pane--talk" aria-label=${t('inbox.talk_label')}>
          ${open === null ? this.#nothingOpen() : this.#talk(open)}
        </section>
        ${open === null ? nothing : this.#context(open)}
      </div>`;
  }

  #listHead(): TemplateResult {
    const { list, questions, conversations } = this.model;
    const counted = (words: string, count: number): TemplateResult => html`${words}<span class="count count--quiet">${count}</span>`;
    const options = [
      { value: 'questions' as const, label: counted(t('inbox.questions'), questions.length) },
      { value: 'conversations' as const, label: counted(t('inbox.conversations'), conversations.length) },
    ];
    const choose = (chosen: InboxList): void => {
      this.actions.showList(chosen);
    };
    return html`<header class="queue__head">
      <h2 class="vh" id="queue-title">${list === 'questions' ? t('inbox.questions_label') : t('inbox.conversations_label')}</h2>
      <div class="row row--apart row--tight">
        ${segments({ name: 'inbox-list', legend: t('inbox.which_list'), options, chosen: list }, choose)}
        <button
          class="btn btn--icon"
          type="button"
          aria-haspopup="dialog"
          aria-label=${t('start.title')}
          @click=${() => {
            this.actions.beginStart();
          }}
        >
          ${icon('plus')}
        </button>
      </div>
    </header>`;
  }

  #nothingOpen(): TemplateResult {
    return html`<div class="empty">
      <h2>${t('inbox.nothing_open')}</h2>
      <p>${t('inbox.nothing_open_body')}</p>
    </div>`;
  }

  #talk({ conversation, context }: OpenConversation): TemplateResult {
    const name = patientWords(context.patient);
    return html`<div class="talkbar">
        <button
          class="btn btn--plain talkbar__back"
          type="button"
          @click=${() => {
            this.#closeConversation();
          }}
        >
          ${icon('back')}${t('inbox.back')}
        </button>
        <button
          class="btn btn--plain talkbar__who"
          type="button"
          aria-expanded=${this.contextOpen ? 'true' : 'false'}
          aria-controls="context"
          @click=${() => {
            this.#toggleContext();
          }}
        >
          ${icon('user')}${t('context.about', { name })}
        </button>
      </div>
      <conversation-view .model=${conversation} .actions=${this.actions.conversation}></conversation-view>`;
  }

  #context({ context }: OpenConversation): TemplateResult {
    const close = (): void => {
      this.#toggleContext();
    };
    const label = t('context.about', { name: patientWords(context.patient) });
    return html`<aside
      id="context"
      class=${this.contextOpen ? 'pane pane--who is-open' : 'pane pane--who'}
      aria-label=${label}
      tabindex="0"
      @focusout=${this.#leaveContext}
    >
      ${patientContext(context, this.model, this.actions, close)}
    </aside>`;
  }

  #keysDialog(): TemplateResult {
    const close = (): void => {
      this.keysShown = false;
    };
    const foot = html`<button class="btn" type="button" @click=${close}>${t('dialog.close')}</button>`;
    return html`<modal-dialog .heading=${t('keys.title')} .body=${keyTable()} .foot=${foot} @dismiss=${close}></modal-dialog>`;
  }

  #startDialog(start: ConversationStart): TemplateResult {
    const cancel = (): void => {
      this.actions.cancelStart();
    };
    const body = html`<conversation-start
      .start=${start}
      @start=${(event: CustomEvent<StartRequest>) => {
        this.actions.startConversation(event.detail.patient, event.detail.name);
      }}
      @cancel=${cancel}
    ></conversation-start>`;
    return html`<modal-dialog .heading=${t('start.title')} .body=${body} @dismiss=${cancel}></modal-dialog>`;
  }

  #rows(): HTMLElement[] {
    return [...this.querySelectorAll<HTMLElement>('[data-row]')];
  }

  /** From the focused row, else from the open one, else to the first. */
  #moveRow(by: 1 | -1): void {
    const rows = this.#rows();
    const focused = rows.findIndex((row) => row === document.activeElement);
    const from = focused >= 0 ? focused : rows.findIndex((row) => row.ariaCurrent === 'true');
    rows[Math.min(Math.max(from < 0 ? 0 : from + by, 0), rows.length - 1)]?.focus();
  }

  #toggleContext(): void {
    if (this.model.open === null) return;
    this.contextOpen = !this.contextOpen;
    const opened = this.contextOpen;
    void this.updateComplete.then(() => {
      if (opened) this.querySelector<HTMLElement>('#context-title')?.focus();
      else this.#focusFirstSeen(['.talkbar__who', CURRENT_ROW]);
    });
  }

  /** A drawer that lies over the conversation goes when focus moves under it, where it could not be seen. */
  #leaveContext(event: FocusEvent): void {
    const [next, toggle] = [event.relatedTarget, this.querySelector('.talkbar__who')];
    if (!(next instanceof Element) || next === toggle || next.closest('#context, dialog') || !toggle?.checkVisibility()) return;
    this.contextOpen = false;
  }

  /** The drawer first; then to the row the conversation was opened from, which closes it on a narrow screen. */
  #stepBack(): void {
    if (this.contextOpen) this.#toggleContext();
    else if (this.querySelector('.talkbar__back')?.checkVisibility()) this.#closeConversation();
    else this.#focusFirstSeen([CURRENT_ROW, '[data-row]']);
  }

  #closeConversation(): void {
    const row = this.querySelector<HTMLElement>(CURRENT_ROW)?.getAttribute('href');
    this.actions.closeConversation();
    void this.updateComplete.then(() => {
      this.#focusFirstSeen([`[data-row][href="${row ?? ''}"]`, '[data-row]']);
    });
  }

  #focusFirstSeen(selectors: readonly string[]): void {
    const found = selectors.map((selector) => this.querySelector<HTMLElement>(selector));
    found.find((element) => element?.checkVisibility())?.focus();
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'inbox-page': InboxPage;
  }
}
