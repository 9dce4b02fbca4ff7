/** Ed25519 signing keys (RFC 8032) over WebCrypto, with the import checks that WebCrypto leaves out. */

import { b64u, concat, equalBytes, fromB64u, labelledHash, randomBytes, type Bytes } from './encoding.ts';
import { ProtocolError } from './errors.ts';

/** The prime of Curve25519's field, RFC 7748 §4.1. */
export const FIELD_PRIME = 2n ** 255n - 19n;
const P = FIELD_PRIME;
const D = 37095705934669439343138083508754565189542113879843219016388785533085940283555n;
/** RFC 8032 §5.1: the order L of the base point as 32 little-endian bytes. */
const L_BYTES = Uint8Array.of(
  0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58, 0xd6, 0x9c, 0xf7, 0xa2, 0xde, 0xf9, 0xde, 0x14,
  0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x10,
);

/**
 * y coordinates of the eight points of small order (RFC 7748 §6.1 gives their Montgomery forms). Such a key verifies one
 * signature for many messages in OpenSSL and BoringSSL.
 */
const SMALL_ORDER_Y: ReadonlySet<bigint> = new Set([
  0n,
  1n,
  P - 1n,
  2707385501144840649318225287225658788936804267575313519463743609750303402022n,
  55188659117513257062467267217118295137698188065244968500265048394206261417927n,
]);

/** A public signing key that passed the checks. */
export interface SigningPublicKey {
  /** `signing_key_id` of docs/protocol.md §1, 43 characters. */
  readonly id: string;
  /** 32 bytes, RFC 8032 §5.1.2. */
  readonly bytes: Bytes;
  readonly handle: CryptoKey;
}

export interface SigningKey {
  readonly public: SigningPublicKey;
  /** Not extractable. */
  readonly handle: CryptoKey;
}

/** The number that little-endian bytes write. */
export function littleEndian(bytes: Uint8Array): bigint {
  return BigInt(`0x${Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).reverse().join('')}`);
}

function power(base: bigint, exponent: bigint): bigint {
  let result = 1n;
  for (let factor = base % P, rest = exponent; rest > 0n; rest >>= 1n) {
    if (rest & 1n) result = (result * factor) % P;
    factor = (factor * factor) % P;
  }
  return result;
}

/** Whether the scalar S of a signature is below L: without that a signature has a second valid form. */
function isCanonicalScalar(scalar: Uint8Array): boolean {
  for (let at = 31; at >= 0; at -= 1) {
    const difference = (scalar[at] ?? 0) - (L_BYTES[at] ?? 0);
    if (difference !== 0) return difference < 0;
  }
  return false;
}

/** @throws ProtocolError `weak_key`: not 32 bytes, not canonical, not on the curve, or of small order. */
export function checkSigningKey(bytes: Uint8Array): void {
  if (bytes.length !== 32) throw new ProtocolError('weak_key', 'an Ed25519 key has 32 bytes');
  const encoded = littleEndian(bytes);
  const y = encoded & (2n ** 255n - 1n);
  if (y >= P) throw new ProtocolError('weak_key', 'not the canonical encoding');
  if (SMALL_ORDER_Y.has(y)) throw new ProtocolError('weak_key', 'a point of small order');
  // RFC 8032 §5.1.3: x² = (y² − 1) / (d y² + 1) must be a square; Euler's criterion on u·v equals that on u / v.
  const u = (y * y - 1n + P) % P;
  const v = (D * y * y + 1n) % P;
  if (power(u * v, (P - 1n) / 2n) !== 1n) throw new ProtocolError('weak_key', 'not a point of the curve');
}

/** Checks and takes in a public key of 32 bytes. @throws ProtocolError `weak_key` */
export async function importSigningPublicKey(bytes: Bytes): Promise<SigningPublicKey> {
  checkSigningKey(bytes);
  const handle = await crypto.subtle.importKey('raw', bytes, 'Ed25519', true, ['verify']);
  return { id: await signingKeyId(bytes), bytes, handle };
}

const imported = new Map<string, Promise<SigningPublicKey>>();

/** As {@link importSigningPublicKey} for a key in b64u, remembering keys that were taken in: chains name the same few again and again. */
export function signingKeyOfText(text: string): Promise<SigningPublicKey> {
  const known = imported.get(text) ?? importSigningPublicKey(fromB64u(text));
  imported.set(text, known);
  return known;
}

/** `H("signing-key", public)`, 43 characters. */
export async function signingKeyId(bytes: Uint8Array): Promise<string> {
  return b64u(await labelledHash('signing-key', bytes));
}

/** RFC 8410 §7: the PKCS #8 form of an Ed25519 private key, up to its 32-byte seed. */
const PKCS8_PREFIX = Uint8Array.of(0x30, 0x2e, 2, 1, 0, 0x30, 5, 6, 3, 0x2b, 0x65, 0x70, 4, 0x22, 4, 0x20);

/** The signing key of a 32-byte seed. */
export async function signingKeyOfSeed(seed: Uint8Array): Promise<SigningKey> {
  if (seed.length !== 32) throw new ProtocolError('malformed_seed', 'a seed has 32 bytes');
  const pkcs8 = concat(PKCS8_PREFIX, seed);
  // WebCrypto tells the public half in the JWK export alone; what is kept cannot be exported.
  const exportable = await crypto.subtle.importKey('pkcs8', pkcs8, 'Ed25519', true, ['sign']);
  const { x = '' } = await crypto.subtle.exportKey('jwk', exportable);
  const handle = await crypto.subtle.importKey('pkcs8', pkcs8, 'Ed25519', false, ['sign']);
  pkcs8.fill(0);
  return { public: await importSigningPublicKey(fromB64u(x)), handle };
}

/** A new random seed, 32 bytes. */
export function newSigningSeed(): Bytes {
  return randomBytes(32);
}

/** An Ed25519 signature, 64 bytes. */
export async function sign(key: SigningKey, message: Bytes): Promise<Bytes> {
  return new Uint8Array(await crypto.subtle.sign('Ed25519', key.handle, message));
}

/** Whether `signature` is the key's over `message`; S must be canonical (RFC 8032 §5.1.7). */
export async function verifies(key: SigningPublicKey, message: Bytes, signature: Bytes): Promise<boolean> {
  if (signature.length !== 64 || !isCanonicalScalar(signature.subarray(32))) return false;
  return crypto.subtle.verify('Ed25519', key.handle, signature, message);
}

/** Whether two public keys are the same. */
export function sameSigningKey(a: SigningPublicKey, b: SigningPublicKey): boolean {
  return equalBytes(a.bytes, b.bytes);
}
