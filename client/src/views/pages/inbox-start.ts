/** Choosing the patient a new conversation is with. */
import { html, nothing, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { BetweenElement } from '../element.ts';
import type { ConversationStart } from '../models/inbox.ts';
import type { Patient } from '../models/patient.ts';
import { choices } from '../parts/choices.ts';
import { textField } from '../parts/field.ts';
import { notice } from '../parts/notices.ts';
import { patientWords } from '../parts/patient-name.ts';
import { t } from '../words.ts';

/** More than these are narrowed by typing, not by scrolling. */
const MOST_SHOWN = 30;

export interface StartRequest {
  readonly patient: string;
  readonly name: string;
}

/** `<conversation-start .start>`: fires `start` with a {@link StartRequest} and `cancel`. */
@customElement('conversation-start')
export class ConversationStartForm extends BetweenElement {
  @property({ attribute: false }) start: ConversationStart = { patients: [], state: 'idle' };
  @state() private find = '';
  @state() private chosen: string | null = null;
  @state() private name = '';
  @state() private missing = false;

  protected override render(): TemplateResult {
    const working = this.start.state === 'working';
    return html`<form class="stack" @submit=${this.#submit}>
      ${this.#failure()}
      ${textField({
        id: 'start-find',
        label: t('start.find'),
        hint: t('start.find_hint'),
        value: this.find,
        spellcheck: false,
        onInput: (text) => {
          this.find = text;
        },
      })}
      ${this.#patients()}
      ${textField({
        id: 'start-name',
        label: t('start.name'),
        hint: t('start.name_hint'),
        value: this.name,
        maxLength: 80,
        onInput: (text) => {
          this.name = text;
        },
      })}
      <div class="row">
        <button class="btn btn--main" type="submit" aria-disabled=${working ? 'true' : 'false'}>
          ${working ? t('start.working') : t('start.start')}
        </button>
        <button
          class="btn"
          type="button"
          @click=${() => {
            this.emit('cancel', null);
          }}
        >
          ${t('dialog.keep')}
        </button>
      </div>
    </form>`;
  }

  #failure(): TemplateResult | typeof nothing {
    if (this.missing && this.chosen === null) return notice({ tone: 'brick', icon: 'alert', body: t('start.choose_first'), urgent: true });
    if (this.start.state === 'refused') return notice({ tone: 'brick', icon: 'alert', body: t('start.refused'), urgent: true });
    if (this.start.state === 'unreachable') return notice({ tone: 'honey', icon: 'offline', body: t('start.unreachable'), urgent: true });
    return nothing;
  }

  #patients(): TemplateResult {
    const found = this.#found();
    if (found.length === 0) return html`<p class="quiet" role="status">${t('start.nobody')}</p>`;
    const options = found.slice(0, MOST_SHOWN).map((patient) => {
      const fullName = patient.person?.fullName;
      return { value: patient.account, label: patientWords(patient), ...(fullName ? { hint: fullName } : {}) };
    });
    return html`<div class="start__list">
        ${choices({ name: 'start-patient', legend: t('start.patient'), options, chosen: this.chosen }, (patient) => {
          this.chosen = patient;
        })}
      </div>
      ${found.length > MOST_SHOWN ? html`<p class="quiet" role="status">${t('start.more', { count: found.length - MOST_SHOWN })}</p>` : nothing}`;
  }

  #found(): readonly Patient[] {
    const wanted = this.find.trim().toLocaleLowerCase();
    if (wanted === '') return this.start.patients;
    return this.start.patients.filter((patient) =>
      [patient.number, patient.person?.name, patient.person?.fullName].some((text) => text?.toLocaleLowerCase().includes(wanted)),
    );
  }

  readonly #submit = (event: SubmitEvent): void => {
    event.preventDefault();
    if (this.start.state === 'working') return;
    this.missing = this.chosen === null;
    if (this.chosen !== null) this.emit('start', { patient: this.chosen, name: this.name.trim() });
  };
}

declare global {
  interface HTMLElementTagNameMap {
    'conversation-start': ConversationStartForm;
  }
}
