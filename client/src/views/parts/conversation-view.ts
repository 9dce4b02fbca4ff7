/** A conversation, for both faces: its title and seal, the thread, alarms, who writes, the composer. */
import { html, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { BetweenElement } from '../element.ts';
import { icon } from '../icons.ts';
import type { ConversationActions, ConversationModel } from '../models/conversation.ts';
import { joinNames, t } from '../words.ts';
import { conversationAlarms } from './conversation-alarms.ts';
import { conversationDialog, type OpenDialog } from './conversation-dialogs.ts';
import { errorState, skeleton } from './loading.ts';
import type { ThreadContext } from './message.ts';
import { notice } from './notices.ts';
import { readersSentence, seal } from './seal.ts';
import type { MessageThread } from './thread.ts';
import './composer.ts';
import './thread.ts';

/** `<conversation-view .model .actions>`: a page's content for patients, a pane for staff. */
@customElement('conversation-view')
export class ConversationView extends BetweenElement {
  @property({ attribute: false }) model!: ConversationModel;
  @property({ attribute: false }) actions!: ConversationActions;
  @state() private dialog: OpenDialog | null = null;
  /** Messages that came while the person was reading further up. */
  @state() private below = 0;
  #context!: ThreadContext;

  /** Brings an entry onto the screen and focuses it. @returns false when it has not been loaded. */
  reveal(id: string): boolean {
    return this.querySelector<MessageThread>('message-thread')?.reveal(id) ?? false;
  }

  /** Puts the caret where one writes. */
  write(): void {
    this.querySelector('message-composer')?.focus();
  }

  protected override willUpdate(changed: PropertyValues): void {
    if (changed.has('model') || changed.has('actions')) this.#context = this.#threadContext();
    const before = changed.get('model') as ConversationModel | undefined;
    if (before !== undefined && (before.id !== this.model.id || this.model.closed)) this.dialog = null;
    if (before?.renaming === 'working' && this.model.renaming === 'idle' && this.dialog?.what === 'rename') this.dialog = null;
  }

  protected override render(): TemplateResult {
    const { model } = this;
    const content = html`${this.#head()}${this.#thread()}${conversationAlarms(model, this.actions, (dialog) => {
      this.dialog = dialog;
    })}${this.#writers()}${this.#foot()}`;
    const close = (): void => {
      this.dialog = null;
    };
    return html`${model.face === 'patient' ? html`<div class="conv">${content}</div>` : content}
    ${
      this.dialog === null
        ? nothing
        : conversationDialog(this.dialog, model, this.actions, {
            close,
            open: (dialog) => {
              this.dialog = dialog;
            },
          })
    }`;
  }

  #head(): TemplateResult {
    const { model } = this;
    const title = model.name ?? t('conversation.unnamed');
    const rename = html`<button
      class="btn btn--plain btn--icon"
      type="button"
      aria-label=${t('conversation.rename')}
      @click=${() => {
        this.dialog = { what: 'rename' };
      }}
    >
      ${icon('pencil')}
    </button>`;
    const readers = seal(model.readers, () => {
      this.dialog = { what: 'readers' };
    });
    if (model.face === 'staff')
      return html`<header class="talk__head">
        <div class="grow">
          <h2 id="talk-title">${model.patient.name}</h2>
          <p class="tiny">${title}</p>
        </div>
        ${model.closed ? nothing : html`${rename}${readers}`}
      </header>`;
    return html`<header class="conv__head">
      <a class="btn btn--plain btn--icon conv__back" href="/home" aria-label=${t('conversation.back')}>${icon('back')}</a>
      <div class="conv__title">
        <h1>${title}</h1>
        ${model.closed ? nothing : rename}
      </div>
      ${model.closed ? nothing : readers}
    </header>`;
  }

  #thread(): TemplateResult {
    const { model } = this;
    if (model.loading.state === 'loading') return html`<div class="thread">${skeleton(t('conversation.loading'))}</div>`;
    if (model.loading.state === 'failed') return html`<div class="thread">${this.#failed(model.loading.reference)}</div>`;
    if (model.closed) return html`<div class="thread">${closedNotice()}</div>`;
    const thread = html`${model.entries.length === 0 ? this.#empty() : nothing}<message-thread
        .contents=${model}
        .context=${this.#context}
        .actions=${this.actions}
        @news-below=${(event: CustomEvent<number>) => {
          this.below = event.detail;
        }}
      ></message-thread>`;
    return model.face === 'patient'
      ? thread
      : html`<div class="talk" tabindex="0" role="region" aria-label=${t('conversation.with', { name: model.patient.name })}>
          ${thread}
        </div>`;
  }

  #failed(reference: string | null): TemplateResult {
    const { clinicPhone, composer } = this.model;
    return errorState({ title: t('conversation.failed'), reference, clinicPhone, offline: composer.connection === 'offline' }, () => {
      this.actions.tryAgain();
    });
  }

  #empty(): TemplateResult {
    return html`<p class="event conv__empty">
      ${icon('chat')}<span>${this.model.face === 'patient' ? t('conversation.empty_patient') : t('conversation.empty_staff')}</span>
    </p>`;
  }

  /** One line is always kept for it, so that nothing jumps; it is not announced, which would never stop. */
  #writers(): TemplateResult {
    const { typing } = this.model;
    const words =
      typing === null
        ? ''
        : typing.who === 'team'
          ? t('typing.team')
          : t('typing.people', { count: typing.names.length, names: joinNames(typing.names) });
    return html`<p class="writers">${words}</p>`;
  }

  #foot(): TemplateResult | typeof nothing {
    if (this.model.loading.state === 'failed' || this.model.closed) return nothing;
    const down = (): void => {
      this.querySelector<MessageThread>('message-thread')?.showNewest();
    };
    const jump = html`<p class="conv__jump">
      <button class="btn btn--main" type="button" @click=${down}>${icon('download')}${t('thread.new_below', { count: this.below })}</button>
    </p>`;
    return html`<div class="conv__foot">${this.below === 0 ? nothing : jump}${this.model.face === 'staff' ? this.#ask() : nothing}${this.#composer()}</div>`;
  }

  #ask(): TemplateResult | typeof nothing {
    if (this.model.composer.blocked !== null) return nothing;
    const ask = (): void => {
      this.actions.loadAskChoices();
      this.dialog = { what: 'ask' };
    };
    return html`<p><button class="btn btn--plain" type="button" aria-haspopup="dialog" @click=${ask}>${icon('users')}${t('ask.open')}</button></p>`;
  }

  #composer(): TemplateResult {
    const { model } = this;
    return html`<message-composer
      conversation=${model.id}
      .model=${model.composer}
      .face=${model.face}
      .emergency=${model.emergency}
      addressee=${model.patient.name}
      readers=${readersSentence(model.readers)}
      .actions=${this.actions}
    ></message-composer>`;
  }

  #threadContext(): ThreadContext {
    const { face, now, zones } = this.model;
    const goTo = (id: string): void => {
      if (!this.reveal(id)) this.actions.goTo(id);
    };
    return {
      face,
      now,
      zones,
      actions: { ...pick(this.actions), goTo },
      askTakeBack: (entry) => {
        this.dialog = { what: 'take_back', entry };
      },
      askCorrect: (entry) => {
        this.dialog = { what: 'correct', entry };
      },
    };
  }
}

/** The person may not read it any more: said at once, with what follows from it. */
function closedNotice(): TemplateResult {
  return notice({ tone: 'honey', icon: 'lock', title: t('conversation.closed'), body: t('conversation.closed_body'), urgent: true });
}

function pick(actions: ConversationActions): Pick<ConversationActions, 'sendAgain' | 'discard' | 'checkAgain' | 'showAnyway' | 'decide' | 'sayNotNow'> {
  return {
    sendAgain: (id) => {
      actions.sendAgain(id);
    },
    discard: (id) => {
      actions.discard(id);
    },
    checkAgain: (id) => {
      actions.checkAgain(id);
    },
    showAnyway: (id) => {
      actions.showAnyway(id);
    },
    decide: (asked) => {
      actions.decide(asked);
    },
    sayNotNow: (id) => {
      actions.sayNotNow(id);
    },
  };
}

declare global {
  interface HTMLElementTagNameMap {
    'conversation-view': ConversationView;
  }
}
