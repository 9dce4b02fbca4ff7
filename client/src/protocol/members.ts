/** Who is a reader: one pure function, the same everywhere, with vectors of its own (docs/protocol.md §5). */

import { isId, type AccountId, type EmergencyKeyId, type GranteeId, type ReaderId, type TeamId } from './ids.ts';
import type { ConsentBody } from './kinds/consent.ts';
import type { TeamPeople } from './teamStays.ts';

/** One conversation, or `all`: then only consents to everything count. */
export type Scope = ConsentBody['scope'];

/** Whom the patient has blocked, and in which ways each team may stand; a team that is not there has nobody in it who is blocked. */
export interface Blocking<P> {
  readonly blocked: ReadonlySet<AccountId>;
  readonly teams: ReadonlyMap<TeamId, P>;
}

/** Where teams may have stood one way or another: who reads in every case, and who reads in some. */
export interface PossibleReaders<R extends ReaderId = ReaderId> {
  readonly always: ReadonlySet<R>;
  readonly ever: ReadonlySet<R>;
}

const NOBODY: TeamPeople = new Map();
const NO_BLOCKS: Blocking<TeamPeople> = { blocked: new Set(), teams: new Map() };

/** Whether a consent covers a conversation at an instant (a protocol time: such texts sort as the instants do). */
export function isActive(consent: ConsentBody, conversation: Scope, at: string): boolean {
  const running = consent.not_before <= at && (consent.until === null || at < consent.until);
  return running && (consent.scope === 'all' || consent.scope === conversation);
}

/**
 * Whom a consent makes readers: its grantee, unless that is blocked; and where somebody who is blocked stands in the team, then in the team's place its
 * other people, cover within its period.
 */
export function readersBy({ grantee }: ConsentBody, blocked: ReadonlySet<AccountId>, people: TeamPeople, at: string): readonly GranteeId[] {
  if (!isId(grantee, 'tea')) return blocked.has(grantee) ? [] : [grantee];
  if (![...people.keys()].some((account) => blocked.has(account))) return [grantee];
  return [...people]
    .filter(([account, cover]) => !blocked.has(account) && (cover === null || (cover.from <= at && at < cover.until)))
    .map(([account]) => account);
}

/**
 * The readers of a conversation at an instant, sorted by id: the patient, whom active consents make readers, and the conversation's emergency key where
 * the patient has opted in and one stands.
 */
export function members(
  patient: AccountId,
  consents: Iterable<ConsentBody>,
  conversation: Scope,
  at: string,
  emergency?: null,
  blocking?: Blocking<TeamPeople>,
): readonly GranteeId[];
export function members(
  patient: AccountId,
  consents: Iterable<ConsentBody>,
  conversation: Scope,
  at: string,
  emergency: EmergencyKeyId | null,
  blocking?: Blocking<TeamPeople>,
): readonly ReaderId[];
export function members(
  patient: AccountId,
  consents: Iterable<ConsentBody>,
  conversation: Scope,
  at: string,
  emergency: EmergencyKeyId | null = null,
  { blocked, teams }: Blocking<TeamPeople> = NO_BLOCKS,
): readonly ReaderId[] {
  const states = new Map([...teams].map(([team, people]) => [team, [people]]));
  return [...possibleMembers(patient, consents, conversation, at, emergency, { blocked, teams: states }).always].sort();
}

/** As {@link members}, where each team may have stood in any one of several ways; with nobody blocked that is one answer. */
export function possibleMembers(
  patient: AccountId,
  consents: Iterable<ConsentBody>,
  conversation: Scope,
  at: string,
  emergency: EmergencyKeyId | null,
  { blocked, teams }: Blocking<readonly TeamPeople[]>,
): PossibleReaders {
  const fixed: readonly ReaderId[] = [patient, ...(emergency === null ? [] : [emergency])];
  const always = new Set<ReaderId>(fixed);
  const ever = new Set<ReaderId>(fixed);
  for (const consent of consents) {
    if (!isActive(consent, conversation, at)) continue;
    const options = statesOf(teams, consent.grantee).map((people) => readersBy(consent, blocked, people, at));
    for (const reader of options.flat()) {
      ever.add(reader);
      if (options.every((option) => option.includes(reader))) always.add(reader);
    }
  }
  return { always, ever };
}

/** In which ways a team may stand; a person, or a team that nobody told of, in one. */
export function statesOf(teams: Blocking<readonly TeamPeople[]>['teams'], grantee: GranteeId): readonly TeamPeople[] {
  const states = isId(grantee, 'tea') ? teams.get(grantee) : undefined;
  return states && states.length > 0 ? states : [NOBODY];
}

/** Whether these can be the readers: nobody left out who always is, and nobody who never is. */
export function admits({ always, ever }: PossibleReaders, readers: readonly ReaderId[]): boolean {
  return [...always].every((reader) => readers.includes(reader)) && readers.every((reader) => ever.has(reader));
}
