/** What outlives signing out on this device, so that an older state served later is noticed (docs/protocol.md §8). */

import type { Database, SurvivorRow } from './database.ts';

const NOTHING = { checkpoint: null, logKey: null, vaultVersion: 0, pins: null } as const;

/** What this device remembers of an account, by its opaque label. */
export async function survivorOf(database: Database, label: string): Promise<SurvivorRow> {
  return (await database.get('survivors', label)) ?? { label, ...NOTHING };
}

/** Remembers more. Versions only rise: two tabs that write at once must not make this device forget. */
export async function remember(database: Database, label: string, news: Partial<Omit<SurvivorRow, 'label'>>): Promise<void> {
  const transaction = database.transaction('survivors', 'readwrite', { durability: 'strict' });
  const before = (await transaction.store.get(label)) ?? { label, ...NOTHING };
  const vaultVersion = Math.max(before.vaultVersion, news.vaultVersion ?? 0);
  const pins = news.pins && news.pins.version >= (before.pins?.version ?? 0) ? news.pins : before.pins;
  await transaction.store.put({ ...before, ...news, vaultVersion, pins });
  await transaction.done;
}
