/** A new password, a new recovery code, and new keys when device or password may be in other hands (docs/protocol.md §4). */

import type { StoredDocument } from '../api/doors.ts';
import { ApiError } from '../api/http.ts';
import { askKeyPossession, getDocument, getVault, putVault, replaceKeys } from '../api/self.ts';
import type { Database } from '../keystore/database.ts';
import { remember } from '../keystore/survivors.ts';
import { openDocument, sealDocument, type DocumentName } from '../protocol/documents.ts';
import { b64u, formatTime, fromB64u, randomBytes, type Bytes } from '../protocol/encoding.ts';
import { ProtocolError } from '../protocol/errors.ts';
import { newId } from '../protocol/ids.ts';
import { KEY, type KeyBody } from '../protocol/kinds/key.ts';
import { parametersOf, VAULT, type Slot, type VaultBody } from '../protocol/kinds/vault.ts';
import { openBox, possessionInfo } from '../protocol/sealing.ts';
import { makeStatement, statementHash, type Envelope } from '../protocol/statement.ts';
import { makeSlot, makeVault, newIdentityKeys, openVault, openVaultWithMaster, type IdentityKeys } from '../protocol/vault.ts';
import { currentKeys, type DeviceSession } from './device-session.ts';
import type { NewCredential, NewRecovery } from './new-account.ts';
import { secretsOf, SignInFailed } from './sign-in.ts';

/** Another device changed the vault meanwhile: start again from what it is now. */
export class VaultMoved extends Error {
  override readonly name = 'VaultMoved';
}

/** Proves that who sits here knows the present password. @throws SignInFailed, NoMemoryForPassword */
export async function checkPassword(session: DeviceSession, password: string): Promise<void> {
  const slot = session.vault.body.slots.find(({ type }) => type === 'password');
  if (!slot) throw new SignInFailed('no password slot');
  const secrets = await secretsOf({ slot: 'password', password }, parametersOf(slot.kdf));
  try {
    await openVault(session.vault.envelope, session.chain, 'password', secrets);
  } catch (error) {
    if (error instanceof ProtocolError) throw new SignInFailed(error.code);
    throw error;
  }
}

/**
 * Puts a new credential in the place of the one of its type; the master key and everything under it stay. Gives the session with the new vault.
 *
 * @throws VaultMoved, Unreachable
 */
export async function replaceCredential(session: DeviceSession, credential: NewCredential): Promise<DeviceSession> {
  const { account, master } = session;
  const current = await getVault();
  const served = await openVaultWithMaster(current, session.chain, master);
  if (served.body.version < session.vault.body.version) throw new ProtocolError('vault_unopened', 'an older vault than this device has');
  const version = served.body.version + 1;
  const keys = currentKeys(session);
  const slot = await makeSlot(master, { account, slot: newId('slt'), madeIn: version, kdf: credential.kdf, credential: credential.secrets, keys });
  const slots = [...served.body.slots.filter(({ type }) => type !== slot.type), slot];
  const body = await makeVault(account, version, master, [...session.keys.slice(0, -1), keys], slots);
  const envelope = await vaultStatement(body, keys, await statementHash(current));
  await put(envelope);
  return keepVault(session, envelope, body);
}

async function put(envelope: Envelope): Promise<void> {
  try {
    await putVault(envelope);
  } catch (error) {
    if (error instanceof ApiError && error.code === 'chain_moved') throw new VaultMoved('another device changed it');
    throw error;
  }
}

function vaultStatement(body: VaultBody, keys: IdentityKeys, previous: string): Promise<Envelope> {
  const place = { account: body.account, time: formatTime(new Date()), sequence: body.version - 1, previous };
  return makeStatement(VAULT, body, { self: keys.signing }, place);
}

async function keepVault(session: DeviceSession, envelope: Envelope, body: VaultBody): Promise<DeviceSession> {
  const { database, label, pins } = session;
  await remember(database, label, { vaultVersion: body.version });
  await keepRow(database, label, envelope);
  await pins.change((before) => ({ ...before, vault: Math.max(before.vault, body.version) }));
  return { ...session, vault: { envelope, body } };
}

async function keepRow(database: Database, label: string, vault: Envelope): Promise<void> {
  const row = await database.get('devices', label);
  if (row) await database.put('devices', { ...row, vault });
}

/** Documents that move to the new master key when keys are made new. */
const MOVING: readonly DocumentName[] = ['keyring', 'clinic-key', 'preferences', 'pins'];

/**
 * Makes a new master key and new keys, signed by the old ones, with new credentials for both slots; every other session ends. The old private keys stay in the
 * vault: they open what was sealed to them. The caller signs in again with the new password.
 *
 * @throws VaultMoved, Unreachable, ApiError
 */
export async function replaceEverything(session: DeviceSession, password: NewCredential, recovery: NewRecovery): Promise<void> {
  const { account } = session;
  await session.pins.save();
  const old = currentKeys(session);
  const fresh = await newIdentityKeys(old.version + 1);
  const master = randomBytes(32);
  const version = session.vault.body.version + 1;
  const slots: Slot[] = [];
  for (const { kdf, secrets } of [password, recovery]) {
    slots.push(await makeSlot(master, { account, slot: newId('slt'), madeIn: version, kdf, credential: secrets, keys: fresh }));
  }
  const body = await makeVault(account, version, master, [...session.keys, fresh], slots);
  const vault = await vaultStatement(body, fresh, await statementHash(session.vault.envelope));
  const documents = await resealed(session, master);
  const { ticket, nonce } = await possession(session, fresh);
  await replaceKeys({ key: await keyStatement(session, fresh), vault, ticket, nonce, documents });
}

async function keyStatement(session: DeviceSession, fresh: IdentityKeys): Promise<Envelope> {
  const { account, clinicId: clinic, chain } = session;
  const body: KeyBody = {
    ...{ account, clinic, version: fresh.version, reason: 'stolen' },
    signing_key: b64u(fresh.signing.public.bytes),
    sealing_key: b64u(fresh.sealing.public.bytes),
  };
  const place = { account, time: formatTime(new Date()), sequence: chain.hashes.length, previous: chain.hashes.at(-1) ?? null };
  return makeStatement(KEY, body, { self: fresh.signing, previous: currentKeys(session).signing }, place);
}

async function possession({ account }: DeviceSession, fresh: IdentityKeys): Promise<{ ticket: string; nonce: string }> {
  const { ticket, box } = await askKeyPossession(b64u(fresh.sealing.public.bytes));
  const nonce = await openBox(fresh.sealing, possessionInfo(account, fresh.sealing.public.id), box);
  return { ticket, nonce: b64u(nonce) };
}

/** Every document under the new master key, as the version after the stored one. */
async function resealed(
  { account, master: before }: DeviceSession,
  master: Bytes,
): Promise<Record<string, StoredDocument>> {
  const moved: Record<string, StoredDocument> = {};
  for (const name of MOVING) {
    const stored = await getDocument(name);
    if (!stored) continue;
    const json = await openDocument(before, { account, name, version: stored.version }, fromB64u(stored.ciphertext));
    const version = stored.version + 1;
    moved[name] = { version, ciphertext: b64u(await sealDocument(master, { account, name, version }, json)) };
  }
  return moved;
}

