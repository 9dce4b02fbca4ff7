/**
 * Content encryption: C2SP chunked-encryption in its Cobblestone-256 form (HKDF-Expand with SHA-512, AES-256-GCM). Layout:
 * salt 24 ‖ commitment 32 ‖ chunks of 16 KiB, each with a 16-byte tag, the last one shorter than 16 KiB.
 * https://c2sp.org/chunked-encryption
 */

import { concat, concatForNow, equalBytes, randomBytes, utf8, type Bytes } from './encoding.ts';
import { ProtocolError } from './errors.ts';

/** What the construction is instantiated with. Lengths in bytes. */
export interface Instantiation {
  readonly hash: 'SHA-256' | 'SHA-512';
  readonly hashLength: number;
  /** What a message's key is expanded under: it names the AEAD as IANA's registry does. */
  readonly label: Bytes;
  readonly keyLength: 16 | 32;
}

/** The label of an instantiation whose AEAD has this name. */
export function expansionLabel(aead: string): Bytes {
  return utf8(`c2sp.org/chunked-encryption@v1+${aead}\0`);
}

/** The only one the protocol uses; tests run the suite's own files through others. */
export const COBBLESTONE_256: Instantiation = { hash: 'SHA-512', hashLength: 64, label: expansionLabel('AEAD_AES_256_GCM'), keyLength: 32 };

const SALT = 24;
const COMMITMENT = 32;
const CHUNK = 16_384;
const TAG = 16;
const NONCE = 12;
const HEADER = SALT + COMMITMENT;

/** The place that a ciphertext belongs to, which may be given in parts. */
export type Context = Bytes | readonly Uint8Array[];

/** A key made ready for many messages. */
export interface ContentKey {
  readonly prk: CryptoKey;
  readonly instantiation: Instantiation;
}

interface MessageKey {
  readonly key: CryptoKey;
  readonly baseNonce: Bytes;
  readonly commitment: Bytes;
}

/** @throws ProtocolError `malformed_key` unless it has as many bytes as the AEAD takes: 32. */
export async function contentKey(bytes: Bytes, instantiation = COBBLESTONE_256): Promise<ContentKey> {
  if (bytes.length !== instantiation.keyLength) throw new ProtocolError('malformed_key', 'a content key has 32 bytes');
  const prk = await crypto.subtle.importKey('raw', bytes, { name: 'HMAC', hash: instantiation.hash }, false, ['sign']);
  return { prk, instantiation };
}

/** HKDF-Expand (RFC 5869 §2.3) of an info in parts. WebCrypto's own HKDF always extracts first. */
async function expand({ prk, instantiation: { hashLength } }: ContentKey, length: number, ...info: readonly Uint8Array[]): Promise<Bytes> {
  const blocks = Math.ceil(length / hashLength);
  const expanded = new Uint8Array(blocks * hashLength);
  for (let block = 1; block <= blocks; block += 1) {
    const previous = expanded.subarray(Math.max(0, block - 2) * hashLength, (block - 1) * hashLength);
    const input = concatForNow(previous, ...info, Uint8Array.of(block));
    expanded.set(new Uint8Array(await crypto.subtle.sign('HMAC', prk, input)), (block - 1) * hashLength);
  }
  return expanded;
}

async function messageKey(key: ContentKey, salt: Bytes, context: Context): Promise<MessageKey> {
  const { label, keyLength } = key.instantiation;
  const okm = await expand(key, keyLength + NONCE + COMMITMENT, label, salt, ...(context instanceof Uint8Array ? [context] : context));
  return {
    key: await crypto.subtle.importKey('raw', okm.subarray(0, keyLength), 'AES-GCM', false, ['encrypt', 'decrypt']),
    baseNonce: okm.subarray(keyLength, keyLength + NONCE),
    commitment: okm.subarray(keyLength + NONCE, keyLength + NONCE + COMMITMENT),
  };
}

function chunkNonce(baseNonce: Bytes, chunk: number): Bytes {
  if (chunk === 0) return baseNonce;
  const nonce = baseNonce.slice();
  const view = new DataView(nonce.buffer);
  // Chunk numbers stay far below 2³² here (64 TiB), so the last four bytes hold them.
  view.setUint32(NONCE - 4, view.getUint32(NONCE - 4) ^ chunk);
  return nonce;
}

/** Encrypts under a fresh random salt; `context` binds the place it belongs to. */
export async function encrypt(key: ContentKey, context: Context, plaintext: Bytes): Promise<Bytes> {
  return encryptWithSalt(key, randomBytes(SALT), context, plaintext);
}

/** As {@link encrypt} under a salt of 24 bytes that no other message under this key has: for tests that pin bytes. */
export async function encryptWithSalt(key: ContentKey, salt: Bytes, context: Context, plaintext: Bytes): Promise<Bytes> {
  const derived = await messageKey(key, salt, context);
  const parts: Uint8Array[] = [salt, derived.commitment];
  for (let chunk = 0; chunk * CHUNK <= plaintext.length; chunk += 1) {
    const algorithm = { name: 'AES-GCM', iv: chunkNonce(derived.baseNonce, chunk) };
    const part = plaintext.subarray(chunk * CHUNK, (chunk + 1) * CHUNK);
    parts.push(new Uint8Array(await crypto.subtle.encrypt(algorithm, derived.key, part)));
  }
  return concat(...parts);
}

/**
 * The plaintext, after the key commitment and every chunk have been checked: nothing is given out in part.
 *
 * @throws ProtocolError `cannot_decrypt`, the one code for every cause.
 */
export async function decrypt(key: ContentKey, context: Context, ciphertext: Bytes): Promise<Bytes> {
  const lastLength = (ciphertext.length - HEADER) % (CHUNK + TAG);
  if (ciphertext.length < HEADER || lastLength < TAG) throw cannotDecrypt();
  const derived = await messageKey(key, ciphertext.subarray(0, SALT), context);
  if (!equalBytes(derived.commitment, ciphertext.subarray(SALT, HEADER))) throw cannotDecrypt();
  const parts: Bytes[] = [];
  for (let chunk = 0, at = HEADER; at < ciphertext.length; chunk += 1, at += CHUNK + TAG) {
    const algorithm = { name: 'AES-GCM', iv: chunkNonce(derived.baseNonce, chunk) };
    parts.push(await openChunk(algorithm, derived.key, ciphertext.subarray(at, at + CHUNK + TAG)));
  }
  return parts.length === 1 && parts[0] ? parts[0] : concat(...parts);
}

async function openChunk(algorithm: AesGcmParams, key: CryptoKey, chunk: Bytes): Promise<Bytes> {
  try {
    return new Uint8Array(await crypto.subtle.decrypt(algorithm, key, chunk));
  } catch {
    throw cannotDecrypt();
  }
}

function cannotDecrypt(): ProtocolError {
  return new ProtocolError('cannot_decrypt', 'the ciphertext does not open under this key and context');
}
