/** Back in with the recovery code: name and code, then a new password. */
import { html, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { BetweenPage } from '../element.ts';
import { icon } from '../icons.ts';
import type { RecoverActions, RecoverModel } from '../models/recovery.ts';
import { doorFrame, signInFailureWords } from '../parts/door-frame.ts';
import { textField } from '../parts/field.ts';
import { notice } from '../parts/notices.ts';
import { stepTitle } from '../parts/step-title.ts';
import { t } from '../words.ts';
import '../parts/new-password.ts';

/** `<recover-page .model .actions>` */
@customElement('recover-page')
export class RecoverPage extends BetweenPage {
  protected readonly titleWords = 'page.recover';
  @property({ attribute: false }) model!: RecoverModel;
  @property({ attribute: false }) actions!: RecoverActions;

  protected override updated(changed: PropertyValues): void {
    super.updated(changed);
    const before = changed.get('model') as RecoverModel | undefined;
    if (before !== undefined && before.step !== this.model.step) this.querySelector<HTMLElement>('[data-step-title]')?.focus();
  }

  protected override render(): TemplateResult {
    const { clinicName } = this.model;
    return doorFrame(
      this.model,
      this.actions,
      html`${clinicName === null ? nothing : html`<p class="label">${clinicName}</p>`} ${this.#step()}`,
    );
  }

  #step(): TemplateResult {
    switch (this.model.step) {
      case 'code':
        return this.#code();
      case 'password':
        return this.#password();
      case 'done':
        return html`<span class="bigseal" aria-hidden="true">${icon('check')}</span>
          ${stepTitle(t('recover.done'), 1)}
          <p>${t('recover.done_body')}</p>
          <button
            class="btn btn--main btn--wide btn--tall"
            type="button"
            @click=${() => {
              this.actions.finish();
            }}
          >
            ${t('recover.go_on')}
          </button>`;
    }
  }

  #code(): TemplateResult {
    const { name, working, mistyped, failure, clinicPhone } = this.model;
    const error = mistyped ? { error: t('recover.mistyped') } : {};
    return html`${stepTitle(t('recover.title'), 1)}
      <p>${t('recover.body')}</p>
      <form class="stack" novalidate @submit=${this.#submit}>
        ${this.#failure()}
        ${textField({ id: 'name', label: t('sign_in.name'), value: name, autocomplete: 'username', required: true, spellcheck: false })}
        ${textField({ id: 'code', label: t('recovery.label'), hint: t('recover.code_hint'), required: true, spellcheck: false, ...error })}
        <button class="btn btn--main btn--wide btn--tall" type="submit" aria-disabled=${working ? 'true' : 'false'}>
          ${working ? t('recover.working') : t('recover.try')}
        </button>
      </form>
      ${failure?.code === 'wrong' || mistyped ? nothing : html`<p class="quiet small">${clinicPhone === null ? t('recover.no_code') : t('recover.no_code_call', { phone: clinicPhone })}</p>`}
      <p>
        <button
          class="tapline btn-link"
          type="button"
          @click=${() => {
            this.actions.back();
          }}
        >
          ${t('recover.back')}
        </button>
      </p>`;
  }

  #failure(): TemplateResult | typeof nothing {
    const { failure } = this.model;
    if (failure === null) return nothing;
    const words = failure.code === 'wrong' ? t('recover.wrong') : signInFailureWords(failure);
    return notice({
      tone: failure.code === 'unreachable' ? 'honey' : 'brick',
      icon: failure.code === 'unreachable' ? 'offline' : 'alert',
      body: words,
      urgent: true,
    });
  }

  #password(): TemplateResult {
    const { name, verdict, working } = this.model;
    return html`${stepTitle(t('recover.password_title'), 1)}
      <p>${t('recover.password_body')}</p>
      ${this.#failure()}
      <new-password
        name=${name}
        .verdict=${verdict}
        ?working=${working}
        words=${working ? t('settings.saving') : t('recover.save_password')}
        .judge=${(_: string, password: string) => {
          this.actions.judgePassword(password);
        }}
        .choose=${(_: string, password: string) => {
          this.actions.choosePassword(password);
        }}
      ></new-password>`;
  }

  #submit(event: SubmitEvent): void {
    event.preventDefault();
    if (this.model.working) return;
    const [name, code] = ['#name', '#code'].map((id) => this.querySelector<HTMLInputElement>(id));
    if (!name || !code) return;
    if (name.value.trim() === '') name.focus();
    else if (code.value.trim() === '') code.focus();
    else this.actions.tryCode(name.value.trim(), code.value);
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'recover-page': RecoverPage;
  }
}
