/**
 * Sealing a 32-byte secret to a person or team: HPKE (RFC 9180) base mode with KEM 0x647A MLKEM768-X25519, HKDF-SHA256 and
 * AES-256-GCM. The box is enc ‖ ct, 1,168 bytes. HPKE's single-shot interface here has no associated data: all context stands in `info`.
 *
 * `hpke` uses the browser's own ML-KEM; where there is none, `@panva/hpke-noble` brings the KEM as JavaScript and is loaded only then.
 */

import type { CipherSuite, Key } from 'hpke';

import { b64u, concat, equalBytes, labelledHash, randomBytes, type Bytes } from './encoding.ts';
import { ProtocolError } from './errors.ts';

export const SEALING_PUBLIC_KEY_LENGTH = 1216;
export const BOX_LENGTH = 1168;
const ENCAPSULATED_LENGTH = 1120;
const SEED_LENGTH = 32;
const SECRET_LENGTH = 32;
const KEM = 'MLKEM768-X25519';

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

/** Takes in a public key of 1,216 bytes. @throws ProtocolError `bad_sealing_key` */
export async function importSealingPublicKey(bytes: Bytes): Promise<SealingPublicKey> {
  if (bytes.length !== SEALING_PUBLIC_KEY_LENGTH) throw new ProtocolError('bad_sealing_key', 'an X-Wing key has 1,216 bytes');
  return { id: await sealingKeyId(bytes), bytes };
}

/** The sealing key of a 32-byte seed. */
export async function sealingKeyOfSeed(seed: Bytes): Promise<SealingKey> {
  if (seed.length !== SEED_LENGTH) throw new ProtocolError('bad_sealing_key', 'a seed has 32 bytes');
  const { suite, publicKeyOfSeed } = await sealer();
  const handle = await suite.DeserializePrivateKey(seed);
  return { public: await importSealingPublicKey(await publicKeyOfSeed(seed)), handle };
}

/**
 * Seals 32 bytes to a public key; `info` is the purpose and place, as lines.
 *
 * @throws ProtocolError `bad_sealing_key` when the key is no valid X-Wing key.
 */
export async function seal(to: SealingPublicKey, info: Bytes, secret: Bytes): Promise<Bytes> {
  if (secret.length !== SECRET_LENGTH) throw new ProtocolError('bad_key', 'a sealed secret has 32 bytes');
  const { suite } = await sealer();
  try {
    const handle = await suite.DeserializePublicKey(to.bytes);
    const { encapsulatedSecret, ciphertext } = await suite.Seal(handle, secret, { info });
    return concat(encapsulatedSecret, ciphertext);
  } catch {
    throw new ProtocolError('bad_sealing_key', 'nothing can be sealed to this key');
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

/** Whether a private key belongs to a public one that was stated elsewhere. */
export function belongsTo(key: SealingKey, stated: SealingPublicKey): boolean {
  return equalBytes(key.public.bytes, stated.bytes);
}
