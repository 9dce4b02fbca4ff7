/**
 * Encrypted records of one account on this device: outbox, drafts, caches. Each is encrypted for its own name, so that one record put in
 * another's place does not open (docs/protocol.md §8).
 */

import { contentKey, decrypt, encrypt, type ContentKey } from '../protocol/content.ts';
import { b64u, contextLines, hkdf, NO_SALT, utf8, type Bytes } from '../protocol/encoding.ts';
import type { AccountId } from '../protocol/ids.ts';
import { pad, unpad } from '../protocol/padding.ts';
import { parseStrictJson, writeJson, type Json } from '../protocol/strictJson.ts';
import type { Database, SealedRow } from './database.ts';

/** What records are about. */
export type StoreName = 'outbox' | 'device-heads' | 'drafts' | 'messages' | 'conversations' | 'directory' | 'opens' | 'settings' | 'documents';

export interface SealedRecord<T extends Json> {
  readonly name: string;
  readonly value: T;
}

/** A change to make together with others: a value, or null to remove the record. */
export interface SealedChange {
  readonly store: StoreName;
  readonly name: string;
  readonly value: Json | null;
}

export class SealedStore {
  private closed = false;

  private constructor(
    private readonly database: Database,
    private readonly account: AccountId,
    private readonly label: string,
    private readonly key: ContentKey,
    private readonly addressKey: CryptoKey,
  ) {}

  /** The records of an account; `master` is its 32-byte master key, `label` its opaque label. */
  static async open(database: Database, account: AccountId, label: string, master: Bytes): Promise<SealedStore> {
    const key = await contentKey(await hkdf(master, NO_SALT, 'local-store', 32));
    const addressBytes = await hkdf(master, NO_SALT, 'local-address', 32);
    const addressKey = await crypto.subtle.importKey('raw', addressBytes, { name: 'HMAC', hash: 'SHA-256' }, false, ['sign']);
    return new SealedStore(database, account, label, key, addressKey);
  }

  /** The record, or null when there is none. @throws ProtocolError when it was altered. */
  async get<T extends Json>(store: StoreName, name: string): Promise<T | null> {
    const row = await this.database.get('records', await this.address(store, name));
    return row ? (await this.unseal<T>(store, row)).value : null;
  }

  /** Every record of a store, in no order. */
  async list<T extends Json>(store: StoreName): Promise<readonly SealedRecord<T>[]> {
    const rows = await this.database.getAllFromIndex('records', 'byStore', [this.label, store]);
    return Promise.all(rows.map((row) => this.unseal<T>(store, row)));
  }

  /**
   * Makes all the changes or none, and returns once they are on the disk: a message that is said to wait must not be lost with the tab.
   *
   * @throws DOMException `QuotaExceededError` when the device is full.
   */
  async write(...changes: readonly SealedChange[]): Promise<void> {
    // Encrypt first: an IndexedDB transaction ends by itself while something else is awaited.
    const rows = await Promise.all(changes.map((change) => this.seal(change)));
    if (this.closed) return;
    const transaction = this.database.transaction('records', 'readwrite', { durability: 'strict' });
    const writes = rows.map(({ address, row }) => (row ? transaction.store.put(row) : transaction.store.delete(address)));
    await Promise.all([...writes, transaction.done]);
  }

  /** Nothing is written from now on: before the records are removed, so that what is still under way does not bring some back. */
  close(): void {
    this.closed = true;
  }

  private async seal({ store, name, value }: SealedChange): Promise<{ address: string; row: SealedRow | null }> {
    const address = await this.address(store, name);
    if (value === null) return { address, row: null };
    const sealed = await encrypt(this.key, this.context(store, address), pad(writeJson({ name, value })));
    return { address, row: { address, label: this.label, store, sealed } };
  }

  private async unseal<T extends Json>(store: StoreName, row: SealedRow): Promise<SealedRecord<T>> {
    const content = await decrypt(this.key, this.context(store, row.address), row.sealed);
    return parseStrictJson(unpad(content)) as unknown as SealedRecord<T>;
  }

  private context(store: StoreName, address: string): Bytes {
    return contextLines('between/v1/local', this.account, store, address);
  }

  private async address(store: StoreName, name: string): Promise<string> {
    return b64u(new Uint8Array(await crypto.subtle.sign('HMAC', this.addressKey, utf8(`${store}\0${name}`))));
  }
}

/** How many records an account has in a store, also without being able to read them. */
export function countRecords(database: Database, label: string, store: StoreName): Promise<number> {
  return database.countFromIndex('records', 'byStore', [label, store]);
}

/** Removes the records of an account, also without being able to read them; those of the stores in `keep` stay. */
export async function removeRecords(database: Database, label: string, keep: readonly StoreName[] = []): Promise<void> {
  const transaction = database.transaction('records', 'readwrite', { durability: 'strict' });
  const range = IDBKeyRange.bound([label, ''], [label, '\uffff']);
  for await (const cursor of transaction.store.index('byStore').iterate(range)) {
    if (!keep.some((store) => store === cursor.value.store)) await cursor.delete();
  }
  await transaction.done;
}
