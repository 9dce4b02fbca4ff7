/** Asking a patient to let somebody else read: every term, why, and what it comes to. */
import { html, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { BetweenElement } from '../element.ts';
import { icon } from '../icons.ts';
import type { AskedTerms } from '../models/ask.ts';
import type { ConversationModel } from '../models/conversation.ts';
import type { GranteeChoice, Terms } from '../models/who-can-read.ts';
import { ASKED_PURPOSE_WORDS, askSentences, dayText } from '../pages/who-can-read-words.ts';
import { t } from '../words.ts';
import { choices } from './choices.ts';
import { fieldAround } from './field.ts';
import { notice } from './notices.ts';
import { granteeField, groupField, historyField, missingTerms, purposeField, untilField } from './terms-fields.ts';

/** `<ask-form .model .choices .send .close>`. */
@customElement('ask-form')
export class AskForm extends BetweenElement {
  @property({ attribute: false }) model!: Pick<ConversationModel, 'id' | 'patient' | 'now' | 'zones'>;
  @property({ attribute: false }) choices: readonly GranteeChoice[] = [];
  @property({ attribute: false }) send: (asked: AskedTerms, text: string) => void = () => undefined;
  @property({ attribute: false }) close: () => void = () => undefined;
  @state() private terms: Terms | null = null;
  @state() private grantee = '';
  @state() private withEnd = false;
  @state() private text = '';

  protected override render(): TemplateResult {
    const name = this.model.patient.name;
    return html`<form class="stack" novalidate @submit=${this.#submit}>
      <p class="quiet">${t('ask.lead', { name })}</p>
      ${granteeField(this.choices, this.grantee, (id) => {
        this.grantee = id;
      })}
      ${this.#what()} ${purposeField(this.#terms, ASKED_PURPOSE_WORDS, this.#set)} ${historyField(this.#terms, this.#set)}
      ${untilField(this.#terms, this.withEnd, t('ask.open_end', { name }), (part, ends) => {
        this.withEnd = ends;
        this.#set(part);
      })}
      ${this.#reason()} ${this.#preview()}
      <div class="row">
        <button class="btn btn--main" type="submit" aria-disabled=${this.#missing === null ? 'false' : 'true'} aria-describedby="ask-preview">
          ${icon('send')}${t('ask.send', { name })}
        </button>
        <button
          class="btn"
          type="button"
          @click=${() => {
            this.close();
          }}
        >
          ${t('dialog.keep')}
        </button>
      </div>
    </form>`;
  }

  get #terms(): Terms {
    return this.terms ?? { scope: this.model.id, purpose: 'treatment', history: 'none', from: '', until: '', mayOpen: false };
  }

  readonly #set = (part: Partial<Terms>): void => {
    this.terms = { ...this.#terms, ...part };
  };

  get #missing(): string | null {
    if (this.grantee === '') return t('give.choose_first');
    return missingTerms(this.#terms, this.withEnd, dayText(this.model.now)) ?? (this.text.trim() === '' ? t('ask.reason_missing') : null);
  }

  #what(): TemplateResult {
    const options = [
      { value: 'one', label: t('ask.this') },
      { value: 'all', label: t('grant.all') },
    ] as const;
    const chosen = this.#terms.scope === 'all' ? 'all' : 'one';
    return groupField(
      t('grant.what'),
      choices({ name: 'scope', legend: t('grant.what'), options, chosen }, (value) => {
        this.#set({ scope: value === 'all' ? 'all' : this.model.id });
      }),
    );
  }

  #reason(): TemplateResult {
    const field = { id: 'ask-reason', label: t('ask.reason'), hint: t('ask.reason_hint', { name: this.model.patient.name }) };
    return fieldAround(
      field,
      (describedBy) =>
        html`<textarea
          class="input"
          id="ask-reason"
          rows="3"
          dir="auto"
          maxlength="2000"
          autocomplete="off"
          aria-describedby=${describedBy}
          @input=${(event: InputEvent) => {
            this.text = (event.target as HTMLTextAreaElement).value;
          }}
        ></textarea>`,
    );
  }

  /** What is missing, else what will be asked. */
  #preview(): TemplateResult {
    const missing = this.#missing;
    const name = this.choices.find(({ id }) => id === this.grantee)?.name ?? '';
    const body = missing ?? askSentences(name, this.model.patient.name, this.#terms, this.model);
    return html`<div id="ask-preview" aria-live="polite">
      ${missing === null ? notice({ tone: 'pine', icon: 'users', body }) : html`<p class="quiet small">${body}</p>`}
    </div>`;
  }

  readonly #submit = (event: SubmitEvent): void => {
    event.preventDefault();
    if (this.#missing !== null) return;
    this.send({ grantee: this.grantee, terms: this.#terms }, this.text.trim());
    this.close();
  };
}

declare global {
  interface HTMLElementTagNameMap {
    'ask-form': AskForm;
  }
}
