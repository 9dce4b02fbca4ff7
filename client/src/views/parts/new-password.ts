/** Choosing a password: a name where one is needed, the password, and at once how strong it is. */
import { html, nothing, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { BetweenElement } from '../element.ts';
import { icon } from '../icons.ts';
import type { PasswordVerdict } from '../models/join.ts';
import { t, type WordKey } from '../words.ts';
import { textField } from './field.ts';
import type { PasswordField } from './password-field.ts';
import './password-field.ts';

type Weakness = Extract<PasswordVerdict, { state: 'weak' }>['reason'];
type TakeNameAndPassword = (name: string, password: string) => void;

const WEAK_WORDS: Record<Weakness, WordKey> = {
  too_short: 'new_password.too_short',
  common: 'new_password.common',
  personal: 'new_password.personal',
  pattern: 'new_password.pattern',
  guessable: 'new_password.guessable',
};

/** `<new-password name ask-name taken working .verdict .judge .choose .back>`. */
@customElement('new-password')
export class NewPassword extends BetweenElement {
  @property() name = '';
  /** Whether a sign-in name is chosen as well. */
  @property({ attribute: false }) askName = false;
  @property({ type: Boolean }) taken = false;
  @property({ type: Boolean }) working = false;
  @property({ attribute: false }) verdict: PasswordVerdict | null = null;
  @property({ attribute: false }) judge!: TakeNameAndPassword;
  @property({ attribute: false }) choose!: TakeNameAndPassword;
  /** Left out, there is no way back. */
  @property({ attribute: false }) back: (() => void) | null = null;
  /** What the button says; "Continue" by default. */
  @property() words = '';
  @state() private refused = false;

  protected override render(): TemplateResult {
    const weak = this.verdict?.state === 'weak';
    return html`<form class="stack" novalidate @submit=${this.#submit} @password-input=${this.#judge}>
      ${this.askName ? this.#nameField() : html`<input type="text" autocomplete="username" .value=${this.name} hidden />`}
      <password-field
        field="new-password"
        purpose="new"
        label=${t('new_password.label')}
        hint=${t('new_password.hint')}
        error=${this.refused && weak ? this.#weakWords() : ''}
        .verdict=${this.verdict === null || (this.refused && weak) ? nothing : this.#verdictLine()}
      ></password-field>
      <div class="join__foot">
        ${this.#backButton()}
        <button class="btn btn--main btn--tall" type="submit" aria-disabled=${this.working ? 'true' : 'false'}>
          ${this.words || t('join.continue')}
        </button>
      </div>
    </form>`;
  }

  #backButton(): TemplateResult | typeof nothing {
    if (this.back === null) return nothing;
    return html`<button class="btn btn--plain" type="button" @click=${() => this.back?.()}>${icon('back')}${t('join.back')}</button>`;
  }

  #nameField(): TemplateResult {
    return textField({
      id: 'sign-in-name',
      label: t('new_password.name'),
      hint: t('new_password.name_hint'),
      value: this.name,
      autocomplete: 'username',
      required: true,
      maxLength: 64,
      spellcheck: false,
      error: this.taken ? t('new_password.name_taken') : null,
    });
  }

  #verdictLine(): TemplateResult {
    if (this.verdict?.state === 'strong')
      return html`<p class="row row--tight good">${icon('done')}<span>${t('new_password.strong')}</span></p>`;
    return html`<p class="row row--nw row--tight quiet">${icon('info')}<span>${this.#weakWords()}</span></p>`;
  }

  #weakWords(): string {
    return this.verdict?.state === 'weak' ? t(WEAK_WORDS[this.verdict.reason]) : '';
  }

  #judge(): void {
    this.refused = false;
    this.judge(this.#typedName(), this.#field()?.value ?? '');
  }

  #submit(event: SubmitEvent): void {
    event.preventDefault();
    const name = this.#typedName();
    if (this.working) return;
    if (name === '') this.querySelector<HTMLInputElement>('#sign-in-name')?.focus();
    else if (this.verdict?.state === 'strong') this.choose(name, this.#field()?.value ?? '');
    else {
      this.refused = true;
      this.#field()?.focus();
    }
  }

  #typedName(): string {
    return this.askName ? (this.querySelector<HTMLInputElement>('#sign-in-name')?.value.trim() ?? '') : this.name;
  }

  #field(): PasswordField | null {
    return this.querySelector('password-field');
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'new-password': NewPassword;
  }
}
