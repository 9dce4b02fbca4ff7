/**
 * Making and opening a vault (docs/protocol.md §4). What opens it is checked against what signs it: the keys inside are derived again and compared with
 * the ids in the slot's context, in the vault and in the account's chain. Every failure is one error: a server learns nothing from how.
 */

import type { AccountChain } from './accountChain.ts';
import { contentKey, decrypt, encrypt, type ContentKey } from './content.ts';
import { b64u, contextLines, equalBytes, fromB64u, hkdf, NO_SALT, randomBytes, type Bytes } from './encoding.ts';
import { ProtocolError } from './errors.ts';
import type { AccountId, SlotId } from './ids.ts';
import { signingKeyOfSeed, type SigningKey } from './keys.ts';
import { parametersOf, VAULT, type KdfJson, type Slot, type SlotType, type VaultBody } from './kinds/vault.ts';
import { checkParameters, type SlotSecrets } from './password.ts';
import { belongsTo, sealingKeyOfSeed, type SealingKey } from './sealing.ts';
import * as shape from './shape.ts';
import { peekBody, verify, type Envelope } from './statement.ts';
import { parseStrictJson, writeJson } from './strictJson.ts';

/** One version of an account's private keys, with the 32-byte seeds that the vault holds. */
export interface IdentityKeys {
  readonly version: number;
  readonly signing: SigningKey;
  readonly sealing: SealingKey;
  readonly seeds: { readonly signing: Bytes; readonly sealing: Bytes };
}

/** What a credential opened: the master key and every version of the keys, newest last. */
export interface OpenVault {
  readonly body: VaultBody;
  /** 32 bytes. */
  readonly master: Bytes;
  readonly keys: readonly IdentityKeys[];
}

/** New random identity keys. */
export async function newIdentityKeys(version: number): Promise<IdentityKeys> {
  return identityKeys(version, randomBytes(32), randomBytes(32));
}

async function identityKeys(version: number, signing: Bytes, sealing: Bytes): Promise<IdentityKeys> {
  return {
    version,
    signing: await signingKeyOfSeed(signing),
    sealing: await sealingKeyOfSeed(sealing),
    seeds: { signing, sealing },
  };
}

/** What a slot is made of. */
export interface SlotMaking {
  readonly account: AccountId;
  readonly slot: SlotId;
  /** The version of the vault it is made in. */
  readonly madeIn: number;
  readonly kdf: KdfJson;
  readonly credential: SlotSecrets;
  readonly keys: IdentityKeys;
}

/** The 32-byte master key under one credential; the slot's type follows from the derivation. @throws ProtocolError `weak_parameters` */
export async function makeSlot(master: Bytes, { account, slot, madeIn, kdf, credential, keys }: SlotMaking): Promise<Slot> {
  checkParameters(parametersOf(kdf));
  const type = kdf.name === 'argon2id' ? 'password' : 'recovery';
  const unsealed = { slot, type, made_in: madeIn, kdf, sign_in_key: b64u(credential.signIn.public.bytes) } as const;
  const context = slotContext(account, unsealed, { signing: keys.signing.public.id, sealing: keys.sealing.public.id });
  return { ...unsealed, sealed: b64u(await encrypt(await contentKey(credential.slotKey), context, master)) };
}

/** The body of a vault's version; `keys` are all versions of the account's keys, newest last. */
export async function makeVault(
  account: AccountId,
  version: number,
  master: Bytes,
  keys: readonly [...IdentityKeys[], IdentityKeys],
  slots: readonly Slot[],
): Promise<VaultBody> {
  const newest = keys[keys.length - 1] ?? keys[0];
  const ids = { signing_key: newest.signing.public.id, sealing_key: newest.sealing.public.id };
  return { account, version, ...ids, slots, sealed_keys: b64u(await sealKeys(account, master, keys, ids)) };
}

interface KeyIds {
  readonly signing_key: string;
  readonly sealing_key: string;
}

async function sealKeys(account: AccountId, master: Bytes, keys: readonly IdentityKeys[], ids: KeyIds): Promise<Bytes> {
  const written = keys.map(({ version, seeds }) => ({
    version,
    signing_seed: b64u(seeds.signing),
    sealing_seed: b64u(seeds.sealing),
  }));
  return encrypt(await sealedKeysKey(master), keysContext(account, ids), writeJson({ keys: written }));
}

/**
 * The vault of the account whose chain this is, opened with one credential. The chain may still be no more than what was served: it is believed only
 * because the keys that the credential opens are the ones it names.
 *
 * @throws ProtocolError `vault_unopened`, whatever the reason.
 */
