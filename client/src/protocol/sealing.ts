/**
 * Sealing a 32-byte secret to a person or team: HPKE (RFC 9180) base mode with KEM 0x647A MLKEM768-X25519, HKDF-SHA256 and
 * AES-256-GCM. The box is enc ‖ ct, 1,168 bytes. HPKE's single-shot interface here has no associated data: all context stands in `info`.
 *
 * `hpke` uses the browser's own ML-KEM; where there is none, `@panva/hpke-noble` brings the KEM as JavaScript and is loaded only then.
 */

import type { CipherSuite, Key } from 'hpke';

import { b64u, concat, contextLines, equalBytes, labelledHash, randomBytes, type Bytes } from './encoding.ts';
import { ProtocolError } from './errors.ts';
import { FIELD_PRIME, littleEndian } from './keys.ts';

export const SEALING_PUBLIC_KEY_LENGTH = 1216;
export const BOX_LENGTH = 1168;
const ENCAPSULATED_LENGTH = 1120;
const SEED_LENGTH = 32;
const SECRET_LENGTH = 32;
const KEM = 'MLKEM768-X25519';
const ML_KEM_LENGTH = 1184;
const ML_KEM_MODULUS = 3329;

/** RFC 7748 §6.1 and https://cr.yp.to/ecdh.html#validate: the canonical u whose order divides 8, on the curve and its twist. */
const SMALL_ORDER_U: ReadonlySet<bigint> = new Set([
  0n,
  1n,
  FIELD_PRIME - 1n,
  325606250916557431795983626356110631294008115727848805560023387167927233504n,
  39382357235489614581723060781553021112529911719440698176882885853963445705823n,
]);

/** Where the KEM comes from; `native` fails in a browser without ML-KEM in WebCrypto. */
export type KemSource = 'native' | 'script';

interface Sealer {
  readonly suite: CipherSuite;
  readonly publicKeyOfSeed: (seed: Bytes) => Promise<Bytes>;
}

/** Members of SubtleCrypto that TypeScript's library does not know yet (WICG 'Modern Algorithms in the Web Cryptography API'). */
interface SubtleWithKem {
  importKey(format: 'raw-seed', seed: Bytes, algorithm: { name: string }, extractable: boolean, usages: readonly string[]): Promise<CryptoKey>;
  exportKey(format: 'raw-public', key: CryptoKey): Promise<ArrayBuffer>;
  getPublicKey(key: CryptoKey, usages: readonly string[]): Promise<CryptoKey>;
}

async function nativeSealer(): Promise<Sealer> {
  const { AEAD_AES_256_GCM, CipherSuite, KDF_HKDF_SHA256, KEM_MLKEM768_X25519 } = await import('hpke');
  const subtle = crypto.subtle as unknown as SubtleWithKem;
  return {
    suite: new CipherSuite(KEM_MLKEM768_X25519, KDF_HKDF_SHA256, AEAD_AES_256_GCM),
    async publicKeyOfSeed(seed) {
      const secret = await subtle.importKey('raw-seed', seed, { name: KEM }, false, ['decapsulateBits']);
      return new Uint8Array(await subtle.exportKey('raw-public', await subtle.getPublicKey(secret, ['encapsulateBits'])));
    },
  };
}

async function scriptSealer(): Promise<Sealer> {
  const { AEAD_AES_256_GCM, CipherSuite, KDF_HKDF_SHA256 } = await import('hpke');
  const { KEM_MLKEM768_X25519 } = await import('@panva/hpke-noble');
  const { MLKEM768X25519 } = await import('@noble/post-quantum/hybrid.js');
  return {
    suite: new CipherSuite(KEM_MLKEM768_X25519, KDF_HKDF_SHA256, AEAD_AES_256_GCM),
    publicKeyOfSeed: (seed) => Promise.resolve(concat(MLKEM768X25519.keygen(seed).publicKey)),
  };
}

/** A sealer with its KEM from the given source. */
export function sealerFrom(source: KemSource): Promise<Sealer> {
  return source === 'native' ? nativeSealer() : scriptSealer();
}

