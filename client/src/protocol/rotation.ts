/** When the next sender must begin a new epoch first, and for whom (docs/protocol.md §5). */

import { termsOf, type ConsentChain } from './consentChain.ts';
import type { ControlChain, Surroundings } from './controlChain.ts';
import { parseTime } from './encoding.ts';
import { ProtocolError } from './errors.ts';
import { isId, type ReaderId } from './ids.ts';
import type { RotationReason } from './kinds/conversation.ts';
import { readerKeys } from './link.ts';
import { members } from './members.ts';
import type { SealingPublicKey } from './sealing.ts';
import { knownAccount } from './signers.ts';
import { runningGeneration } from './teamChain.ts';

const DAY = 24 * 60 * 60 * 1000;
export const LONGEST_EPOCH = 7 * DAY;

/** The readers that consents give at an instant. @throws ProtocolError `newer_version` */
export function dueReaders(chain: Pick<ControlChain, 'conversation' | 'patient'>, consents: ConsentChain, at: string): readonly ReaderId[] {
  return members(chain.patient, termsOf(consents), chain.conversation, at);
}

/**
 * Why a new epoch must begin before the next message, or null: the gravest reason of those that hold. `now` is a protocol time.
 *
 * @throws ProtocolError `newer_version` where a newer version has written into the patient's consents, for then nobody can say who reads;
 * `unknown_account`, `unknown_team`, `team_without_key`
 */
export function rotationDue(chain: ControlChain, surroundings: Surroundings, now: string): RotationReason | null {
  const running = readerKeys(chain.running);
  const due = dueReaders(chain, surroundings.consents, now);
  if ([...running.keys()].some((reader) => !due.includes(reader))) return 'removed';
  const current = currentKeys(due, surroundings);
  const changed = [...running].filter(([reader, key]) => current.get(reader)?.id !== key).map(([reader]) => reader);
  if (changed.length > 0) return changed.every((reader) => isId(reader, 'tea')) ? 'team' : 'key';
  if (due.some((reader) => !running.has(reader))) return 'added';
  return parseTime(now).getTime() - parseTime(chain.running.time).getTime() >= LONGEST_EPOCH ? 'age' : null;
}

/** The sealing key of each reader as of now. @throws ProtocolError `unknown_account`, `unknown_team`, `team_without_key` */
export function currentKeys(
  readers: readonly ReaderId[],
  surroundings: Pick<Surroundings, 'teams' | 'accounts'>,
): ReadonlyMap<ReaderId, SealingPublicKey> {
  return new Map(readers.map((reader) => [reader, currentKey(reader, surroundings)]));
}

function currentKey(reader: ReaderId, { teams, accounts }: Pick<Surroundings, 'teams' | 'accounts'>): SealingPublicKey {
  if (!isId(reader, 'tea')) return knownAccount(accounts, reader).current.sealing;
  const team = teams.get(reader);
  if (!team) throw new ProtocolError('unknown_team', 'names a team whose keys are not known');
  const running = runningGeneration(team);
  if (!running) throw new ProtocolError('team_without_key', 'this team has no key yet');
  return running.sealingKey;
}
