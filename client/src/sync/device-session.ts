/**
 * Somebody who is in on this device: the keys they hold, what was verified to believe that they are theirs, and where this device keeps things.
 */

import type { ClinicId, AccountId, DeviceId } from '../protocol/ids.ts';
import type { AccountChain } from '../protocol/accountChain.ts';
import type { ClinicChain } from '../protocol/clinicChain.ts';
import type { Bytes } from '../protocol/encoding.ts';
import type { Role } from '../protocol/kinds/invitation.ts';
import type { VaultBody } from '../protocol/kinds/vault.ts';
import type { SealingKey } from '../protocol/sealing.ts';
import type { Envelope } from '../protocol/statement.ts';
import type { IdentityKeys } from '../protocol/vault.ts';
import type { Database } from '../keystore/database.ts';
import type { SealedStore } from '../keystore/sealed-store.ts';
import type { Pins } from './pins.ts';

export interface DeviceSession {
  readonly account: AccountId;
  readonly clinicId: ClinicId;
  readonly role: Role;
  readonly name: string;
  readonly device: DeviceId;
  /** The server's session; null while there is no connection and the password alone opened what is kept here. */
  readonly session: string | null;
  /** The opaque label of the account on this device. */
  readonly label: string;
  readonly database: Database;
  readonly store: SealedStore;
  /** 32 bytes. */
  readonly master: Bytes;
  /** Newest last; there is one at least. */
  readonly keys: readonly IdentityKeys[];
  readonly vault: { readonly envelope: Envelope; readonly body: VaultBody };
  readonly clinic: ClinicChain;
  readonly chain: AccountChain;
  readonly pins: Pins;
}

/** The newest keys: what signs. */
export function currentKeys(session: Pick<DeviceSession, 'keys'>): IdentityKeys {
  const newest = session.keys.at(-1);
  if (!newest) throw new TypeError('a session has keys');
  return newest;
}

/** The private sealing key with this id, old ones included: they open what was sealed to them. */
export function sealingKeyWithId(session: Pick<DeviceSession, 'keys'>, keyId: string): SealingKey | null {
  return session.keys.find(({ sealing }) => sealing.public.id === keyId)?.sealing ?? null;
}