async function worksNatively(native: Sealer): Promise<boolean> {
  try {
    const published = await native.publicKeyOfSeed(randomBytes(SEED_LENGTH));
    return published.length === SEALING_PUBLIC_KEY_LENGTH;
  } catch {
    return false;
  }
}

async function chooseSealer(): Promise<Sealer> {
  // Tried rather than asked: what browsers claim to support and what works have differed.
  const native = await nativeSealer();
  return (await worksNatively(native)) ? native : scriptSealer();
}

let chosen: Promise<Sealer> | null = null;

function sealer(): Promise<Sealer> {
  chosen ??= chooseSealer();
  return chosen;
}

/** A public sealing key that was taken in. */
export interface SealingPublicKey {
  /** `sealing_key_id` of docs/protocol.md §1, 43 characters. */
  readonly id: string;
  /** 1,216 bytes. */
  readonly bytes: Bytes;
}

export interface SealingKey {
  readonly public: SealingPublicKey;
  /** Not extractable. */
  readonly handle: Key;
}

/** `H("sealing-key", public)`, 43 characters. */
export async function sealingKeyId(bytes: Uint8Array): Promise<string> {
  return b64u(await labelledHash('sealing-key', bytes));
}

/** FIPS 203 §7.2: every 12-bit coefficient of an encapsulation key is below 3,329. Browsers check only when they seal. */
function hasReducedCoefficients(mlKem: Uint8Array): boolean {
  const coefficients = mlKem.subarray(0, ML_KEM_LENGTH - 32);
  for (let at = 0; at < coefficients.length; at += 3) {
    const [a = 0, b = 0, c = 0] = coefficients.subarray(at, at + 3);
    if ((a | ((b & 15) << 8)) >= ML_KEM_MODULUS || ((b >> 4) | (c << 4)) >= ML_KEM_MODULUS) return false;
  }
  return true;
}

/** Takes in a public key of 1,216 bytes, ML-KEM-768's 1,184 and X25519's 32. @throws ProtocolError `weak_key` */
export async function importSealingPublicKey(bytes: Bytes): Promise<SealingPublicKey> {
  checkSealingKey(bytes);
  return { id: await sealingKeyId(bytes), bytes };
}

/** @throws ProtocolError `weak_key`: another length, coefficients not reduced, or an X25519 part not canonical or of small order. */
export function checkSealingKey(bytes: Uint8Array): void {
  if (bytes.length !== SEALING_PUBLIC_KEY_LENGTH) throw new ProtocolError('weak_key', 'an X-Wing key has 1,216 bytes');
  if (!hasReducedCoefficients(bytes)) throw new ProtocolError('weak_key', 'not an ML-KEM-768 key');
  const u = littleEndian(bytes.subarray(ML_KEM_LENGTH));
  if (u >= FIELD_PRIME || SMALL_ORDER_U.has(u)) throw new ProtocolError('weak_key', 'an X25519 part not canonical or of small order');
}

/** The sealing key of a 32-byte seed. */
export async function sealingKeyOfSeed(seed: Bytes): Promise<SealingKey> {
  if (seed.length !== SEED_LENGTH) throw new ProtocolError('malformed_seed', 'a seed has 32 bytes');
  const { suite, publicKeyOfSeed } = await sealer();
  const handle = await suite.DeserializePrivateKey(seed);
  return { public: await importSealingPublicKey(await publicKeyOfSeed(seed)), handle };
}

/**
 * Seals 32 bytes to a public key; `info` is the purpose and place, as lines.
 *
 * @throws ProtocolError `weak_key` when the key is no valid X-Wing key.
 */
export async function seal(to: SealingPublicKey, info: Bytes, secret: Bytes): Promise<Bytes> {
  if (secret.length !== SECRET_LENGTH) throw new ProtocolError('bad_key', 'a sealed secret has 32 bytes');
  const { suite } = await sealer();
  try {
    const handle = await suite.DeserializePublicKey(to.bytes);
    const { encapsulatedSecret, ciphertext } = await suite.Seal(handle, secret, { info });
    return concat(encapsulatedSecret, ciphertext);
  } catch {
    throw new ProtocolError('weak_key', 'nothing can be sealed to this key');
  }
}

