/** Locked: the person is known, the messages are closed. */
import { html, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { BetweenPage } from '../element.ts';
import { icon } from '../icons.ts';
import type { UnlockActions, UnlockModel } from '../models/door.ts';
import { endedNotice, lockFrame, signInFailureWords, signInNotice } from '../parts/door-frame.ts';
import { notice } from '../parts/notices.ts';
import type { PasswordField } from '../parts/password-field.ts';
import { sentenceGap, t } from '../words.ts';
import '../parts/password-field.ts';

/** `<unlock-page .model .actions>`. */
@customElement('unlock-page')
export class UnlockPage extends BetweenPage {
  protected readonly titleWords = 'page.unlock';
  @property({ attribute: false }) model!: UnlockModel;
  @property({ attribute: false }) actions!: UnlockActions;

  protected override firstUpdated(changed: PropertyValues): void {
    super.firstUpdated(changed);
    void this.#password()?.updateComplete.then(() => this.#password()?.focus());
  }

  protected override updated(changed: PropertyValues): void {
    super.updated(changed);
    const before = changed.get('model') as UnlockModel | undefined;
    if (before?.working === true && this.model.failure?.code === 'wrong') this.#password()?.focus();
  }

  protected override render(): TemplateResult {
    const { name, idleMinutes, ended, waiting } = this.model;
    return lockFrame(
      this.model,
      this.actions,
      html`<section class="panel lockscreen__card stack" aria-labelledby="unlock-title">
        <span class="bigseal" aria-hidden="true">${icon('lock')}</span>
        <h1 id="unlock-title">${t('unlock.title', { name })}</h1>
        <p class="quiet">${idleMinutes === null ? t('unlock.by_hand') : t('unlock.idle', { count: idleMinutes })}${sentenceGap()}${t('unlock.kept')}</p>
        ${endedNotice(ended)} ${waiting === 0 ? nothing : notice({ tone: 'honey', body: t('unlock.waiting', { count: waiting }) })} ${this.#form()}
        <p class="row row--apart small">
          <button
            class="tapline btn-link"
            type="button"
            @click=${() => {
              this.actions.recover();
            }}
          >
            ${t('unlock.recovery')}
          </button>
          <button
            class="tapline btn-link"
            type="button"
            @click=${() => {
              this.actions.signOut();
            }}
          >
            ${t('unlock.not_me')}
          </button>
        </p>
      </section>`,
    );
  }

  #form(): TemplateResult {
    const { working, failure } = this.model;
    const wrong = failure?.code === 'wrong';
    return html`<form class="stack" novalidate @submit=${this.#submit}>
      <input type="text" name="name" autocomplete="username" .value=${this.model.name} hidden />
      <password-field label=${t('sign_in.password')} error=${wrong ? signInFailureWords(failure) : ''}></password-field>
      ${failure === null || wrong ? nothing : signInNotice(failure)}
      <button class="btn btn--main btn--wide btn--tall" type="submit" aria-disabled=${working ? 'true' : 'false'}>
        ${icon('unlock')}${working ? t('unlock.working') : t('unlock.do')}
      </button>
    </form>`;
  }

  #submit(event: SubmitEvent): void {
    event.preventDefault();
    const field = this.#password();
    if (this.model.working || field === null) return;
    if (field.value === '') field.focus();
    else this.actions.unlock(field.value);
  }

  #password(): PasswordField | null {
    return this.querySelector('password-field');
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'unlock-page': UnlockPage;
  }
}
