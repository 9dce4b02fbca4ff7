/** What outlives signing out on this device, so that an older state served later is noticed (docs/protocol.md §8). */

import { utf8, b64u, labelledHash } from '../protocol/encoding.ts';
import type { DeviceId } from '../protocol/ids.ts';
import type { Database, KeptDeviceRow, SurvivorRow } from './database.ts';

const NOTHING = { checkpoint: null, logKey: null, vaultVersion: 0, pins: null } as const;

/** What this device remembers of an account, by its opaque label. */
export async function survivorOf(database: Database, label: string): Promise<SurvivorRow> {
  return ((await database.get('survivors', label)) as SurvivorRow | undefined) ?? { label, ...NOTHING };
}

/** Remembers more. Versions only rise: two tabs that write at once must not make this device forget. */
export async function remember(database: Database, label: string, news: Partial<Omit<SurvivorRow, 'label'>>): Promise<void> {
  const transaction = database.transaction('survivors', 'readwrite', { durability: 'strict' });
  const before = ((await transaction.store.get(label)) as SurvivorRow | undefined) ?? { label, ...NOTHING };
  const vaultVersion = Math.max(before.vaultVersion, news.vaultVersion ?? 0);
  const pins = news.pins && news.pins.version >= (before.pins?.version ?? 0) ? news.pins : before.pins;
  await transaction.store.put({ ...before, ...news, vaultVersion, pins });
  await transaction.done;
}

/** The device id under which messages of this name wait here after signing out; null when none do. */
export async function keptDevice(database: Database, name: string): Promise<DeviceId | null> {
  return ((await database.get('survivors', await labelOfName(name))) as KeptDeviceRow | undefined)?.device ?? null;
}

/** Keeps it, or forgets it with null. */
export async function keepDevice(database: Database, name: string, device: DeviceId | null): Promise<void> {
  const label = await labelOfName(name);
  if (device === null) await database.delete('survivors', label);
  else await database.put('survivors', { label, device });
}

async function labelOfName(name: string): Promise<string> {
  return b64u(await labelledHash('opaque-label', utf8(name.normalize('NFKC').toLowerCase())));
}