/** The 32 bytes in a box. @throws ProtocolError `cannot_open`, the one code for every cause. */
export async function openBox(key: SealingKey, info: Bytes, box: Bytes): Promise<Bytes> {
  if (box.length !== BOX_LENGTH) throw new ProtocolError('cannot_open', 'a box has 1,168 bytes');
  const { suite } = await sealer();
  try {
    const secret = await suite.Open(key.handle, box.slice(0, ENCAPSULATED_LENGTH), box.slice(ENCAPSULATED_LENGTH), { info });
    return concat(secret);
  } catch {
    throw new ProtocolError('cannot_open', 'the box does not open with this key and purpose');
  }
}

/** The place of an epoch key sealed to a person or a team. */
export function epochBoxInfo(conversation: string, epoch: number, reader: string, readerKey: string, commitment: string): Bytes {
  return contextLines('between/v1/epoch-box', conversation, String(epoch), reader, readerKey, commitment);
}

/** The place of an earlier epoch's key sealed to a reader who joined after it, under a consent. */
export function historyBoxInfo(
  conversation: string,
  epoch: number,
  reader: string,
  readerKey: string,
  commitment: string,
  consent: string,
): Bytes {
  return contextLines('between/v1/history-box', conversation, String(epoch), reader, readerKey, commitment, consent);
}

/** The place of a team generation's seed sealed to a member. */
export function teamBoxInfo(team: string, generation: number, account: string, accountKey: string, teamKey: string): Bytes {
  return contextLines('between/v1/team-box', team, String(generation), account, accountKey, teamKey);
}

/** The place of the clinic's signing seed sealed to a second administrator. */
export function clinicKeyBoxInfo(clinic: string, account: string, accountKey: string, clinicKey: string): Bytes {
  return contextLines('between/v1/clinic-key-box', clinic, account, accountKey, clinicKey);
}

/** The place of a profile key sealed to a reader. */
export function profileBoxInfo(patient: string, version: number, reader: string, readerKey: string): Bytes {
  return contextLines('between/v1/profile-box', patient, String(version), reader, readerKey);
}

/** What a share of an emergency key belongs to: its conversation and custodians, its place on the polynomial. */
export interface SharePlace {
  readonly conversation: string;
  readonly emergencyKey: string;
  readonly custodianSet: string;
  readonly index: number;
}

/** The place of a custodian's share of a conversation's emergency key; two shares of one set open it. */
export function emergencyShareBoxInfo(place: SharePlace, custodian: string, custodianKey: string): Bytes {
  const { conversation, emergencyKey, custodianSet, index } = place;
  const lines = [conversation, emergencyKey, custodianSet, '2', String(index), custodian, custodianKey];
  return contextLines('between/v1/emergency-share-box', ...lines);
}

/** The place of a share that a custodian sealed again, to who asked and under the hash of the request. */
export function emergencyReleaseBoxInfo(
  request: string,
  emergencyKey: string,
  index: number,
  custodian: string,
  requester: string,
  requesterKey: string,
): Bytes {
  return contextLines('between/v1/emergency-release-box', request, emergencyKey, String(index), custodian, requester, requesterKey);
}

/** The place of the key of what somebody wrote when they asked for emergency access, sealed to a reader of it. */
export function emergencyTextBoxInfo(emergency: string, reader: string, readerKey: string): Bytes {
  return contextLines('between/v1/emergency-text-box', emergency, reader, readerKey);
}

/** The place of the nonce by which the server sees that a sealing key is held by who registers it. */
export function possessionInfo(account: string, accountKey: string): Bytes {
  return contextLines('between/v1/possession', account, accountKey);
}

/** Whether a private key belongs to a public one that was stated elsewhere. */
export function belongsTo(key: SealingKey, stated: SealingPublicKey): boolean {
  return equalBytes(key.public.bytes, stated.bytes);
}
