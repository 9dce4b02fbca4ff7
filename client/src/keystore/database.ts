/**
 * What this browser keeps, in IndexedDB. Everything that says what a person wrote or reads is encrypted before it comes here
 * (`sealed-store.ts`); what is not encrypted is listed in the types below and is all that a copied profile shows.
 */

import { openDB, type DBSchema, type IDBPDatabase } from 'idb';

import type { Bytes } from '../protocol/encoding.ts';
import type { DeviceId } from '../protocol/ids.ts';
import type { Envelope } from '../protocol/statement.ts';

/** An account that is in use on this device, under its opaque label. Removed at sign-out. */
export interface DeviceRow {
  readonly label: string;
  readonly device: DeviceId;
  /** The sign-in name, so that a locked page asks for the password alone. */
  readonly name: string;
  /** The newest vault, opened by the password when there is no connection. */
  readonly vault: Envelope;
  /** The master key under the wrapping key; null while locked. */
  readonly wrapped: WrappedMaster | null;
  /** When this account was last used here, in milliseconds; the newest is offered first. */
  readonly used: number;
}

export interface WrappedMaster {
  /** One half of the wrapping key: an HKDF key that the browser gives out to nobody. The server holds the other half. */
  readonly local: CryptoKey;
  readonly session: string;
  readonly ciphertext: Bytes;
}

/** What outlives signing out, so that an older state served later is noticed (docs/protocol.md §8). */
export interface SurvivorRow {
  readonly label: string;
  /** The newest verified checkpoint of the clinic's log, a whole signed note. */
  readonly checkpoint: string | null;
  /** The log's key, in which the checkpoint was verified. */
  readonly logKey: string | null;
  readonly vaultVersion: number;
  /** SHA-256 of the newest pin document as stored, and its version. */
  readonly pins: { readonly version: number; readonly hash: string } | null;
}

/**
 * Under which device id a name was used here, where messages of its wait locked after signing out: they are signed for that device and for no other.
 * It lies among the survivors, under the opaque label of the name.
 */
export interface KeptDeviceRow {
  readonly label: string;
  readonly device: DeviceId;
}

/** An encrypted record. `address` is a keyed hash of its name: which conversations exist is not written here either. */
export interface SealedRow {
  readonly address: string;
  readonly label: string;
  readonly store: string;
  readonly sealed: Bytes;
}

interface Schema extends DBSchema {
  devices: { key: string; value: DeviceRow };
  survivors: { key: string; value: SurvivorRow | KeptDeviceRow };
  records: { key: string; value: SealedRow; indexes: { byStore: [string, string] } };
}

export type Database = IDBPDatabase<Schema>;

const NAME = 'between';
const VERSION = 1;

/** Opens the database, making it when there is none. @throws DOMException when the browser keeps no storage for this site. */
export function openDatabase(name: string = NAME): Promise<Database> {
  return openDB<Schema>(name, VERSION, {
    upgrade(database) {
      database.createObjectStore('devices', { keyPath: 'label' });
      database.createObjectStore('survivors', { keyPath: 'label' });
      const records = database.createObjectStore('records', { keyPath: 'address' });
      records.createIndex('byStore', ['label', 'store']);
    },
    blocking(_current, _blocked, event) {
      // A newer version of the client waits in another tab; this one's next access opens the database again.
      (event.target as IDBDatabase).close();
    },
  });
}
