/** Calls about oneself (docs/api.md, Oneself). */

import { readCommittedText } from '../protocol/commitment.ts';
import type { DocumentName } from '../protocol/documents.ts';
import type { Bytes } from '../protocol/encoding.ts';
import type { DeviceId, GranteeId } from '../protocol/ids.ts';
import { ROLES } from '../protocol/kinds/invitation.ts';
import * as shape from '../protocol/shape.ts';
import { parseEnvelope, type Envelope } from '../protocol/statement.ts';
import type { Json } from '../protocol/strictJson.ts';
import { fields, nothing, type Read } from './answers.ts';
import { boxesJson } from './boxes.ts';
import { envelopeJson, type StoredDocument } from './doors.ts';
import { ApiError, call, path } from './http.ts';

const readMe = fields({
  account: shape.id('acc'),
  clinic: shape.id('cln'),
  role: shape.oneOf(...ROLES),
  name: shape.text,
  language: shape.text,
  device: shape.id('dev'),
  session: shape.text,
  key_version: shape.integer(1),
  vault_version: shape.integer(1),
  teams: shape.ids('tea'),
  card: shape.orNull(readCommittedText),
});

export type Me = Read<typeof readMe>;

const readDevice = fields({
  device: shape.id('dev'),
  label: shape.text,
  created: shape.time,
  last_seen: shape.time,
  current: shape.flag,
  open: shape.flag,
});

export type DeviceAnswer = Read<typeof readDevice>;

const readDocument = fields({ version: shape.integer(1), ciphertext: shape.encoded() });

export function getMe(): Promise<Me> {
  return call('GET', '/api/me', readMe);
}

export function setLanguage(language: string): Promise<null> {
  return call('PATCH', '/api/me', nothing, { language });
}

/** The server's half of this session's wrapping key, 32 bytes. */
export async function getShare(): Promise<Bytes> {
  return (await call('GET', '/api/session/share', fields({ share: shape.bytes(32) }))).share;
}

/** Ends the session; `lock` keeps the device in the list. */
export function endSession(how: 'lock' | 'end'): Promise<null> {
  return call('POST', `/api/session/${how}`, nothing, {});
}

export async function getDevices(): Promise<readonly DeviceAnswer[]> {
  return (await call('GET', '/api/devices', fields({ devices: shape.listOf(readDevice) }))).devices;
}

export function signOutDevice(device: DeviceId): Promise<null> {
  return call('DELETE', path`/api/devices/${device}`, nothing);
}

export function signOutOtherDevices(): Promise<null> {
  return call('DELETE', '/api/devices', nothing);
}

export function getVault(): Promise<Envelope> {
  return call('GET', '/api/vault', parseEnvelope);
}

/** @throws ApiError `chain_moved` when another device changed the vault meanwhile. */
export function putVault(vault: Envelope): Promise<null> {
  return call('PUT', '/api/vault', nothing, envelopeJson(vault));
}

/** Asks for a nonce sealed to a key that is about to replace one's own. */
export function askKeyPossession(sealingKey: string): Promise<{ readonly ticket: string; readonly box: Bytes }> {
  const readPossession = fields({ ticket: shape.text, box: shape.bytes(1168) });
  return call('POST', '/api/keys/possession', readPossession, { sealing_key: sealingKey });
}

export interface ReplacedKeys {
  readonly key: Envelope;
  readonly vault: Envelope;
  readonly ticket: string;
  readonly nonce: string;
  /** Every sealed document under the new master key. */
  readonly documents: Readonly<Record<string, StoredDocument>>;
}

/** New keys, vault and documents at once; every other session ends. @throws ApiError `chain_moved`, `document_moved` */
export function replaceKeys({ key, vault, ticket, nonce, documents }: ReplacedKeys): Promise<null> {
  const body = { key: envelopeJson(key), vault: envelopeJson(vault), ticket, nonce, documents: documents as unknown as Json };
  return call('POST', '/api/keys', nothing, body);
}

/** The newest version of a sealed document, null when there is none yet. */
export async function getDocument(name: DocumentName): Promise<StoredDocument | null> {
  try {
    return await call('GET', path`/api/documents/${name}`, readDocument);
  } catch (error) {
    if (error instanceof ApiError && error.status === 404) return null;
    throw error;
  }
}

/** @throws ApiError `document_moved` unless the version is the stored one plus one. */
export function putDocument(name: DocumentName, { version, ciphertext }: StoredDocument): Promise<null> {
  return call('PUT', path`/api/documents/${name}`, nothing, { version, ciphertext });
}

/** A patient's own profile: its statement, what it is about, and the keys sealed to its readers. */
export function putProfile(statement: Envelope, ciphertext: string, boxes: ReadonlyMap<GranteeId, Bytes>): Promise<null> {
  return call('PUT', '/api/profile', nothing, { statement: envelopeJson(statement), ciphertext, boxes: boxesJson(boxes) });
}
