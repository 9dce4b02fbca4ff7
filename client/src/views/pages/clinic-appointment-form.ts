/** Somebody for a team: who, as what, and for good or as cover for a time. */
import { html, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { BetweenElement } from '../element.ts';
import type { Appointment, CoverTime, StaffMember, Team, TeamPerson, TeamRole } from '../models/clinic.ts';
import { choices } from '../parts/choices.ts';
import { fieldAround, pickerField } from '../parts/field.ts';
import { t } from '../words.ts';
import { OUTSIDE_TEAMS } from './clinic-invitations.ts';
import { TEAM_ROLE_WORDS } from './clinic-team-people.ts';

const ROLES = Object.keys(TEAM_ROLE_WORDS) as TeamRole[];

/** `<appointment-form .people .team .person>`: fires `appoint` with an {@link Appointment} and `cancel`. */
@customElement('appointment-form')
export class AppointmentForm extends BetweenElement {
  /** The clinic's care staff. */
  @property({ attribute: false }) people: readonly StaffMember[] = [];
  @property({ attribute: false }) team!: Team;
  /** Whose place changes; null where somebody new is chosen. */
  @property({ attribute: false }) person: TeamPerson | null = null;
  @state() private chosen = '';
  @state() private as: TeamRole = 'physician';
  @state() private asCover = false;
  @state() private from = '';
  @state() private until = '';
  @state() private tried = false;

  protected override firstUpdated(changed: PropertyValues): void {
    super.firstUpdated(changed);
    if (!this.person) return;
    this.chosen = this.person.id;
    this.as = this.person.role ?? this.as;
    this.asCover = this.person.covers !== null;
    this.from = this.person.covers ? fieldTime(this.person.covers.from) : '';
    this.until = this.person.covers ? fieldTime(this.person.covers.until) : '';
  }

  protected override render(): TemplateResult {
    const kinds = [
      { value: 'good', label: t('appoint.for_good') },
      { value: 'cover', label: t('appoint.as_cover'), hint: t('appoint.as_cover_hint') },
    ] as const;
    return html`<form class="stack" novalidate @submit=${this.#submit}>
      ${this.person ? nothing : this.#who()} ${this.#as()}
      ${choices({ name: 'kind', legend: t('appoint.kind'), options: kinds, chosen: this.asCover ? 'cover' : 'good' }, (kind) => {
        this.asCover = kind === 'cover';
      })}
      ${this.asCover ? this.#period() : nothing}
      <p class="quiet small">${t('appoint.told', { team: this.team.name })}</p>
      <div class="row">
        <button class="btn btn--main" type="submit">${t('appoint.do')}</button>
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

  #who(): TemplateResult {
    const inside = new Set(this.team.members.map(({ id }) => id));
    const free = this.people.filter(({ id, role }) => role !== 'administrator' && !OUTSIDE_TEAMS.has(role) && !inside.has(id));
    const error = this.tried && this.chosen === '' ? { error: t('appoint.who_missing') } : {};
    return this.#select({ id: 'appoint-who', label: t('appoint.who'), ...error }, this.chosen, (chosen) => (this.chosen = chosen), [
      { value: '', words: t('team_form.choose') },
      ...free.map(({ id, name }) => ({ value: id, words: name })),
    ]);
  }

  #as(): TemplateResult {
    const options = ROLES.map((value) => ({ value, words: t(TEAM_ROLE_WORDS[value]) }));
    return this.#select(
      { id: 'appoint-role', label: t('appoint.role'), hint: t('appoint.role_hint') },
      this.as,
      (role) => (this.as = role as TeamRole),
      options,
    );
  }

  #select(
    field: { readonly id: string; readonly label: string; readonly hint?: string; readonly error?: string },
    value: string,
    choose: (value: string) => void,
    options: readonly { readonly value: string; readonly words: string }[],
  ): TemplateResult {
    return fieldAround(
      field,
      (describedBy) =>
        html`<select
          class="input"
          id=${field.id}
          aria-describedby=${describedBy}
          @change=${(event: Event) => {
            choose((event.target as HTMLSelectElement).value);
          }}
        >
          ${options.map((option) => html`<option value=${option.value} ?selected=${option.value === value}>${option.words}</option>`)}
        </select>`,
    );
  }

  #period(): TemplateResult {
    const error = this.tried && this.#cover === null ? { error: t('appoint.period_wrong') } : {};
    const type = 'datetime-local';
    const from = pickerField({ id: 'appoint-from', type, label: t('appoint.from'), value: this.from }, (chosen) => (this.from = chosen));
    const until = pickerField({ id: 'appoint-until', type, label: t('appoint.until'), value: this.until, ...error }, (chosen) => (this.until = chosen));
    return html`${from} ${until}`;
  }

  /** Null where it is no period that is still ahead. */
  get #cover(): CoverTime | null {
    const [from, until] = [new Date(this.from), new Date(this.until)];
    return from < until && until > new Date() ? { from, until } : null;
  }

  readonly #submit = (event: SubmitEvent): void => {
    event.preventDefault();
    this.tried = true;
    const cover = this.asCover ? this.#cover : null;
    if (this.chosen === '' || (this.asCover && !cover)) return;
    const appointment: Appointment = { person: this.chosen, role: this.as, cover };
    this.emit('appoint', appointment);
  };
}

/** By this browser's clock, as fields for a day and time have it. */
function fieldTime(at: Date): string {
  const local = new Date(at.getTime() - at.getTimezoneOffset() * 60_000);
  return local.toISOString().slice(0, 16);
}

declare global {
  interface HTMLElementTagNameMap {
    'appointment-form': AppointmentForm;
  }
}
