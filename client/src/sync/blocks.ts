/** Whether anything stands in the way of sending: what a person has to look at first. Pure but for the directory it asks. */

import { formatTime } from '../protocol/encoding.ts';
import { isId, type AccountId } from '../protocol/ids.ts';
import { readerKeys } from '../protocol/link.ts';
import { generationWithKey, readsFor } from '../protocol/teamChain.ts';
import type { ReadableConversation } from './control-reader.ts';
import type { Directory } from './directory.ts';

/** Larger differences make 'who may read as of now' a guess. Milliseconds. */
export const LARGEST_CLOCK_DIFFERENCE = 10 * 60 * 1000;

export type SendBlock = 'alarm' | 'clock' | 'key_changed' | 'not_a_reader' | 'waiting_for_key';

/** Everybody who can read a conversation now: the readers, and who stands in a team among them and holds the key named. */
export function coveredAccounts({ control, surroundings }: ReadableConversation): readonly AccountId[] {
  const now = formatTime(new Date());
  const accounts = [...readerKeys(control.running)].flatMap(([reader, key]): readonly AccountId[] => {
    if (isId(reader, 'acc')) return [reader];
    if (!isId(reader, 'tea')) return [];
    const team = surroundings.teams.get(reader);
    const generation = generationWithKey(team, key);
    return team ? [...(generation?.members.keys() ?? [])].filter((account) => readsFor(team, generation, account, now)) : [];
  });
  return [...new Set(accounts)];
}

/** Those whose keys are other than this person's clients knew, and whom nobody has looked at yet. */
export function changedAccounts(read: ReadableConversation, directory: Directory): readonly AccountId[] {
  return coveredAccounts(read).filter((account) => directory.standing(account) === 'key_changed');
}

/** What is the case besides the conversation itself. */
export interface SendingWeather {
  readonly alarm: boolean;
  /** Milliseconds, null where unknown. */
  readonly clockAhead: number | null;
  readonly me: AccountId;
}

/** Why nothing may be sent in a conversation, the gravest reason first; null where nothing stands in the way. */
export function sendBlock(read: ReadableConversation, directory: Directory, weather: SendingWeather): SendBlock | null {
  if (weather.alarm) return 'alarm';
  if (Math.abs(weather.clockAhead ?? 0) > LARGEST_CLOCK_DIFFERENCE) return 'clock';
  if (changedAccounts(read, directory).length > 0) return 'key_changed';
  if (!coveredAccounts(read).includes(weather.me)) return 'not_a_reader';
  return read.epochKeys.has(read.control.links.length) ? null : 'waiting_for_key';
}
