/** Where people write: one form for patients, one for the care team. */
import { html, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { classMap } from 'lit/directives/class-map.js';
import { live } from 'lit/directives/live.js';
import { BetweenElement } from '../element.ts';
import { icon, type IconName } from '../icons.ts';
import type { Emergency, Face } from '../models/chrome.ts';
import type { ComposerModel, Draft, ReplyMode, SendBlock } from '../models/composer.ts';
import type { ConversationActions } from '../models/conversation.ts';
import type { MessageKind } from '../models/thread.ts';
import { t, type WordKey } from '../words.ts';
import { callLink } from './notices.ts';
import { segments } from './segments.ts';

const KINDS: readonly MessageKind[] = ['question', 'update', 'thanks'];
const KIND_WORDS: Record<MessageKind, WordKey> = { question: 'kind.question', update: 'kind.update', thanks: 'kind.thanks' };
const KIND_ICONS: Record<MessageKind, IconName> = { question: 'ask', update: 'update', thanks: 'heart' };
const PLACEHOLDERS: Record<MessageKind, WordKey> = {
  question: 'composer.hint_question',
  update: 'composer.hint_update',
  thanks: 'composer.hint_thanks',
};
const OUTCOMES: Record<MessageKind, WordKey> = {
  question: 'composer.will_answer',
  update: 'composer.no_answer',
  thanks: 'composer.no_answer',
};
const MODES: readonly ReplyMode[] = ['answers', 'acknowledges', 'plain'];
const MODE_WORDS: Record<ReplyMode, WordKey> = {
  answers: 'composer.answers',
  acknowledges: 'composer.acknowledges',
  plain: 'composer.plain',
};
const MODE_ICONS: Record<ReplyMode, IconName> = { answers: 'link', acknowledges: 'check', plain: 'update' };
const BLOCK_WORDS: Record<SendBlock, WordKey> = {
  key_changed: 'block.key_changed',
  clock: 'block.clock',
  log_forked: 'block.log_forked',
  readers_invalid: 'block.readers_invalid',
  rolled_back: 'block.rolled_back',
  device_full: 'block.device_full',
  not_a_reader: 'block.not_a_reader',
  waiting_for_key: 'block.waiting_for_key',
};

/** How long after the last key somebody still counts as writing. */
const WRITING_FOR_MS = 4000;
const TELL_AGAIN_MS = 3000;

type ComposerActions = Pick<ConversationActions, 'send' | 'keepDraft' | 'tellTyping'>;

/** `<message-composer .model .face .emergency .addressee .readers .actions conversation>`. */
@customElement('message-composer')
export class MessageComposer extends BetweenElement {
  @property() conversation = '';
  @property({ attribute: false }) model!: ComposerModel;
  @property({ attribute: false }) face: Face = 'patient';
  @property({ attribute: false }) emergency!: Emergency;
  /** Whom staff reply to. */
  @property() addressee = '';
  /** Who will be able to read it, in words; shown to staff beside Send. */
  @property() readers = '';
  @property({ attribute: false }) actions!: ComposerActions;
  @state() private draft: Draft = { text: '', kind: 'question', mode: 'plain', question: null };
  /** On a phone the composer is folded until it is used; the emergency line always stays. */
  @state() private unfolded = false;
  #writing: ReturnType<typeof setTimeout> | undefined;
  #toldWriting = 0;

  override connectedCallback(): void {
    super.connectedCallback();
    document.addEventListener('pointerdown', this.#touchedElsewhere);
    document.addEventListener('focusin', this.#touchedElsewhere);
  }

  override disconnectedCallback(): void {
    document.removeEventListener('pointerdown', this.#touchedElsewhere);
    document.removeEventListener('focusin', this.#touchedElsewhere);
    this.#stopWriting();
    super.disconnectedCallback();
  }

  /** Puts the caret into the text. */
  override focus(): void {
    this.querySelector('textarea')?.focus();
  }

  protected override willUpdate(changed: PropertyValues): void {
    if (changed.has('conversation')) this.draft = this.model.draft;
    else if (changed.has('model')) this.#dropAnswered();
  }

  protected override render(): TemplateResult {
    const folded = !this.unfolded && this.draft.text === '';
    const patient = this.face === 'patient';
    const classes = classMap({ composer: patient, reply: !patient, 'is-folded': folded });
    const label = patient ? t('composer.label') : t('composer.reply_to', { name: this.addressee });
    return html`<form
      class=${classes}
      aria-label=${label}
      novalidate
      @submit=${this.#submit}
      @focusin=${() => {
        this.unfolded = true;
      }}
    >
      ${patient ? this.#kinds() : this.#modes()}
      <label class="vh" for="composer-text">${patient ? t('composer.message') : label}</label>
      <textarea
        class="input"
        id="composer-text"
        rows=${patient ? 2 : 3}
        dir="auto"
        autocomplete="off"
        placeholder=${patient ? t(PLACEHOLDERS[this.draft.kind]) : t('composer.hint_reply', { name: this.addressee })}
        .value=${live(this.draft.text)}
        aria-describedby="composer-note"
        aria-invalid=${this.#bytesOver() > 0 ? 'true' : nothing}
        @input=${this.#typed}
        @keydown=${this.#keyed}
        @blur=${this.#stopWriting}
      ></textarea>
      ${this.#foot(patient)} ${patient ? this.#urgentLine() : nothing}
    </form>`;
  }

  #kinds(): TemplateResult {
    const options = KINDS.map((value) => ({ value, label: html`${icon(KIND_ICONS[value])}${t(KIND_WORDS[value])}` }));
    return html`<div class="composer__kind">
      ${segments({ name: 'kind', legend: t('composer.kind'), options, chosen: this.draft.kind, fill: true }, (kind) => {
        this.#change({ kind });
      })}
    </div>`;
  }

  #modes(): TemplateResult | typeof nothing {
    const { openQuestions } = this.model;
    if (openQuestions.length === 0) return nothing;
    const options = MODES.map((value) => ({ value, label: html`${icon(MODE_ICONS[value])}${t(MODE_WORDS[value])}` }));
    const first = openQuestions[0]?.id ?? null;
    return html`<div class="row row--tight reply__mode">
      ${segments({ name: 'mode', legend: t('composer.mode'), options, chosen: this.draft.mode }, (mode) => {
        this.#change({ mode, question: mode === 'plain' ? null : (this.draft.question ?? first) });
      })}
      ${this.draft.mode === 'plain' || openQuestions.length < 2 ? nothing : this.#whichQuestion()}
    </div>`;
  }

  #whichQuestion(): TemplateResult {
    return html`<label class="vh" for="composer-question">${t('composer.which_question')}</label>
      <select
        class="input reply__which"
        id="composer-question"
        @change=${(event: Event) => {
          this.#change({ question: (event.target as HTMLSelectElement).value });
        }}
      >
        ${this.model.openQuestions.map(
          ({ id, excerpt }) =>
            html`<option value=${id} ?selected=${id === this.draft.question}>${excerpt ?? t('message.earlier_question')}</option>`,
        )}
      </select>`;
  }

  #foot(patient: boolean): TemplateResult {
    const later = this.model.connection === 'offline' && this.model.blocked === null;
    return html`<div class="composer__foot">
      <p id="composer-note" aria-live="polite">${this.#note(patient)}</p>
      <button class="btn btn--main" type="submit" aria-disabled=${this.#stopped() ? 'true' : 'false'} aria-describedby="composer-note">
        ${icon('send')}${later ? t('composer.send_later') : t('composer.send')}${patient ? nothing : html`<kbd aria-hidden="true">Ctrl ↵</kbd>`}
      </button>
    </div>`;
  }

  /** Why it cannot be sent, else what will come of it. */
  #note(patient: boolean): TemplateResult | string {
    const { blocked, connection } = this.model;
    const over = this.#bytesOver();
    if (blocked !== null) return html`<span class="brick">${t(BLOCK_WORDS[blocked])}</span>`;
    if (over > 0) return html`<span class="brick">${t('composer.too_long', { count: over })}</span>`;
    if (connection === 'offline') return t('composer.offline');
    return patient ? t(OUTCOMES[this.draft.kind]) : html`<span class="seal-line">${icon('lock')}${this.readers}</span>`;
  }

  #urgentLine(): TemplateResult {
    return html`<p class="composer__urgent">
      ${icon('phone', 'small')}${t('composer.urgent')} ${callLink(this.emergency, t('composer.call', { number: this.emergency.number }))}
    </p>`;
  }

  #typed(event: InputEvent): void {
    this.#change({ text: (event.target as HTMLTextAreaElement).value });
    // Said again while it goes on: whoever listens forgets it after a few seconds, as of somebody who lost the connection.
    if (this.#writing === undefined || Date.now() - this.#toldWriting > TELL_AGAIN_MS) {
      this.#toldWriting = Date.now();
      this.actions.tellTyping(true);
    }
    clearTimeout(this.#writing);
    this.#writing = setTimeout(() => {
      this.#stopWriting();
    }, WRITING_FOR_MS);
  }

  readonly #stopWriting = (): void => {
    if (this.#writing === undefined) return;
    clearTimeout(this.#writing);
    this.#writing = undefined;
    this.actions.tellTyping(false);
  };

  #keyed(event: KeyboardEvent): void {
    if (event.key === 'Enter' && (event.ctrlKey || event.metaKey) && !event.isComposing) this.#submit(event);
  }

  #submit(event: Event): void {
    event.preventDefault();
    if (this.#stopped()) return;
    if (this.draft.text.trim() === '') {
      this.focus();
      return;
    }
    this.#stopWriting();
    this.actions.send({ ...this.draft, text: this.draft.text.trim() });
    this.draft = { ...this.draft, text: '', mode: 'plain', question: null };
    this.focus();
  }

  #change(part: Partial<Draft>): void {
    this.draft = { ...this.draft, ...part };
    this.actions.keepDraft(this.draft);
  }

  /** A question that somebody else has answered meanwhile can no longer be answered here. */
  #dropAnswered(): void {
    const { question } = this.draft;
    if (question !== null && !this.model.openQuestions.some(({ id }) => id === question))
      this.draft = { ...this.draft, mode: 'plain', question: null };
  }

  /** Whether there is a reason, said beside the button, why nothing can be sent. */
  #stopped(): boolean {
    return this.model.blocked !== null || this.#bytesOver() > 0;
  }

  #bytesOver(): number {
    return new TextEncoder().encode(this.draft.text).length - this.model.maxBytes;
  }

  readonly #touchedElsewhere = (event: Event): void => {
    if (event.target instanceof Node && !this.contains(event.target)) this.unfolded = false;
  };
}

declare global {
  interface HTMLElementTagNameMap {
    'message-composer': MessageComposer;
  }
}
