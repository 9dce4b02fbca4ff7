/** When the next sender must begin a new epoch first, and for whom (docs/protocol.md §5). */

import { blockedAt, isOptedIn, termsOf, type ConsentChain } from './consentChain.ts';
import type { ControlChain, Surroundings } from './controlChain.ts';
import { isSpent, NO_EMERGENCIES, type EmergencyKey } from './emergencyKey.ts';
import { parseTime } from './encoding.ts';
import { ProtocolError } from './errors.ts';
import { isId, type AccountId, type GranteeId, type ReaderId } from './ids.ts';
import type { RotationReason } from './kinds/conversation.ts';
import { readerKeys } from './link.ts';
import { members, type Blocking, type Scope } from './members.ts';
import type { SealingPublicKey } from './sealing.ts';
import { knownAccount } from './signers.ts';
import { peopleOf, runningGeneration, type Teams } from './teamChain.ts';
import type { TeamPeople } from './teamStays.ts';

const DAY = 24 * 60 * 60 * 1000;
export const LONGEST_EPOCH = 7 * DAY;

/** The emergency key that the next epoch is sealed to: it stands, and the patient is opted in. @throws ProtocolError `newer_version` */
export function emergencyReader(chain: Pick<ControlChain, 'emergency'>, consents: ConsentChain): EmergencyKey | null {
  return isOptedIn(consents) ? chain.emergency : null;
}

/** Whom the patient's decisions and the teams as they stand now let read, emergencies aside. @throws ProtocolError `newer_version` */
export function dueGrantees(patient: AccountId, consents: ConsentChain, teams: Teams, conversation: Scope, at: string): readonly GranteeId[] {
  return members(patient, termsOf(consents), conversation, at, null, blocking(consents, teams));
}

/** Whom the patient has blocked, and who stands in the teams now. @throws ProtocolError `newer_version` */
export function blocking(consents: ConsentChain, teams: Teams): Blocking<TeamPeople> {
  return { blocked: blockedAt(consents), teams: new Map([...teams].map(([team, chain]) => [team, peopleOf(chain)])) };
}

/** The readers that consents give at an instant, teams as they stand now. @throws ProtocolError `newer_version` */
export function dueReaders(
  chain: Pick<ControlChain, 'conversation' | 'patient' | 'emergency'>,
  consents: ConsentChain,
  teams: Teams,
  at: string,
): readonly ReaderId[] {
  const emergency = emergencyReader(chain, consents)?.body.emergency_key ?? null;
  return members(chain.patient, termsOf(consents), chain.conversation, at, emergency, blocking(consents, teams));
}

/**
 * Why a new epoch must begin before the next message, or null: the gravest reason of those that hold. `now` is a protocol time.
 *
 * @throws ProtocolError `newer_version` where a newer version has written into the patient's consents, for then nobody can say who reads;
 * `unknown_account`, `unknown_team`, `team_without_key`
 */
export function rotationDue(chain: ControlChain, surroundings: Surroundings, now: string): RotationReason | null {
  const running = readerKeys(chain.running);
  const standing = emergencyReader(chain, surroundings.consents);
  if (standing && isSpent(standing, surroundings.emergency ?? NO_EMERGENCIES)) return 'emergency';
  const due = dueReaders(chain, surroundings.consents, surroundings.teams, now);
  if ([...running.keys()].some((reader) => !due.includes(reader))) return 'removed';
  const current = currentKeys(due, surroundings, standing);
  const changed = [...running].filter(([reader, key]) => current.get(reader)?.id !== key).map(([reader]) => reader);
  if (changed.length > 0) return changed.every((reader) => isId(reader, 'tea')) ? 'team' : 'key';
  if (due.some((reader) => !running.has(reader))) return 'added';
  return parseTime(now).getTime() - parseTime(chain.running.time).getTime() >= LONGEST_EPOCH ? 'age' : null;
}

/** The sealing key of each reader as of now. @throws ProtocolError `unknown_account`, `unknown_team`, `team_without_key`, `unknown_reader_key` */
export function currentKeys<R extends ReaderId>(
  readers: readonly R[],
  surroundings: Pick<Surroundings, 'teams' | 'accounts'>,
  emergency: EmergencyKey | null = null,
): ReadonlyMap<R, SealingPublicKey> {
  return new Map(readers.map((reader) => [reader, currentKey(reader, surroundings, emergency)]));
}

function currentKey(
  reader: ReaderId,
  { teams, accounts }: Pick<Surroundings, 'teams' | 'accounts'>,
  emergency: EmergencyKey | null,
): SealingPublicKey {
  if (isId(reader, 'emk')) {
    if (emergency?.body.emergency_key !== reader) throw new ProtocolError('unknown_reader_key', 'an emergency key that does not stand');
    return emergency.sealing;
  }
  if (!isId(reader, 'tea')) return knownAccount(accounts, reader).current.sealing;
  const team = teams.get(reader);
  if (!team) throw new ProtocolError('unknown_team', 'names a team whose keys are not known');
  const running = runningGeneration(team);
  if (!running) throw new ProtocolError('team_without_key', 'this team has no key yet');
  return running.sealingKey;
}
