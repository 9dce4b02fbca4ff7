/** The vault: the master key in slots, one a credential, and the identity keys under it (docs/protocol.md §4). */

import { fromB64u } from '../encoding.ts';
import type { KdfParameters } from '../password.ts';
import * as shape from '../shape.ts';
import type { Kind } from '../statement.ts';
import type { Json } from '../strictJson.ts';

const MAX_SLOTS = 16;

const readArgon2 = shape.members({
  name: shape.oneOf('argon2id'),
  m: shape.integer(1),
  t: shape.integer(1),
  p: shape.integer(1),
  salt: shape.encoded(),
});
const readHkdf = shape.members({ name: shape.oneOf('hkdf'), salt: shape.encoded() });

/** Key derivation parameters as they travel. */
export type KdfJson = shape.Read<typeof readArgon2> | shape.Read<typeof readHkdf>;

/** Parameters as a server states them; whether they are strong enough is `checkParameters`' to say. */
export function readKdf(value: Json): KdfJson {
  return shape.object(value)['name'] === 'hkdf' ? readHkdf(value) : readArgon2(value);
}

export function parametersOf(kdf: KdfJson): KdfParameters {
  return { ...kdf, salt: fromB64u(kdf.salt) };
}

const readSlot = shape.where(
  shape.members({
    slot: shape.id('slt'),
    type: shape.oneOf('password', 'recovery'),
    /** The vault version in which it was made; it is carried unchanged into later ones. */
    made_in: shape.integer(1),
    kdf: readKdf,
    sign_in_key: shape.signingKey,
    sealed: shape.encoded(),
  }),
  (slot) => (slot.type === 'password') === (slot.kdf.name === 'argon2id'),
  "a slot's key derivation is another type's",
);

/** The master key under one credential. */
export type Slot = shape.Read<typeof readSlot>;
export type SlotType = Slot['type'];

const readVault = shape.where(
  shape.members({
    account: shape.id('acc'),
    version: shape.integer(1),
    signing_key: shape.hash,
    sealing_key: shape.hash,
    slots: shape.listOf(readSlot),
    sealed_keys: shape.encoded(),
  }),
  ({ slots, version }) =>
    slots.length > 0 &&
    slots.length <= MAX_SLOTS &&
    new Set(slots.map(({ slot }) => slot)).size === slots.length &&
    slots.every((slot) => slot.made_in <= version),
  'a vault has different slots, one at least, none made in a version to come',
);

/** One version of a vault; versions count from 1, so a version's place is one less. */
export type VaultBody = shape.Read<typeof readVault>;

export const VAULT: Kind<VaultBody> = {
  kind: 'vault',
  maxBytes: 262_144,
  body: readVault,
  chain: (body) => `vault:${body.account}`,
  mayStandAt: (sequence, { version }) => sequence === version - 1,
};
