/** Inviting somebody: which role, which team, and what they are called. */
import { html, nothing, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { BetweenElement } from '../element.ts';
import { icon, type IconName } from '../icons.ts';
import type { InvitationRequest, InvitedRole, InviteFailure, Team } from '../models/clinic.ts';
import { choices } from '../parts/choices.ts';
import { fieldAround, textField } from '../parts/field.ts';
import { notice } from '../parts/notices.ts';
import { segments } from '../parts/segments.ts';
import { t, type WordKey } from '../words.ts';
import { OUTSIDE_TEAMS, roleWords } from './clinic-invitations.ts';

/** Days an invitation may stand; the longer it lies about, the likelier somebody else finds it. */
const DAYS = [1, 3, 7, 14] as const;

const FAILURES: Record<InviteFailure, { readonly words: WordKey; readonly icon: IconName }> = {
  two_administrators_needed: { words: 'invite.two_needed', icon: 'key' },
  not_allowed: { words: 'invite.not_allowed', icon: 'alert' },
  unreachable: { words: 'invite.unreachable', icon: 'offline' },
  our_fault: { words: 'error.ours', icon: 'alert' },
};

type Wrong = Partial<Record<'teams' | 'name' | 'credential' | 'note', string>>;

/** `<invite-form .roles .teams .failure working>`: fires `invite` with an {@link InvitationRequest} and `cancel`. */
@customElement('invite-form')
export class InviteForm extends BetweenElement {
  @property({ attribute: false }) roles: readonly InvitedRole[] = [];
  @property({ attribute: false }) teams: readonly Team[] = [];
  @property({ attribute: false }) failure: InviteFailure | null = null;
  @property({ type: Boolean }) working = false;
  @state() private chosenRole: InvitedRole | null = null;
  @state() private chosenTeams: readonly string[] = [];
  @state() private name = '';
  @state() private credential = '';
  @state() private note = '';
  @state() private days = 7;
  @state() private wrong: Wrong = {};

  /** The last role offered: everybody may invite a patient, and that is the most common. */
  get #role(): InvitedRole {
    return this.chosenRole ?? this.roles.at(-1) ?? 'patient';
  }

  protected override render(): TemplateResult {
    return html`<form class="panel panel__body stack" novalidate @submit=${this.#submit}>
      ${this.#failureNotice()} ${this.roles.length > 1 ? this.#roleField() : nothing} ${this.#teamField()}
      ${this.#role === 'patient' ? this.#patientField() : this.#staffFields()} ${this.#daysField()}
      <div class="row">
        <button class="btn btn--main" type="submit" aria-disabled=${this.working ? 'true' : 'false'}>
          ${this.working ? t('invite.working') : t('invite.make')}
        </button>
        <button
          class="btn"
          type="button"
          @click=${() => {
            this.emit('cancel', null);
          }}
        >
          ${t('join.back')}
        </button>
      </div>
    </form>`;
  }

  #failureNotice(): TemplateResult | typeof nothing {
    if (this.failure === null) return nothing;
    const { words, icon: name } = FAILURES[this.failure];
    return notice({ tone: this.failure === 'unreachable' ? 'honey' : 'brick', icon: name, body: t(words), urgent: true });
  }

  #roleField(): TemplateResult {
    const options = this.roles.map((value) => ({ value, label: roleWords(value) }));
    const choose = (role: InvitedRole): void => {
      this.chosenRole = role;
      this.wrong = {};
    };
    return html`<div class="field">
      <span class="label" aria-hidden="true">${t('invite.role')}</span>
      ${segments({ name: 'invite-role', legend: t('invite.role'), options, chosen: this.#role }, choose)}
    </div>`;
  }

  /** A patient gets one team; staff may belong to several, administrators to none. */
  #teamField(): TemplateResult | typeof nothing {
    if (this.#role !== 'patient' && (this.teams.length === 0 || OUTSIDE_TEAMS.has(this.#role))) return nothing;
    return html`<div class="field">
      <span class="label" aria-hidden="true">${this.#role === 'patient' ? t('invite.team') : t('invite.teams')}</span>
      ${this.#teamsOnOffer().length === 0 ? html`<p class="quiet">${t('invite.no_teams')}</p>` : this.#role === 'patient' ? this.#oneTeam() : this.#severalTeams()}
      ${this.wrong.teams ? html`<p class="field__error" role="alert">${icon('alert')}<span>${this.wrong.teams}</span></p>` : nothing}
    </div>`;
  }

  /** A team without members has no key yet that a patient's words could be locked for. */
  #teamsOnOffer(): readonly Team[] {
    return this.#role === 'patient' ? this.teams.filter((team) => team.members.length > 0) : this.teams;
  }

  #oneTeam(): TemplateResult {
    const options = this.#teamsOnOffer().map(({ id, name, members }) => ({
      value: id,
      label: name,
      hint: t('team.people', { count: members.length }),
    }));
    return choices({ name: 'invite-team', legend: t('invite.team'), options, chosen: this.chosenTeams[0] ?? null }, (team) => {
      this.chosenTeams = [team];
    });
  }

  #severalTeams(): TemplateResult {
    const toggle = (team: string, on: boolean): void => {
      this.chosenTeams = on ? [...this.chosenTeams, team] : this.chosenTeams.filter((other) => other !== team);
    };
    return html`<fieldset>
      <legend class="vh">${t('invite.teams')}</legend>
      ${this.teams.map(
        ({ id, name }) =>
          html`<label class="check"
            ><input
              type="checkbox"
              .checked=${this.chosenTeams.includes(id)}
              @change=${(event: Event) => {
                toggle(id, (event.target as HTMLInputElement).checked);
              }}
            /><span>${name}</span></label
          >`,
      )}
    </fieldset>`;
  }

  #staffFields(): TemplateResult {
    return html`${textField({
      id: 'invite-name',
      label: t('invite.name'),
      hint: t('invite.name_hint'),
      value: this.name,
      maxLength: 80,
      required: true,
      ...error(this.wrong.name),
      onInput: (text) => {
        this.name = text;
      },
    })}
    ${textField({
      id: 'invite-credential',
      label: t('invite.credential'),
      hint: t('invite.credential_hint'),
      value: this.credential,
      maxLength: 80,
      required: true,
      ...error(this.wrong.credential),
      onInput: (text) => {
        this.credential = text;
      },
    })}`;
  }

  #patientField(): TemplateResult {
    return textField({
      id: 'invite-note',
      label: t('invite.note'),
      hint: t('invite.note_hint'),
      value: this.note,
      maxLength: 80,
      required: true,
      ...error(this.wrong.note),
      onInput: (text) => {
        this.note = text;
      },
    });
  }

  #daysField(): TemplateResult {
    return fieldAround(
      { id: 'invite-days', label: t('invite.days'), hint: t('invite.days_hint') },
      (describedBy) =>
        html`<select
          class="input"
          id="invite-days"
          aria-describedby=${describedBy}
          @change=${(event: Event) => {
            this.days = Number((event.target as HTMLSelectElement).value);
          }}
        >
          ${DAYS.map((days) => html`<option value=${days} ?selected=${days === this.days}>${t('invite.for_days', { count: days })}</option>`)}
        </select>`,
    );
  }

  readonly #submit = (event: SubmitEvent): void => {
    event.preventDefault();
    if (this.working) return;
    const request = this.#request();
    this.wrong = wrongIn(request, this.teams.length > 0);
    if (Object.keys(this.wrong).length === 0) this.emit('invite', request satisfies InvitationRequest);
    else
      void this.updateComplete.then(() => {
        this.querySelector<HTMLElement>('[aria-invalid="true"], [name="invite-team"], [type="checkbox"]')?.focus();
      });
  };

  /** What belongs to another role is left out, even where it was typed before the role changed. */
  #request(): InvitationRequest {
    const patient = this.#role === 'patient';
    const teams = patient ? this.chosenTeams.slice(0, 1) : OUTSIDE_TEAMS.has(this.#role) ? [] : this.chosenTeams;
    return {
      role: this.#role,
      teams,
      name: patient ? '' : this.name.trim(),
      credential: patient ? '' : this.credential.trim(),
      note: patient ? this.note.trim() : '',
      days: this.days,
    };
  }
}

function error(words: string | undefined): { error?: string } {
  return words === undefined ? {} : { error: words };
}

/** The clinic's first staff are invited before there is a team: one of them manages it. */
function wrongIn({ role, teams, name, credential, note }: InvitationRequest, thereAreTeams: boolean): Wrong {
  const needsTeam = role === 'patient' || (role !== 'administrator' && !OUTSIDE_TEAMS.has(role) && thereAreTeams);
  return {
    ...(teams.length === 0 && needsTeam ? { teams: t('invite.team_missing') } : {}),
    ...(role !== 'patient' && name === '' ? { name: t('invite.name_missing') } : {}),
    ...(role !== 'patient' && credential === '' ? { credential: t('invite.credential_missing') } : {}),
    ...(role === 'patient' && note === '' ? { note: t('invite.note_missing') } : {}),
  };
}

declare global {
  interface HTMLElementTagNameMap {
    'invite-form': InviteForm;
  }
}
