/** The clinic's own key in an administrator's hands: from the founder's sealed document, or from the share that was sealed to them. */

import { getClinic } from '../api/directory.ts';
import { getDocument } from '../api/self.ts';
import { openDocument } from '../protocol/documents.ts';
import { b64u, fromB64u, sha256, type Bytes } from '../protocol/encoding.ts';
import { ProtocolError } from '../protocol/errors.ts';
import { signingKeyOfSeed, type SigningKey } from '../protocol/keys.ts';
import { CLINIC_KEY_SHARE } from '../protocol/kinds/clinic.ts';
import { clinicKeyBoxInfo, openBox } from '../protocol/sealing.ts';
import * as shape from '../protocol/shape.ts';
import { verify } from '../protocol/statement.ts';
import { sealingKeyWithId, type DeviceSession } from './device-session.ts';

/** The clinic's key with its 32-byte seed, which sealing it to another administrator needs. */
export interface ClinicKey {
  readonly key: SigningKey;
  readonly seed: Bytes;
}

const readKept = shape.members({ clinic: shape.id('cln'), seed: shape.bytes(32) });

/** This person holds no copy of the clinic's key. */
export class NotTheKeyHolder extends Error {
  override readonly name = 'NotTheKeyHolder';
}

/** @throws NotTheKeyHolder; Unreachable, ApiError */
export async function openClinicKey(session: DeviceSession): Promise<ClinicKey> {
  const seed = (await ownSeed(session)) ?? (await sharedSeed(session));
  const key = seed && (await signingKeyOfSeed(seed));
  if (!seed || key?.public.id !== session.clinic.key.id) throw new NotTheKeyHolder('no copy of the clinic key');
  return { key, seed };
}

async function ownSeed({ account, master }: DeviceSession): Promise<Bytes | null> {
  const stored = await getDocument('clinic-key');
  if (!stored) return null;
  const json = await openDocument(master, { account, name: 'clinic-key', version: stored.version }, fromB64u(stored.ciphertext));
  return readKept(json).seed;
}

async function sharedSeed(session: DeviceSession): Promise<Bytes | null> {
  const share = (await getClinic()).my_key_share;
  if (!share) return null;
  const { body } = await verify(share.statement, CLINIC_KEY_SHARE, { clinic: session.clinic.key });
  const key = sealingKeyWithId(session, body.key);
  if (!key || body.account !== session.account || body.box !== b64u(await sha256(share.box))) {
    throw new ProtocolError('wrong_box', 'not the share that was sealed to this administrator');
  }
  return openBox(key, clinicKeyBoxInfo(body.clinic, session.account, body.key, session.clinic.key.id), share.box);
}
