/** The first administrator sets the clinic up: this browser makes the clinic's key. */
import { html, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { BetweenPage } from '../element.ts';
import { icon } from '../icons.ts';
import type { FoundingActions, FoundingModel, FoundingStep } from '../models/founding.ts';
import { codeGroups } from '../parts/code.ts';
import { joinFrame } from '../parts/door-frame.ts';
import { textField } from '../parts/field.ts';
import { invitationStop } from '../parts/invitation-stop.ts';
import { notice } from '../parts/notices.ts';
import { stepTitle } from '../parts/step-title.ts';
import { steps } from '../parts/steps.ts';
import { t, type WordKey } from '../words.ts';
import '../parts/new-password.ts';
import '../parts/recovery-code.ts';

const STEP_WORDS: Record<FoundingStep, WordKey> = {
  begin: 'found.step_begin',
  card: 'found.step_card',
  password: 'join.step_password',
  recovery: 'join.step_recovery',
  fingerprint: 'found.step_code',
};
const ORDER: readonly FoundingStep[] = ['begin', 'card', 'password', 'recovery', 'fingerprint'];

/** `<founding-page .model .actions>` */
@customElement('founding-page')
export class FoundingPage extends BetweenPage {
  protected readonly titleWords = 'page.founding';
  @property({ attribute: false }) model!: FoundingModel;
  @property({ attribute: false }) actions!: FoundingActions;
  @state() private cardIncomplete = false;

  protected override updated(changed: PropertyValues): void {
    super.updated(changed);
    const before = changed.get('model') as FoundingModel | undefined;
    if (before !== undefined && before.step !== this.model.step) this.querySelector<HTMLElement>('[data-step-title]')?.focus();
  }

  protected override render(): TemplateResult {
    const { model, actions } = this;
    if (model.stop !== null) return joinFrame(model, actions, invitationStop(model.stop, null));
    const failure =
      model.failure === null
        ? nothing
        : notice({
            tone: 'brick',
            icon: 'alert',
            body: t(model.failure === 'unreachable' ? 'join.failed_unreachable' : 'join.failed_ours'),
            urgent: true,
          });
    return joinFrame(
      model,
      actions,
      html`${steps(
          ORDER.map((step) => t(STEP_WORDS[step])),
          ORDER.indexOf(model.step),
        )}
        <section class="panel join__card stack">
          <p class="label">${t('join.step_of', { step: ORDER.indexOf(model.step) + 1, steps: ORDER.length })}</p>
          ${this.#card()} ${failure}
        </section>`,
    );
  }

  #card(): TemplateResult {
    switch (this.model.step) {
      case 'begin':
        return this.#begin();
      case 'card':
        return this.#founderCard();
      case 'password':
        return this.#password();
      case 'recovery':
        return this.#recovery();
      case 'fingerprint':
        return this.#fingerprint();
    }
  }

  #begin(): TemplateResult {
    return html`${stepTitle(t('found.title', { clinic: this.model.newClinic }), 1)}
      <p>${t('found.body')}</p>
      <ul class="plain-list">
        <li>${t('found.will_key')}</li>
        <li>${t('found.will_print')}</li>
        <li>${t('found.will_second')}</li>
      </ul>
      ${notice({ tone: 'honey', icon: 'key', body: t('found.alone') })}
      <div class="join__foot">
        <button
          class="btn btn--main btn--tall"
          type="button"
          @click=${() => {
            this.actions.begin();
          }}
        >
          ${t('found.begin')}
        </button>
      </div>`;
  }

  #founderCard(): TemplateResult {
    const { name, credential } = this.model.card;
    const error = (value: string, words: WordKey): { error?: string } => (this.cardIncomplete && value === '' ? { error: t(words) } : {});
    return html`${stepTitle(t('found.card_title'), 1)}
      <p>${t('found.card_body')}</p>
      <form class="stack" novalidate @submit=${this.#saveCard}>
        ${textField({ id: 'founder-name', label: t('invite.name'), value: name, autocomplete: 'name', required: true, maxLength: 80, ...error(this.#typed('#founder-name', name), 'invite.name_missing') })}
        ${textField({ id: 'founder-credential', label: t('found.credential'), hint: t('invite.credential_hint'), value: credential, required: true, maxLength: 80, ...error(this.#typed('#founder-credential', credential), 'invite.credential_missing') })}
        <div class="join__foot">
          <button
            class="btn btn--plain"
            type="button"
            @click=${() => {
              this.actions.back();
            }}
          >
            ${icon('back')}${t('join.back')}
          </button>
          <button class="btn btn--main btn--tall" type="submit">${t('join.continue')}</button>
        </div>
      </form>`;
  }

  #password(): TemplateResult {
    const { signInName, nameTaken, passwordVerdict } = this.model;
    return html`${stepTitle(t('join.password_title'), 1)}
      <p>${t('found.password_body')}</p>
      <new-password
        name=${signInName}
        .askName=${true}
        ?taken=${nameTaken}
        .verdict=${passwordVerdict}
        .judge=${(name: string, password: string) => {
          this.actions.judgePassword(name, password);
        }}
        .choose=${(name: string, password: string) => {
          this.actions.choosePassword(name, password);
        }}
        .back=${() => {
          this.actions.back();
        }}
      ></new-password>`;
  }

  #recovery(): TemplateResult {
    const { recoveryCode, recoveryCheck, working } = this.model;
    return html`${stepTitle(t('join.recovery_title'), 1)}
      <recovery-code
        .code=${recoveryCode}
        .check=${recoveryCheck}
        ?working=${working}
        .tryCode=${(typed: string) => {
          this.actions.checkRecoveryCode(typed);
        }}
        .keep=${() => {
          this.actions.found();
        }}
        .back=${() => {
          this.actions.back();
        }}
      ></recovery-code>`;
  }

  #fingerprint(): TemplateResult {
    const { clinicCode, newClinic } = this.model;
    return html`<span class="bigseal" aria-hidden="true">${icon('check')}</span>
      ${stepTitle(t('found.done', { clinic: newClinic }), 1)}
      <p>${t('found.code_body')}</p>
      <div class="print-card">
        <p class="print-only"><b>${newClinic}</b> · ${t('clinic.code')}</p>
        ${codeGroups(clinicCode, t('clinic.code'))}
        <p class="print-only">${t('found.code_paper')}</p>
      </div>
      <div class="row">
        <button
          class="btn"
          type="button"
          @click=${() => {
            window.print();
          }}
        >
          ${icon('print')}${t('found.print')}
        </button>
      </div>
      ${notice({ tone: 'honey', icon: 'key', title: t('clinic.key_second_needed'), body: t('found.next') })}
      <div class="join__foot">
        <button
          class="btn btn--main btn--tall"
          type="button"
          @click=${() => {
            this.actions.finish();
          }}
        >
          ${t('found.to_clinic')}
        </button>
      </div>`;
  }

  #saveCard(event: SubmitEvent): void {
    event.preventDefault();
    const card = { name: this.#typed('#founder-name', ''), credential: this.#typed('#founder-credential', '') };
    this.cardIncomplete = card.name === '' || card.credential === '';
    if (!this.cardIncomplete) this.actions.saveCard(card);
    else
      void this.updateComplete.then(() => {
        this.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus();
      });
  }

  #typed(selector: string, before: string): string {
    return this.querySelector<HTMLInputElement>(selector)?.value.trim() ?? before;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'founding-page': FoundingPage;
  }
}