export async function openVault(envelope: Envelope, chain: AccountChain, type: SlotType, credential: SlotSecrets): Promise<OpenVault> {
  try {
    const { body } = await verify(envelope, VAULT, { self: chain.current.signing });
    const vault = await openWith(body, type, credential);
    compare(vault, chain);
    return vault;
  } catch (error) {
    throw unopened(error);
  }
}

/** As {@link openVault} with the master key itself, which this device kept wrapped. @throws ProtocolError `vault_unopened` */
export async function openVaultWithMaster(envelope: Envelope, chain: AccountChain, master: Bytes): Promise<OpenVault> {
  try {
    const { body } = await verify(envelope, VAULT, { self: chain.current.signing });
    const vault = { body, master, keys: await openKeys(body, master) };
    compare(vault, chain);
    return vault;
  } catch (error) {
    throw unopened(error);
  }
}

/**
 * A vault that this device verified before and kept, opened without a connection: its signature is checked with the key that it holds.
 *
 * @throws ProtocolError `vault_unopened`, whatever the reason.
 */
export async function openKeptVault(envelope: Envelope, type: SlotType, credential: SlotSecrets): Promise<OpenVault> {
  try {
    const vault = await openWith(peekBody(envelope, VAULT), type, credential);
    const newest = vault.keys.at(-1);
    if (!newest) throw new ProtocolError('vault_unopened', 'a vault without keys');
    await verify(envelope, VAULT, { self: newest.signing.public });
    return vault;
  } catch (error) {
    throw unopened(error);
  }
}

function unopened(cause: unknown): ProtocolError {
  if (cause instanceof ProtocolError) return new ProtocolError('vault_unopened', 'this vault does not open');
  throw cause;
}

async function openWith(body: VaultBody, type: SlotType, credential: SlotSecrets): Promise<OpenVault> {
  const signInKey = b64u(credential.signIn.public.bytes);
  const slot = body.slots.find((one) => one.type === type && one.sign_in_key === signInKey);
  if (!slot) throw new ProtocolError('vault_unopened', 'no slot for this credential');
  checkParameters(parametersOf(slot.kdf));
  const context = slotContext(body.account, slot, { signing: body.signing_key, sealing: body.sealing_key });
  const master = await decrypt(await contentKey(credential.slotKey), context, fromB64u(slot.sealed));
  return { body, master, keys: await openKeys(body, master) };
}

const readKeys = shape.members({
  keys: shape.listOf(shape.members({ version: shape.integer(1), signing_seed: shape.bytes(32), sealing_seed: shape.bytes(32) })),
});

async function openKeys(body: VaultBody, master: Bytes): Promise<readonly IdentityKeys[]> {
  const written = await decrypt(await sealedKeysKey(master), keysContext(body.account, body), fromB64u(body.sealed_keys));
  const { keys } = readKeys(parseStrictJson(written));
  return Promise.all(keys.map((key) => identityKeys(key.version, key.signing_seed, key.sealing_seed)));
}

/** Every private key inside belongs to the public one of its version in the chain, and none is missing. */
function compare({ body, keys }: OpenVault, chain: AccountChain): void {
  const belong =
    keys.length === chain.keys.length &&
    keys.every((inside, at) => {
      const stated = chain.keys[at];
      return (
        stated?.version === inside.version &&
        equalBytes(inside.signing.public.bytes, stated.signing.bytes) &&
        belongsTo(inside.sealing, stated.sealing)
      );
    });
  const ids = body.signing_key === chain.current.signing.id && body.sealing_key === chain.current.sealing.id;
  if (!belong || !ids || body.account !== chain.account) {
    throw new ProtocolError('vault_unopened', "the keys in this vault are not the account's");
  }
}

/** The place of a master key in a slot: every line that a server might want to swap. */
export function slotContext(
  account: AccountId,
  { slot, type, made_in: madeIn, kdf }: Pick<Slot, 'slot' | 'type' | 'made_in' | 'kdf'>,
  keyIds: { readonly signing: string; readonly sealing: string },
): Bytes {
  const costs = kdf.name === 'argon2id' ? [String(kdf.m), String(kdf.t), String(kdf.p)] : ['', '', ''];
  const place = ['between/v1/vault-slot', account, slot, type, String(madeIn), keyIds.signing, keyIds.sealing];
  return contextLines(...place, kdf.name, ...costs, kdf.salt);
}

function keysContext(account: AccountId, ids: KeyIds): Bytes {
  return contextLines('between/v1/sealed-keys', account, ids.signing_key, ids.sealing_key);
}

async function sealedKeysKey(master: Bytes): Promise<ContentKey> {
  return contentKey(await hkdf(master, NO_SALT, 'sealed-keys', 32));
}
