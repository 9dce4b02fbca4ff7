/** What is asked for: which conversation, why, and for how long. */
import { html, nothing, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { BetweenElement } from '../element.ts';
import type { EmergenciesActions, EmergencyAsking, EmergencyReason } from '../models/emergencies.ts';
import { choices } from '../parts/choices.ts';
import { fieldAround } from '../parts/field.ts';
import { notice } from '../parts/notices.ts';
import { segments } from '../parts/segments.ts';
import { browserZone, dayHeading, timeOfDay } from '../times.ts';
import { joinNames, t } from '../words.ts';
import { REASONS, troubleNotice } from './emergency-words.ts';

const HOURS = ['1', '4', '12', '24'] as const;
const LONGEST = 2000;

/** `<emergency-request-form .asking .actions>` */
@customElement('emergency-request-form')
export class EmergencyRequestForm extends BetweenElement {
  @property({ attribute: false }) asking!: EmergencyAsking & { readonly step: 'request' };
  @property({ attribute: false }) actions!: EmergenciesActions;
  @state() private conversation: string | null = null;
  @state() private reason: EmergencyReason | null = null;
  @state() private text = '';
  @state() private hours: (typeof HOURS)[number] = '4';
  @state() private tried = false;

  protected override render(): TemplateResult {
    const { patient, custodians, working, trouble } = this.asking;
    const names = joinNames(custodians.map(({ name }) => name));
    const stop = (): void => {
      this.actions.stopAsking();
    };
    return html`<form class="stack" novalidate @submit=${this.#submit}>
      ${notice({ tone: 'honey', icon: 'eye', body: t('emergencies.told_at_once', { name: patient.name, custodians: names }) })}
      ${this.#conversations()} ${this.#reasons()} ${this.#words()}
      <div class="field">
        <span class="label" aria-hidden="true">${t('emergencies.hours')}</span>
        ${segments(
          {
            name: 'emergency-hours',
            legend: t('emergencies.hours'),
            options: HOURS.map((value) => ({ value, label: t('emergencies.hours_count', { count: Number(value) }) })),
            chosen: this.hours,
          },
          (hours) => {
            this.hours = hours;
          },
        )}
      </div>
      ${trouble ? troubleNotice(trouble, (person) => { this.actions.acknowledgeKeys(person); }) : nothing}
      <div class="row">
        <button class="btn btn--main" type="submit" ?disabled=${working}>${t(working ? 'emergencies.asking' : 'emergencies.ask_do')}</button>
        <button class="btn" type="button" @click=${stop}>${t('emergencies.back')}</button>
      </div>
    </form>`;
  }

  #conversations(): TemplateResult {
    const zones = { reader: browserZone(), clinic: browserZone() };
    const options = this.asking.conversations.map(({ id, begunAt }) => ({
      value: id,
      label: t('emergencies.begun', { day: dayHeading(begunAt, new Date(), zones), time: timeOfDay(begunAt, zones) }),
    }));
    return html`<div class="field">
      <span class="label" aria-hidden="true">${t('emergencies.which')}</span>
      <p class="field__hint">${t('emergencies.which_hint')}</p>
      ${choices({ name: 'emergency-conversation', legend: t('emergencies.which'), options, chosen: this.conversation }, (conversation) => {
        this.conversation = conversation;
      })}
      ${this.#missing(this.conversation === null, t('emergencies.which_missing'))}
    </div>`;
  }

  #reasons(): TemplateResult {
    const options = (Object.keys(REASONS) as EmergencyReason[]).map((value) => ({ value, label: t(REASONS[value]) }));
    return html`<div class="field">
      <span class="label" aria-hidden="true">${t('emergencies.reason')}</span>
      ${choices({ name: 'emergency-reason', legend: t('emergencies.reason'), options, chosen: this.reason }, (reason) => {
        this.reason = reason;
      })}
      ${this.#missing(this.reason === null, t('emergencies.reason_missing'))}
    </div>`;
  }

  #words(): TemplateResult {
    const field = { id: 'emergency-text', label: t('emergencies.text'), hint: t('emergencies.text_hint') };
    const error = this.tried && this.text.trim() === '' ? t('emergencies.text_missing') : null;
    return fieldAround({ ...field, error }, (describedBy) => {
      const input = (event: InputEvent): void => {
        this.text = (event.target as HTMLTextAreaElement).value;
      };
      return html`<textarea
        class="input"
        id=${field.id}
        maxlength=${LONGEST}
        required
        .value=${this.text}
        aria-invalid=${error === null ? nothing : 'true'}
        aria-describedby=${describedBy}
        @input=${input}
      ></textarea>`;
    });
  }

  #missing(missing: boolean, words: string): TemplateResult | typeof nothing {
    return this.tried && missing ? html`<p class="field__error" role="alert">${words}</p>` : nothing;
  }

  readonly #submit = (event: SubmitEvent): void => {
    event.preventDefault();
    this.tried = true;
    const [conversation, reason, text] = [this.conversation, this.reason, this.text.trim()];
    if (conversation !== null && reason !== null && text !== '') this.actions.ask({ conversation, reason, text, hours: Number(this.hours) });
  };
}

declare global {
  interface HTMLElementTagNameMap {
    'emergency-request-form': EmergencyRequestForm;
  }
}
