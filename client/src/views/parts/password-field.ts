/** A password with a button that shows it. */
import { html, nothing, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { BetweenElement } from '../element.ts';
import { t } from '../words.ts';
import { fieldAround } from './field.ts';

/**
 * `<password-field field label hint error purpose>`. The password stays in the input and is read
 * from `value` when the form is sent; `password-input` fires with it as it is typed.
 */
@customElement('password-field')
export class PasswordField extends BetweenElement {
  /** The input's id and name. */
  @property() field = 'password';
  @property() label = '';
  @property() hint = '';
  @property() error = '';
  /** Which password: tells password managers what to fill. */
  @property() purpose: 'current' | 'new' = 'current';
  /** What stands under the field, such as how strong the password is; linked as its description. */
  @property({ attribute: false }) verdict: TemplateResult | typeof nothing = nothing;
  @state() private shown = false;

  /** The password as typed. */
  get value(): string {
    return this.#input()?.value ?? '';
  }

  /** Empties the field and hides it again. */
  clear(): void {
    const input = this.#input();
    if (input) input.value = '';
    this.shown = false;
  }

  /** Puts the caret into the field. */
  override focus(): void {
    this.#input()?.focus();
  }

  protected override render(): TemplateResult {
    const { field: id, label, hint, error } = this;
    return fieldAround({ id, label, hint, error }, (describedBy) => this.#control(describedBy), this.#strength());
  }

  #control(describedBy: string | typeof nothing): TemplateResult {
    const described = [typeof describedBy === 'string' ? describedBy : '', this.verdict === nothing ? '' : `${this.field}-verdict`];
    return html`<div class="input-with">
      <input
        class="input"
        id=${this.field}
        name=${this.field}
        type=${this.shown ? 'text' : 'password'}
        autocomplete=${this.purpose === 'new' ? 'new-password' : 'current-password'}
        autocapitalize="none"
        spellcheck="false"
        required
        aria-invalid=${this.error ? 'true' : nothing}
        aria-describedby=${described.join(' ').trim() || nothing}
        @input=${() => {
          this.emit('password-input', this.value);
        }}
      />
      <button class="btn" type="button" aria-pressed=${this.shown ? 'true' : 'false'} aria-controls=${this.field} @click=${this.#toggle}>
        ${this.shown ? t('password.hide') : t('password.show')}
      </button>
    </div>`;
  }

  #strength(): TemplateResult {
    return this.verdict === nothing ? html`` : html`<div id="${this.field}-verdict" role="status">${this.verdict}</div>`;
  }

  #toggle(): void {
    this.shown = !this.shown;
  }

  #input(): HTMLInputElement | null {
    return this.querySelector('input');
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'password-field': PasswordField;
  }
}
