/** Signing in by password or recovery code: a signed one-time challenge; nothing replayable travels (docs/protocol.md §4). */

import { signIn, startSignIn, type SignedIn } from '../api/doors.ts';
import { ApiError } from '../api/http.ts';
import type { Database } from '../keystore/database.ts';
import { argon2idInWorker } from '../keystore/password-hashing.ts';
import { keptDevice } from '../keystore/survivors.ts';
import { formatTime } from '../protocol/encoding.ts';
import { ProtocolError } from '../protocol/errors.ts';
import { newId, type DeviceId } from '../protocol/ids.ts';
import { SIGN_IN } from '../protocol/kinds/signIn.ts';
import { parametersOf, type SlotType } from '../protocol/kinds/vault.ts';
import { passwordSecrets, recoverySecrets, type KdfParameters, type SlotSecrets } from '../protocol/password.ts';
import { readRecoveryCode } from '../protocol/recoveryCode.ts';
import { makeStatement } from '../protocol/statement.ts';
import { openVault } from '../protocol/vault.ts';
import { admit, fetchSelf } from './admission.ts';
import { deviceLabel } from './device-label.ts';
import type { DeviceSession } from './device-session.ts';

/** The name or the word is wrong, or what it opens is not genuine: one answer, so that nobody learns which. */
export class SignInFailed extends Error {
  override readonly name = 'SignInFailed';
}

/** What proves who somebody is. */
export type Credential = { readonly slot: 'password'; readonly password: string } | { readonly slot: 'recovery'; readonly code: string };

/** The two halves of a credential under a vault's or the server's parameters. @throws ProtocolError `weak_parameters`, `recovery_code_…` */
export async function secretsOf(credential: Credential, parameters: KdfParameters): Promise<SlotSecrets> {
  if (credential.slot === 'password' && parameters.name === 'argon2id') {
    return passwordSecrets(credential.password, parameters, argon2idInWorker);
  }
  if (credential.slot === 'recovery' && parameters.name === 'hkdf') {
    return recoverySecrets(await readRecoveryCode(credential.code), parameters);
  }
  throw new ProtocolError('weak_parameters', 'parameters of another kind of credential');
}

/**
 * Signs in. @throws SignInFailed; ProtocolError `weak_parameters`, `recovery_code_…`; ApiError `too_many_tries`; Unreachable; Alarm; NoMemoryForPassword
 */
export async function signInWith(database: Database, name: string, credential: Credential): Promise<DeviceSession> {
  const { challenge, kdf } = await startSignIn(name, credential.slot);
  const secrets = await secretsOf(credential, parametersOf(kdf));
  const device = (await knownDevice(database, name)) ?? newId('dev');
  // The address this page came from, not the one the server names: a proof is worth nothing at another service.
  const body = { name, service: location.origin, challenge, slot: credential.slot, device };
  const place = { account: null, time: formatTime(new Date()), sequence: null, previous: null };
  const proof = await makeStatement(SIGN_IN, body, { credential: secrets.signIn }, place);
  return enter(database, await answered(signIn(name, proof, deviceLabel())), credential.slot, secrets);
}

/** From the server's answer in; joining ends here too. @throws SignInFailed, Alarm */
export async function enter(database: Database, signedIn: SignedIn, slot: SlotType, secrets: SlotSecrets): Promise<DeviceSession> {
  const { account, clinic: clinicId, role, name, device, session, share, vault: vaultEnvelope } = signedIn;
  const self = await genuine(fetchSelf(signedIn));
  const vault = await genuine(openVault(vaultEnvelope, self.chain, slot, secrets));
  return admit(database, { ...self, account, clinicId, role, name, device, session, vaultEnvelope, vault }, share);
}

async function answered(answer: Promise<SignedIn>): Promise<SignedIn> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof ApiError && error.code === 'sign_in_failed') throw new SignInFailed('refused');
    throw error;
  }
}

async function genuine<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if (error instanceof ProtocolError) throw new SignInFailed(error.code);
    throw error;
  }
}

/** The device id under which this name was used here before, so that its messages go on in one chain. */
async function knownDevice(database: Database, name: string): Promise<DeviceId | null> {
  const rows = await database.getAll('devices');
  return rows.find((row) => row.name === name)?.device ?? (await keptDevice(database, name));
}
