/** The clinic as its page shows it: names from verified cards, teams and key holders from verified chains. */

import type { ClinicAnswer, InvitationRow as ServedInvitation } from '../api/directory.ts';
import type { AccountId, InvitationId } from '../protocol/ids.ts';
import { runningGeneration, type TeamChain } from '../protocol/teamChain.ts';
import type { ClinicKey, ClinicModel, InvitationRow, InvitedRole, StaffMember, Team } from '../views/models/clinic.ts';
import type { App } from './app.ts';
import type { NewcomerCodes } from './newcomer-codes.ts';

/** What the page has fetched. */
export interface ClinicFacts {
  readonly app: App;
  readonly clinic: ClinicAnswer;
  readonly invitations: readonly ServedInvitation[];
  /** Notes that were this person's to open. */
  readonly notes: ReadonlyMap<InvitationId, string>;
  readonly codes: NewcomerCodes;
}

export type ClinicParts = Pick<ClinicModel, 'key' | 'people' | 'teams' | 'invitations'>;

const STATES = { open: 'open', used: 'joined', expired: 'expired', cancelled: 'cancelled' } as const;
/** Roles of later issues count as their nearest: nobody of them can be invited here. */
const SHOWN_ROLES: Readonly<Record<string, InvitedRole>> = {
  administrator: 'administrator',
  provider: 'provider',
  nurse: 'nurse',
  front_desk: 'front_desk',
  cover: 'provider',
  compliance: 'administrator',
  custodian: 'administrator',
  patient: 'patient',
  proxy: 'patient',
};

export function clinicParts(facts: ClinicFacts): ClinicParts {
  return { key: keyOf(facts), people: peopleOf(facts), teams: teamsOf(facts), invitations: facts.invitations.map((row) => rowOf(facts, row)) };
}

function shownRole(role: string): InvitedRole {
  return SHOWN_ROLES[role] ?? 'patient';
}

function keyOf({ app, clinic }: ClinicFacts): ClinicKey {
  const { account } = app.engine.session;
  const holders = new Set(clinic.key_holders);
  const couldHold = clinic.people.filter((person) => person.role === 'administrator' && !holders.has(person.account));
  return {
    heldByMe: holders.has(account),
    holders: clinic.key_holders.map((holder) => app.people.person(holder)),
    couldHold: couldHold.map((person) => app.people.person(person.account)),
  };
}

function peopleOf({ app, clinic }: ClinicFacts): readonly StaffMember[] {
  return clinic.people.flatMap(({ account, role, joined }) => {
    const shown = shownRole(app.engine.directory.known(account)?.role ?? role);
    if (shown === 'patient') return [];
    const holdsClinicKey = clinic.key_holders.includes(account);
    return [{ ...app.people.person(account), role: shown, joinedAt: new Date(joined), holdsClinicKey }];
  });
}

function teamsOf(facts: ClinicFacts): readonly Team[] {
  return [...facts.app.engine.teams.chains.values()].map((chain) => teamOf(facts, chain));
}

function teamOf(facts: ClinicFacts, chain: TeamChain): Team {
  const { people, engine } = facts.app;
  const members = [...(runningGeneration(chain)?.members.keys() ?? [])];
  return {
    id: chain.team,
    name: chain.name,
    manager: people.person(chain.manager),
    members: members.map((account) => people.person(account)),
    waiting: engine.teams.waitingFor(chain.team).map((account) => ({
      ...people.person(account),
      joinedAt: joinedAt(facts, account),
      safetyCode: facts.codes.of(account),
    })),
    canLetIn: engine.teams.isMember(chain.team),
  };
}

function joinedAt({ clinic }: ClinicFacts, account: AccountId): Date {
  const joined = clinic.people.find((person) => person.account === account)?.joined;
  return joined === undefined ? new Date() : new Date(joined);
}

function rowOf({ app, notes }: ClinicFacts, row: ServedInvitation): InvitationRow {
  const { invitation, role, account, inviter, expires, state, teams } = row;
  const card = account === null ? null : app.engine.directory.cardOf(account);
  return {
    id: invitation,
    role: shownRole(role),
    label: card?.name ?? notes.get(invitation) ?? null,
    teams: teams.map((team) => app.engine.teams.chains.get(team)?.name ?? ''),
    inviter: app.people.person(inviter),
    expiresAt: new Date(expires),
    state: STATES[state],
  };
}
