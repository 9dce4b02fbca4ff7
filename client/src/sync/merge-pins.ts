/** Two pin documents that went apart, on two devices at once. */

import type { AccountPin, ConversationPin, PinDocument } from '../protocol/pins.ts';

/** Of each entry the one that has seen more. */
export function mergePins(one: PinDocument, other: PinDocument): PinDocument {
  return {
    clinic: one.clinic,
    accounts: mergeEntries(one.accounts, other.accounts, laterAccount),
    teams: mergeEntries(one.teams, other.teams, (a, b) => (b.generation > a.generation ? b : a)),
    conversations: mergeEntries(one.conversations, other.conversations, laterConversation),
    consents: mergeEntries(one.consents, other.consents, (a, b) => (b.sequence > a.sequence ? b : a)),
    vault: Math.max(one.vault, other.vault),
    checkpoint: laterCheckpoint(one.checkpoint, other.checkpoint),
  };
}

type Entries<T> = Readonly<Record<string, T | undefined>>;

function mergeEntries<T>(one: Entries<T>, other: Entries<T>, later: (a: T, b: T) => T): Record<string, T> {
  const merged: Record<string, T> = {};
  for (const name of new Set([...Object.keys(one), ...Object.keys(other)])) {
    const [a, b] = [one[name], other[name]];
    const entry = a && b ? later(a, b) : (a ?? b);
    if (entry) merged[name] = entry;
  }
  return merged;
}

function laterAccount(a: AccountPin, b: AccountPin): AccountPin {
  if (a.version !== b.version) return a.version > b.version ? a : b;
  return { ...a, compared: a.compared || b.compared };
}

function laterConversation(a: ConversationPin, b: ConversationPin): ConversationPin {
  const later = b.epoch > a.epoch ? b : a;
  return { ...later, sequence: Math.max(a.sequence, b.sequence) };
}

/** The second line of a checkpoint is its size; both were verified when they were pinned. */
function laterCheckpoint(a: string | null, b: string | null): string | null {
  const size = (note: string | null): number => Number(note?.split('\n')[1] ?? -1);
  return size(b) > size(a) ? b : a;
}
