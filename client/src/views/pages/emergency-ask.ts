/** Asking for emergency access: whose, and whether there is a way at all. */
import { html, nothing, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { BetweenElement } from '../element.ts';
import type { EmergenciesActions, EmergencyAsking } from '../models/emergencies.ts';
import { avatar } from '../parts/avatar.ts';
import { textField } from '../parts/field.ts';
import { notice } from '../parts/notices.ts';
import { t } from '../words.ts';
import { troubleNotice } from './emergency-words.ts';
import './emergency-request-form.ts';

/** `<emergency-ask .asking .actions>` */
@customElement('emergency-ask')
export class EmergencyAsk extends BetweenElement {
  @property({ attribute: false }) asking!: EmergencyAsking;
  @property({ attribute: false }) actions!: EmergenciesActions;
  @state() private number = '';
  @state() private tried = false;

  protected override render(): TemplateResult {
    const { asking, actions } = this;
    if (asking.step === 'request') {
      return html`<emergency-request-form .asking=${asking} .actions=${actions}></emergency-request-form>`;
    }
    return asking.step === 'no_way' ? this.#noWay(asking) : this.#patient(asking);
  }

  #noWay({ patient, optedIn }: EmergencyAsking & { step: 'no_way' }): TemplateResult {
    const body = html`<p>${t(optedIn ? 'emergencies.nothing_sealed' : 'emergencies.not_opted_in_body', { name: patient.name })}</p>
      <p>${t('emergencies.no_other_way')}</p>`;
    const title = t(optedIn ? 'emergencies.nothing_sealed_title' : 'emergencies.not_opted_in', { name: patient.name });
    return html`<div class="stack">
      ${notice({ tone: 'brick', icon: 'lock', title, body, urgent: true })}
      <div class="row">${this.#stop(t('emergencies.back'))}</div>
    </div>`;
  }

  #patient({ patients, working, trouble }: EmergencyAsking & { step: 'patient' }): TemplateResult {
    const wrong = this.tried && !NUMBER.test(this.number.trim()) ? { error: t('emergencies.number_wrong') } : {};
    return html`<div class="stack">
      ${notice({ tone: 'honey', icon: 'eye', body: t('emergencies.looking_is_recorded') })}
      ${trouble ? troubleNotice(trouble, (person) => { this.actions.acknowledgeKeys(person); }) : nothing}
      <form class="stack" novalidate @submit=${this.#submit}>
        ${textField({
          id: 'emergency-number',
          label: t('emergencies.number'),
          hint: t('emergencies.number_hint'),
          value: this.number,
          maxLength: 36,
          required: true,
          spellcheck: false,
          ...wrong,
          onInput: (number) => {
            this.number = number;
          },
        })}
        <div class="row">
          <button class="btn btn--main" type="submit" ?disabled=${working}>${t(working ? 'emergencies.looking' : 'emergencies.look')}</button>
          ${this.#stop(t('emergencies.back'))}
        </div>
      </form>
      ${patients.length === 0 ? nothing : this.#known(patients, working)}
    </div>`;
  }

  #known(patients: (EmergencyAsking & { step: 'patient' })['patients'], working: boolean): TemplateResult {
    return html`<h2>${t('emergencies.known')}</h2>
      <ul class="rows panel" role="list">
        ${patients.map((patient) => {
          const choose = (): void => {
            this.actions.lookUp(patient.id);
          };
          return html`<li class="row">
            ${avatar(patient, 'small')}<span class="grow">${patient.name}</span>
            <button class="btn btn--s" type="button" ?disabled=${working} aria-label=${t('emergencies.look_for', { name: patient.name })} @click=${choose}>
              ${t('emergencies.look')}
            </button>
          </li>`;
        })}
      </ul>`;
  }

  #stop(words: string): TemplateResult {
    const stop = (): void => {
      this.actions.stopAsking();
    };
    return html`<button class="btn" type="button" @click=${stop}>${words}</button>`;
  }

  readonly #submit = (event: SubmitEvent): void => {
    event.preventDefault();
    this.tried = true;
    const number = this.number.trim();
    if (NUMBER.test(number)) this.actions.lookUp(number);
  };
}

/** Six characters as staff read them out, or all of the account's. */
const NUMBER = /^(?:acc_)?(?:[0-9a-f]{6}|[0-9a-f]{32})$/iu;

declare global {
  interface HTMLElementTagNameMap {
    'emergency-ask': EmergencyAsk;
  }
}
