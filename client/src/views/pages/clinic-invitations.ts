/** Who was invited, by whom, and how it stands. */
import { html, nothing, type TemplateResult } from 'lit';
import { icon, type IconName } from '../icons.ts';
import type { ClinicActions, ClinicModel, InvitationRow, InvitationState, InvitedRole } from '../models/clinic.ts';
import { longDay, timeElement } from '../times.ts';
import { verb } from '../parts/verb.ts';
import { joinNames, t, type WordKey } from '../words.ts';

const ROLE_WORDS: Record<InvitedRole, WordKey> = {
  administrator: 'role.administrator',
  provider: 'role.provider',
  nurse: 'role.nurse',
  front_desk: 'role.front_desk',
  cover: 'role.cover',
  compliance: 'role.compliance',
  custodian: 'role.custodian',
  patient: 'role.patient',
};

interface StateLook {
  readonly words: WordKey;
  readonly tag: string;
  readonly icon: IconName | null;
}

const STATE_LOOKS: Record<InvitationState, StateLook> = {
  open: { words: 'invitation.open', tag: 'tag--sky', icon: null },
  joined: { words: 'invitation.joined', tag: 'tag--pine', icon: 'check' },
  expired: { words: 'invitation.expired', tag: 'tag--honey', icon: 'clock' },
  cancelled: { words: 'invitation.cancelled', tag: '', icon: null },
};

/** Roles whose people stand in no team: they can never be let in to read. */
export const OUTSIDE_TEAMS: ReadonlySet<InvitedRole> = new Set(['compliance', 'custodian']);

/** A role in the words of the person's language. */
export function roleWords(role: InvitedRole): string {
  return t(ROLE_WORDS[role]);
}

/** Whom an invitation is for; a patient's note opens only for whoever wrote it. */
export function invitationWords({ label, role }: InvitationRow): string {
  return label ?? t('invitation.no_label', { role: roleWords(role) });
}

/** The panel with the table; `askCancel` opens the question whether to take one back. */
export function invitationsPanel(model: ClinicModel, actions: ClinicActions, askCancel: (row: InvitationRow) => void): TemplateResult {
  return html`<section class="panel" id="invitations" aria-labelledby="invitations-title">
    <header class="panel__head">
      <h2 id="invitations-title">${t('invitations.title')}</h2>
      <button
        class="btn btn--main"
        type="button"
        @click=${() => {
          actions.beginInvitation();
        }}
      >
        ${icon('plus')}${model.view === 'administrator' ? t('invitations.invite') : t('invitations.invite_patient')}
      </button>
    </header>
    ${model.invitations.length === 0 ? html`<p class="panel__body quiet">${t('invitations.none')}</p>` : invitationTable(model, askCancel)}
  </section>`;
}

function invitationTable(model: ClinicModel, askCancel: (row: InvitationRow) => void): TemplateResult {
  return html`<div class="scroll" tabindex="0" role="region" aria-label=${t('invitations.table')}>
    <table class="table">
      <thead>
        <tr>
          <th scope="col">${t('invitations.who')}</th>
          <th scope="col">${t('invitations.as')}</th>
          <th scope="col" class="wide-only">${t('invitations.by')}</th>
          <th scope="col">${t('invitations.state')}</th>
          <th scope="col"><span class="vh">${t('invitations.do')}</span></th>
        </tr>
      </thead>
      <tbody>
        ${model.invitations.map((row) => invitationLine(row, model, askCancel))}
      </tbody>
    </table>
  </div>`;
}

function invitationLine(row: InvitationRow, model: ClinicModel, askCancel: (row: InvitationRow) => void): TemplateResult {
  const teams = row.teams.length > 0 ? html`<br /><span class="tiny">${joinNames(row.teams)}</span>` : nothing;
  return html`<tr>
    <th scope="row">${invitationWords(row)}</th>
    <td>${roleWords(row.role)}${teams}</td>
    <td class="wide-only">${row.inviter.id === model.chrome.me.id ? t('invitations.by_you') : row.inviter.name}</td>
    <td>${stateTag(row, model)}</td>
    <td>${row.state === 'open' ? cancelButton(row, model, askCancel) : nothing}</td>
  </tr>`;
}

function stateTag({ state, expiresAt }: InvitationRow, { now, zones }: ClinicModel): TemplateResult {
  const { words, tag, icon: name } = STATE_LOOKS[state];
  const ends = html`<span class="tiny">${t('invitation.ends', { day: longDay(expiresAt, now, zones) })}</span>`;
  return html`<span class="tag ${tag}">${name ? icon(name, 'small') : nothing}${t(words)}</span>
    ${state === 'open' ? timeElement(expiresAt, '') : nothing}${state === 'open' ? ends : nothing}`;
}

function cancelButton(row: InvitationRow, { undertaking }: ClinicModel, askCancel: (row: InvitationRow) => void): TemplateResult {
  const working = undertaking?.what === 'cancel_invitation' && undertaking.on === row.id && undertaking.state === 'working';
  return html`<button
    class="btn btn--s"
    type="button"
    aria-haspopup="dialog"
    ?disabled=${working}
    @click=${() => {
      askCancel(row);
    }}
  >
    ${verb(t('invitation.cancel'), invitationWords(row))}
  </button>`;
}
