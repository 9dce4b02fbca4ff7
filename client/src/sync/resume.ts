/** Coming back on a device: a page of a running session, a locked device, or one without a connection. */

import { ApiError, Unreachable } from '../api/http.ts';
import { endSession, getMe, getShare, getVault, type Me } from '../api/self.ts';
import { fields } from '../api/answers.ts';
import type { Database, DeviceRow } from '../keystore/database.ts';
import { countRecords, removeRecords, SealedStore, type StoreName } from '../keystore/sealed-store.ts';
import { keepDevice } from '../keystore/survivors.ts';
import { opaqueLabel, unwrapMaster } from '../keystore/wrapping.ts';
import { verifyClinicChain } from '../protocol/clinicChain.ts';
import type { Bytes } from '../protocol/encoding.ts';
import { ProtocolError } from '../protocol/errors.ts';
import { INVITATION } from '../protocol/kinds/invitation.ts';
import { parametersOf, VAULT } from '../protocol/kinds/vault.ts';
import * as shape from '../protocol/shape.ts';
import { parseEnvelope, peekBody, type Envelope } from '../protocol/statement.ts';
import { openKeptVault, openVaultWithMaster, type OpenVault } from '../protocol/vault.ts';
import { Alarm } from './alarm.ts';
import { admit, verifiedSelf, type Admission, type ServedSelf } from './admission.ts';
import type { DeviceSession } from './device-session.ts';
import { secretsOf, SignInFailed } from './sign-in.ts';

/** Where somebody stands who opens a page. */
export type Arrival =
  | { readonly state: 'in'; readonly session: DeviceSession }
  /** This device knows an account; its password opens it. */
  | { readonly state: 'locked'; readonly row: DeviceRow; readonly connected: boolean }
  | { readonly state: 'out'; readonly connected: boolean };

const readSelf = fields({ chain: shape.listOf(parseEnvelope), inviter: shape.orNull(shape.listOf(parseEnvelope)) });

/** Finds out who is here. @throws Alarm, and ApiError for what is no question of signing in. */
export async function arrive(database: Database): Promise<Arrival> {
  const rows = [...(await database.getAll('devices'))].sort((one, other) => other.used - one.used);
  const newest = rows[0];
  try {
    const me = await getMe();
    const label = await opaqueLabel(me.account);
    const row = rows.find((one) => one.label === label);
    if (row?.wrapped?.session === me.session) return { state: 'in', session: await reopen(database, row, me) };
    // The session is somebody's whose keys are not here: without them it is worth nothing.
    await endSession('lock');
    return row ? { state: 'locked', row, connected: true } : { state: 'out', connected: true };
  } catch (error) {
    const connected = !(error instanceof Unreachable);
    if (connected && !(error instanceof ApiError && error.status === 401)) throw error;
    return newest ? { state: 'locked', row: newest, connected } : { state: 'out', connected };
  }
}

async function reopen(database: Database, row: DeviceRow, me: Me): Promise<DeviceSession> {
  if (!row.wrapped) throw new ProtocolError('vault_unopened', 'nothing is wrapped on this device');
  const master = await unwrapMaster(row.wrapped, me.account, await getShare());
  const self = await keptSelf(database, row, master);
  // New keys end every other session: a running one under other keys than this device holds is nobody's doing here.
  if (me.key_version !== self.chain.current.version) throw new Alarm({ what: 'own_keys_changed' });
  const vaultEnvelope = await newestVault(row, me);
  const vault = await openVaultWithMaster(vaultEnvelope, self.chain, master);
  const { account, clinic: clinicId, role, name, device, session } = me;
  return admit(database, { ...self, account, clinicId, role, name, device, session, vaultEnvelope, vault }, null);
}

/** The vault kept here, or a newer one that another device made with a new password. */
async function newestVault(row: DeviceRow, me: Me): Promise<Envelope> {
  return me.vault_version > peekBody(row.vault, VAULT).version ? getVault() : row.vault;
}

/**
 * Opens what this device keeps with the password alone, without a connection. @throws SignInFailed, NoMemoryForPassword
 */
export async function unlockOffline(database: Database, row: DeviceRow, password: string): Promise<DeviceSession> {
  const vault = await openKept(row, password);
  const self = await keptSelf(database, row, vault.master);
  const { account, clinic: clinicId, role } = self.chain;
  const kept = { account, clinicId, role, name: row.name, device: row.device, session: null, vaultEnvelope: row.vault };
  const admission: Admission = { ...self, ...kept, vault };
  return admit(database, admission, null);
}

async function openKept(row: DeviceRow, password: string): Promise<OpenVault> {
  const slot = peekBody(row.vault, VAULT).slots.find(({ type }) => type === 'password');
  if (!slot) throw new SignInFailed('no password slot');
  try {
    return await openKeptVault(row.vault, 'password', await secretsOf({ slot: 'password', password }, parametersOf(slot.kdf)));
  } catch (error) {
    if (error instanceof ProtocolError) throw new SignInFailed(error.code);
    throw error;
  }
}

/** The clinic and one's own chain as this device kept them, verified again. */
async function keptSelf(database: Database, row: DeviceRow, master: Bytes): Promise<ServedSelf> {
  const { account } = peekBody(row.vault, VAULT);
  const store = await SealedStore.open(database, account, row.label, master);
  const [clinicJson, selfJson] = [await store.get('directory', 'clinic'), await store.get('directory', 'self')];
  const clinicStatements = shape.listOf(parseEnvelope)(clinicJson);
  const { chain: chainStatements, inviter: inviterStatements } = readSelf(selfJson);
  const invitation = chainStatements[0];
  if (!invitation) throw new ProtocolError('empty_chain', 'nothing of this account is kept');
  const clinic = await verifyClinicChain(clinicStatements, peekBody(invitation, INVITATION).clinic_key);
  return verifiedSelf(account, { clinic, clinicStatements, chainStatements, inviterStatements });
}

/** Locks: what is wrapped is forgotten here, its other half on the server. What waits stays, encrypted. */
export async function forgetWrapped(database: Database, label: string): Promise<void> {
  const row = await database.get('devices', label);
  if (row) await database.put('devices', { ...row, wrapped: null });
}

/**
 * Leaves nothing of an account here but what lies under its opaque label; `keep` names stores whose encrypted records may stay for the next time.
 */
export async function forgetAccount(database: Database, label: string, keep: readonly StoreName[]): Promise<void> {
  const row = await database.get('devices', label);
  await removeRecords(database, label, keep);
  // Messages that wait are signed for this device: whoever signs in with the name again goes on as the same one.
  const waiting = await countRecords(database, label, 'outbox');
  if (row) await keepDevice(database, row.name, waiting > 0 ? row.device : null);
  await database.delete('devices', label);
}
