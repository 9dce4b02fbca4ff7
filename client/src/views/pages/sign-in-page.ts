/** Signing in by name and password. */
import { html, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { BetweenPage } from '../element.ts';
import { icon } from '../icons.ts';
import type { SignInActions, SignInModel } from '../models/door.ts';
import { doorFrame, endedNotice, signInFailureWords, signInNotice } from '../parts/door-frame.ts';
import { textField } from '../parts/field.ts';
import type { PasswordField } from '../parts/password-field.ts';
import { t } from '../words.ts';
import '../parts/password-field.ts';

/** `<sign-in-page .model .actions>`. */
@customElement('sign-in-page')
export class SignInPage extends BetweenPage {
  protected readonly titleWords = 'page.sign_in';
  @property({ attribute: false }) model!: SignInModel;
  @property({ attribute: false }) actions!: SignInActions;

  protected override updated(changed: PropertyValues): void {
    super.updated(changed);
    const before = changed.get('model') as SignInModel | undefined;
    if (before?.working === true && this.model.failure?.code === 'wrong') this.#password()?.focus();
  }

  protected override render(): TemplateResult {
    const { clinicName, ended } = this.model;
    return doorFrame(
      this.model,
      this.actions,
      html`<div>
          ${clinicName === null ? nothing : html`<p class="label">${clinicName}</p>`}
          <h1>${t('sign_in.title')}</h1>
        </div>
        ${endedNotice(ended)} ${this.#form()}
        <p class="row row--apart small">
          <button
            class="tapline btn-link"
            type="button"
            @click=${() => {
              this.actions.recover();
            }}
          >
            ${t('sign_in.cannot')}
          </button>
          <a class="tapline" href="/join">${t('sign_in.invitation')}</a>
        </p>`,
    );
  }

  #form(): TemplateResult {
    const { name, working, failure } = this.model;
    const wrong = failure?.code === 'wrong';
    return html`<form class="stack" novalidate @submit=${this.#submit}>
      ${textField({ id: 'name', label: t('sign_in.name'), value: name, autocomplete: 'username', required: true, spellcheck: false })}
      <password-field label=${t('sign_in.password')} error=${wrong ? signInFailureWords(failure) : ''}></password-field>
      ${failure === null || wrong ? nothing : signInNotice(failure)}
      <button class="btn btn--main btn--wide btn--tall" type="submit" aria-disabled=${working ? 'true' : 'false'}>
        ${icon('key')}${working ? t('sign_in.working') : t('sign_in.do')}
      </button>
    </form>`;
  }

  #submit(event: SubmitEvent): void {
    event.preventDefault();
    if (this.model.working) return;
    const name = this.querySelector<HTMLInputElement>('#name')?.value.trim() ?? '';
    const password = this.#password()?.value ?? '';
    if (name === '') this.querySelector<HTMLInputElement>('#name')?.focus();
    else if (password === '') this.#password()?.focus();
    else this.actions.signIn(name, password);
  }

  #password(): PasswordField | null {
    return this.querySelector('password-field');
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'sign-in-page': SignInPage;
  }
}
