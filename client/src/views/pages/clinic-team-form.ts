/** A new team: its name and who manages it. */
import { html, nothing, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { BetweenElement } from '../element.ts';
import type { StaffMember } from '../models/clinic.ts';
import { fieldAround, textField } from '../parts/field.ts';
import { notice } from '../parts/notices.ts';
import { t } from '../words.ts';

export interface TeamRequest {
  readonly name: string;
  readonly manager: string;
}

/** `<team-form .people working failed>`: fires `create` with a {@link TeamRequest} and `cancel`. */
@customElement('team-form')
export class TeamForm extends BetweenElement {
  @property({ attribute: false }) people: readonly StaffMember[] = [];
  @property({ type: Boolean }) working = false;
  @property({ type: Boolean }) failed = false;
  @state() private name = '';
  @state() private manager: string | null = null;
  @state() private missing = false;

  protected override render(): TemplateResult {
    const nameError = this.missing && this.name.trim() === '' ? { error: t('team_form.name_missing') } : {};
    return html`<form class="stack" novalidate @submit=${this.#submit}>
      ${this.failed ? notice({ tone: 'brick', icon: 'alert', body: t('error.ours'), urgent: true }) : nothing}
      ${textField({
        id: 'team-name',
        label: t('team_form.name'),
        hint: t('team_form.name_hint'),
        value: this.name,
        maxLength: 80,
        required: true,
        ...nameError,
        onInput: (text) => {
          this.name = text;
        },
      })}
      ${this.#managerField()}
      <div class="row">
        <button class="btn btn--main" type="submit" aria-disabled=${this.working ? 'true' : 'false'}>
          ${this.working ? t('team_form.working') : t('team_form.create')}
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

  #managerField(): TemplateResult {
    const options = {
      id: 'team-manager',
      label: t('team_form.manager'),
      hint: t('team_form.manager_hint'),
      ...(this.missing && this.manager === null ? { error: t('team_form.manager_missing') } : {}),
    };
    const choose = (event: Event): void => {
      this.manager = (event.target as HTMLSelectElement).value || null;
    };
    return fieldAround(
      options,
      (describedBy) =>
        html`<select class="input" id="team-manager" required aria-describedby=${describedBy} @change=${choose}>
          <option value="">${t('team_form.choose')}</option>
          ${this.people.map((person) => html`<option value=${person.id} ?selected=${person.id === this.manager}>${person.name}</option>`)}
        </select>`,
    );
  }

  readonly #submit = (event: SubmitEvent): void => {
    event.preventDefault();
    if (this.working) return;
    const name = this.name.trim();
    this.missing = name === '' || this.manager === null;
    if (name !== '' && this.manager !== null) this.emit('create', { name, manager: this.manager });
  };
}

declare global {
  interface HTMLElementTagNameMap {
    'team-form': TeamForm;
  }
}
