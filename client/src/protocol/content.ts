/**
 * Content encryption: C2SP chunked-encryption in its Cobblestone-256 form (HKDF-Expand with SHA-512, AES-256-GCM). Layout:
 * salt 24 ‖ commitment 32 ‖ chunks of 16 KiB, each with a 16-byte tag, the last one shorter than 16 KiB.
 * https://c2sp.org/chunked-encryption
 */

import { concat, equalBytes, randomBytes, utf8, type Bytes } from './encoding.ts';
import { ProtocolError } from './errors.ts';

const SALT = 24;
const COMMITMENT = 32;
const CHUNK = 16_384;
const TAG = 16;
const NONCE = 12;
const KEY = 32;
const INFO = utf8('c2sp.org/chunked-encryption@v1+AEAD_AES_256_GCM\0');

/** A 32-byte key made ready for many messages. */
export interface ContentKey {
  readonly prk: CryptoKey;
}

interface MessageKey {
  readonly key: CryptoKey;
  readonly baseNonce: Bytes;
  readonly commitment: Bytes;
}

/** @throws ProtocolError `bad_key` unless it has 32 bytes. */
export async function contentKey(bytes: Bytes): Promise<ContentKey> {
  if (bytes.length !== KEY) throw new ProtocolError('bad_key', 'a content key has 32 bytes');
  return { prk: await crypto.subtle.importKey('raw', bytes, { name: 'HMAC', hash: 'SHA-512' }, false, ['sign']) };
}

/** HKDF-Expand (RFC 5869 §2.3) to 76 bytes, two blocks of SHA-512. WebCrypto's own HKDF always extracts first. */
async function messageKey(key: ContentKey, salt: Bytes, context: Bytes): Promise<MessageKey> {
  const info = concat(INFO, salt, context);
  const first = new Uint8Array(await crypto.subtle.sign('HMAC', key.prk, concat(info, Uint8Array.of(1))));
  const second = new Uint8Array(await crypto.subtle.sign('HMAC', key.prk, concat(first, info, Uint8Array.of(2))));
  const okm = concat(first, second);
  return {
    key: await crypto.subtle.importKey('raw', okm.slice(0, KEY), 'AES-GCM', false, ['encrypt', 'decrypt']),
    baseNonce: okm.slice(KEY, KEY + NONCE),
    commitment: okm.slice(KEY + NONCE, KEY + NONCE + COMMITMENT),
  };
}

function chunkNonce(baseNonce: Bytes, chunk: number): Bytes {
  const nonce = baseNonce.slice();
  const view = new DataView(nonce.buffer);
  // Chunk numbers stay far below 2³² here (64 TiB), so the last four bytes hold them.
  view.setUint32(NONCE - 4, view.getUint32(NONCE - 4) ^ chunk);
  return nonce;
}

/** Encrypts under a fresh random salt; `context` binds the place it belongs to. */
export async function encrypt(key: ContentKey, context: Bytes, plaintext: Bytes): Promise<Bytes> {
  const salt = randomBytes(SALT);
  const derived = await messageKey(key, salt, context);
  const parts: Uint8Array[] = [salt, derived.commitment];
  for (let chunk = 0; chunk * CHUNK <= plaintext.length; chunk += 1) {
    const algorithm = { name: 'AES-GCM', iv: chunkNonce(derived.baseNonce, chunk) };
    const part = plaintext.slice(chunk * CHUNK, (chunk + 1) * CHUNK);
    parts.push(new Uint8Array(await crypto.subtle.encrypt(algorithm, derived.key, part)));
  }
  return concat(...parts);
}

/**
 * The plaintext, after the key commitment and every chunk have been checked: nothing is given out in part.
 *
 * @throws ProtocolError `cannot_decrypt`, the one code for every cause.
 */
export async function decrypt(key: ContentKey, context: Bytes, ciphertext: Bytes): Promise<Bytes> {
  const header = SALT + COMMITMENT;
  const lastLength = (ciphertext.length - header) % (CHUNK + TAG);
  if (ciphertext.length < header || lastLength < TAG) throw cannotDecrypt();
  const derived = await messageKey(key, ciphertext.slice(0, SALT), context);
  if (!equalBytes(derived.commitment, ciphertext.subarray(SALT, header))) throw cannotDecrypt();
  const parts: Uint8Array[] = [];
  for (let chunk = 0, at = header; at < ciphertext.length; chunk += 1, at += CHUNK + TAG) {
    const algorithm = { name: 'AES-GCM', iv: chunkNonce(derived.baseNonce, chunk) };
    parts.push(await openChunk(algorithm, derived.key, ciphertext.slice(at, at + CHUNK + TAG)));
  }
  return parts.length === 1 ? (parts[0] as Bytes) : concat(...parts);
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
