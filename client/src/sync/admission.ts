/**
 * From the server's answer and what a credential opened to somebody who is in: every key is verified down from the clinic's before it is used, and nothing that
 * is older than what this device or the pin document has seen is accepted.
 */

import { getAccount } from '../api/directory.ts';
import { getTrust, type SignedIn } from '../api/doors.ts';
import type { Database, WrappedMaster } from '../keystore/database.ts';
import { SealedStore } from '../keystore/sealed-store.ts';
import { remember, survivorOf } from '../keystore/survivors.ts';
import { opaqueLabel, wrapMaster } from '../keystore/wrapping.ts';
import { verifyAccountChain, type AccountChain } from '../protocol/accountChain.ts';
import { verifyClinicChain, type ClinicChain } from '../protocol/clinicChain.ts';
import type { Bytes } from '../protocol/encoding.ts';
import { ProtocolError } from '../protocol/errors.ts';
import type { AccountId, ClinicId, DeviceId } from '../protocol/ids.ts';
import { signingKeyOfText } from '../protocol/keys.ts';
import { CLINIC } from '../protocol/kinds/clinic.ts';
import type { Role } from '../protocol/kinds/invitation.ts';
import { checkPinnedHead, pinAccount } from '../protocol/pins.ts';
import { clinicCode } from '../protocol/safetyCode.ts';
import { parseEnvelope, peekBody, peekSigner, type Envelope } from '../protocol/statement.ts';
import type { Json } from '../protocol/strictJson.ts';
import type { OpenVault } from '../protocol/vault.ts';
import { Alarm } from './alarm.ts';
import type { DeviceSession } from './device-session.ts';
import { Pins } from './pins.ts';

/** What is known of an account before it is in. */
export interface Admission extends ServedSelf {
  readonly account: AccountId;
  readonly clinicId: ClinicId;
  readonly role: Role;
  readonly name: string;
  readonly device: DeviceId;
  /** The server's session; null without a connection. */
  readonly session: string | null;
  readonly vaultEnvelope: Envelope;
  readonly vault: OpenVault;
}

/** A clinic and one's own chain as served; believed once a vault has opened to the very keys they name. */
export interface ServedSelf {
  readonly clinicStatements: readonly Envelope[];
  readonly chainStatements: readonly Envelope[];
  /** The chain of who invited with a key of their own. */
  readonly inviterStatements: readonly Envelope[] | null;
  readonly clinic: ClinicChain;
  readonly chain: AccountChain;
}

/** Fetches what vouches for an account and verifies it against itself. */
export async function fetchSelf({ account, clinic: clinicId, chain }: Pick<SignedIn, 'account' | 'clinic' | 'chain'>): Promise<ServedSelf> {
  const clinicStatements = await getTrust(clinicId);
  const clinic = await selfNamedClinic(clinicStatements);
  const signer = chain[0] && peekSigner(chain[0]);
  const inviterId = signer && signer.key !== clinic.key.id ? signer.account : null;
  const inviterStatements = inviterId ? (await getAccount(inviterId)).chain : null;
  return verifiedSelf(account, { clinic, clinicStatements, chainStatements: chain, inviterStatements });
}

/** One's own chain, under a verified clinic. */
export async function verifiedSelf(account: AccountId, served: Omit<ServedSelf, 'chain'>): Promise<ServedSelf> {
  const { clinic, chainStatements, inviterStatements } = served;
  const inviterId = chainStatements[0] && peekSigner(chainStatements[0]).account;
  const inviter = inviterStatements && inviterId ? await verifyAccountChain(inviterStatements, inviterId, clinic) : null;
  return { ...served, chain: await verifyAccountChain(chainStatements, account, clinic, inviter) };
}

/** A clinic's chain under the key it names itself: its fingerprint is compared with the pin document as soon as that is open. */
async function selfNamedClinic(statements: readonly Envelope[]): Promise<ClinicChain> {
  const [first] = statements;
  if (!first) throw new ProtocolError('empty_chain', 'a clinic without a statement');
  const { signing_key: key } = peekBody(first, CLINIC);
  return verifyClinicChain(statements, (await signingKeyOfText(key)).id);
}

/**
 * Lets somebody in on this device. `share` is the server's half of the wrapping key, null without a connection or where the master key is wrapped already.
 *
 * @throws Alarm `vault_rolled_back`, `clinic_key_changed`, `own_keys_changed`
 */
export async function admit(database: Database, admission: Admission, share: Bytes | null): Promise<DeviceSession> {
  const { account, vault, clinic, chain } = admission;
  const label = await opaqueLabel(account);
  if (vault.body.version < (await survivorOf(database, label)).vaultVersion) throw new Alarm({ what: 'vault_rolled_back' });
  const store = await SealedStore.open(database, account, label, vault.master);
  const pins = await Pins.load({ database, store, label, account, master: vault.master });
  if (pins.now.vault > vault.body.version) throw new Alarm({ what: 'vault_rolled_back' });
  if (pins.now.clinic !== clinic.key.id) throw await clinicAlarm(store, clinic);
  checkOwnPin(pins, chain);
  await pins.change((before) => ({
    ...before,
    accounts: { ...before.accounts, [account]: pinAccount(chain, true) },
    vault: Math.max(before.vault, vault.body.version),
  }));
  await keepDevice(database, label, admission, share);
  await keepSelf(store, admission);
  await remember(database, label, { vaultVersion: vault.body.version });
  const { clinicId, role, name, device, session, vaultEnvelope } = admission;
  return {
    ...{ account, clinicId, role, name, device, session, label, database, store, clinic, chain, pins },
    master: vault.master,
    keys: vault.keys,
    vault: { envelope: vaultEnvelope, body: vault.body },
  };
}

function checkOwnPin(pins: Pins, chain: AccountChain): void {
  try {
    checkPinnedHead(pins.now.accounts[chain.account]?.head, chain.hashes);
  } catch {
    throw new Alarm({ what: 'own_keys_changed' });
  }
}

/** The two clinics' codes, so that the person can hold them against the card. */
async function clinicAlarm(store: SealedStore, served: ClinicChain): Promise<Alarm> {
  const kept = await store.get<readonly Json[]>('directory', 'clinic');
  const remembered = kept && (await selfNamedClinic(kept.map(parseEnvelope)));
  const code = async ({ clinic, key }: ClinicChain): Promise<string> => (await clinicCode(clinic, key.bytes)).join(' ');
  return new Alarm({ what: 'clinic_key_changed', remembered: remembered ? await code(remembered) : '', served: await code(served) });
}

async function keepDevice(database: Database, label: string, admission: Admission, share: Bytes | null): Promise<void> {
  const { account, device, name, session, vault, vaultEnvelope } = admission;
  const before = await database.get('devices', label);
  let wrapped: WrappedMaster | null = before?.wrapped ?? null;
  if (share && session !== null) wrapped = await wrapMaster(vault.master, account, session, share);
  await database.put('devices', { label, device, name, vault: vaultEnvelope, wrapped, used: Date.now() });
}

/** What opening this account again without a connection needs. */
async function keepSelf(store: SealedStore, { clinicStatements, chainStatements, inviterStatements }: Admission): Promise<void> {
  const self = { chain: chainStatements, inviter: inviterStatements } as unknown as Json;
  await store.write(
    { store: 'directory', name: 'clinic', value: clinicStatements as unknown as Json },
    { store: 'directory', name: 'self', value: self },
  );
}
