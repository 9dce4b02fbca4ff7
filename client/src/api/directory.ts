/** Calls about the clinic: people, teams, invitations, patients and their consents (docs/api.md, Key directory). */

import { readCommittedText, type CommittedText } from '../protocol/commitment.ts';
import { b64u, type Bytes } from '../protocol/encoding.ts';
import type { AccountId, InvitationId, TeamId } from '../protocol/ids.ts';
import { ROLES } from '../protocol/kinds/invitation.ts';
import * as shape from '../protocol/shape.ts';
import { parseEnvelope, type Envelope } from '../protocol/statement.ts';
import { fields, nothing, type Read } from './answers.ts';
import { boxesJson } from './boxes.ts';
import { envelopeJson, envelopes } from './doors.ts';
import { ApiError, call, path } from './http.ts';

const readAccount = fields({
  account: shape.id('acc'),
  role: shape.oneOf(...ROLES),
  card: shape.orNull(readCommittedText),
  chain: envelopes,
  inviter: shape.id('acc'),
});

export type AccountAnswer = Read<typeof readAccount>;

const readPerson = fields({
  account: shape.id('acc'),
  role: shape.oneOf(...ROLES),
  card: shape.orNull(readCommittedText),
  teams: shape.ids('tea'),
  joined: shape.time,
});

const readClinic = fields({
  clinic: shape.id('cln'),
  name: shape.text,
  log_key: shape.text,
  origin: shape.text,
  statements: envelopes,
  key_holders: shape.ids('acc'),
  my_key_share: shape.orNull(fields({ statement: parseEnvelope, box: shape.bytes() })),
  people: shape.listOf(readPerson),
});

export type ClinicAnswer = Read<typeof readClinic>;

const readTeam = fields({
  team: shape.id('tea'),
  name: shape.text,
  statements: envelopes,
  my_box: shape.orNull(fields({ statement: shape.hash, box: shape.bytes() })),
  links: shape.mapOf(shape.bytes()),
  waiting: shape.ids('acc'),
});

export type TeamAnswer = Read<typeof readTeam>;

const readInvitationRow = fields({
  invitation: shape.id('inv'),
  role: shape.oneOf(...ROLES),
  teams: shape.ids('tea'),
  inviter: shape.id('acc'),
  expires: shape.time,
  state: shape.oneOf('open', 'used', 'expired', 'cancelled'),
  account: shape.orNull(shape.id('acc')),
  label: shape.orNull(shape.bytes()),
});

export type InvitationRow = Read<typeof readInvitationRow>;

const readSealedProfile = fields({ statement: parseEnvelope, ciphertext: shape.bytes(), boxes: shape.mapOf(shape.bytes()) });

export type SealedProfile = Read<typeof readSealedProfile>;

const readPatient = fields({
  patient: shape.id('acc'),
  chain: envelopes,
  consents: envelopes,
  profile: shape.orNull(readSealedProfile),
});

export type PatientAnswer = Read<typeof readPatient>;

/** @throws ApiError `not_found` for whoever is not the caller's to see. */
export function getAccount(account: AccountId): Promise<AccountAnswer> {
  return call('GET', path`/api/accounts/${account}`, readAccount);
}

export function getClinic(): Promise<ClinicAnswer> {
  return call('GET', '/api/clinic', readClinic);
}

/** The clinic's key, sealed to another administrator. */
export function postClinicStatement(statement: Envelope, box: Bytes): Promise<null> {
  return call('POST', '/api/clinic/statements', nothing, { statement: envelopeJson(statement), box: b64u(box) });
}

/** A new set of custodians, in the clinic's word. @throws ApiError `chain_moved`, `custodians_unfit`, `keys_changed` */
export function postCustodians(statement: Envelope): Promise<null> {
  return call('POST', '/api/clinic/custodians', nothing, { statement: envelopeJson(statement) });
}

export async function getTeams(): Promise<readonly TeamAnswer[]> {
  return (await call('GET', '/api/teams', fields({ teams: shape.listOf(readTeam) }))).teams;
}

export function postTeam(statement: Envelope): Promise<null> {
  return call('POST', '/api/teams', nothing, { statement: envelopeJson(statement) });
}

/** An appointment, a removal, or a team's new name and managers. @throws ApiError `chain_moved` */
export function postTeamPeople(team: TeamId, statement: Envelope): Promise<null> {
  return call('POST', path`/api/teams/${team}/people`, nothing, { statement: envelopeJson(statement) });
}

/** A new generation of a team's key, or an admission to the running one. @throws ApiError `chain_moved` */
export function postTeamStatement(team: TeamId, statement: Envelope, boxes: ReadonlyMap<AccountId, Bytes>, link: Bytes | null): Promise<null> {
  return call('POST', path`/api/teams/${team}/statements`, nothing, {
    statement: envelopeJson(statement),
    boxes: boxesJson(boxes),
    link: link && b64u(link),
  });
}

export async function getInvitations(): Promise<readonly InvitationRow[]> {
  return (await call('GET', '/api/invitations', fields({ invitations: shape.listOf(readInvitationRow) }))).invitations;
}

/** @throws ApiError `two_administrators_needed` for a patient while one administrator alone holds the clinic's key. */
export function postInvitation(statement: Envelope, card: CommittedText | null, label: Bytes | null): Promise<null> {
  return call('POST', '/api/invitations', nothing, {
    statement: envelopeJson(statement),
    card: card && { ...card },
    label: label && b64u(label),
  });
}

export function cancelInvitation(invitation: InvitationId): Promise<null> {
  return call('DELETE', path`/api/invitations/${invitation}`, nothing);
}

/** Those whose consents cover the caller, from all pages of the answer. */
export async function getPatients(): Promise<readonly PatientAnswer[]> {
  const readPage = fields({ patients: shape.listOf(readPatient), next: shape.orNull(shape.id('acc')) });
  const found: PatientAnswer[] = [];
  for (let after: AccountId | null = null; ; ) {
    const page: Read<typeof readPage> = await call('GET', after ? path`/api/patients?after=${after}` : '/api/patients', readPage);
    found.push(...page.patients);
    if (!page.next) return found;
    after = page.next;
  }
}

export async function getConsents(patient: AccountId): Promise<readonly Envelope[]> {
  return (await call('GET', path`/api/patients/${patient}/consents`, fields({ statements: envelopes }))).statements;
}

/** A patient's profile, null when none was written. */
export async function getProfile(patient: AccountId): Promise<SealedProfile | null> {
  try {
    return await call('GET', path`/api/patients/${patient}/profile`, readSealedProfile);
  } catch (error) {
    if (error instanceof ApiError && error.status === 404) return null;
    throw error;
  }
}
