/** Bytes, text and hashes as docs/protocol.md §1 writes them. */

import { ProtocolError } from './errors.ts';

/** Bytes in a buffer of their own: what WebCrypto accepts. */
export type Bytes = Uint8Array<ArrayBuffer>;

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
const VALUES = new Int8Array(128).fill(-1);
for (let value = 0; value < 64; value += 1) VALUES[ALPHABET.charCodeAt(value)] = value;

const ASCII = /^[\x00-\x7f]*$/;
const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Up to this length ASCII is written here, in less time than the browser's encoder takes to be asked. */
const SHORT = 128;

/** UTF-8 of a text. @throws ProtocolError `malformed_text` when the text holds a lone surrogate. */
export function utf8(text: string): Bytes {
  if (text.length <= SHORT && ASCII.test(text)) return ascii(text);
  if (!text.isWellFormed()) throw new ProtocolError('malformed_text', 'text with a lone surrogate has no UTF-8 form');
  return encoder.encode(text);
}

function ascii(text: string): Bytes {
  const bytes = new Uint8Array(text.length);
  for (let at = 0; at < text.length; at += 1) bytes[at] = text.charCodeAt(at);
  return bytes;
}

/** Text of UTF-8 bytes. @throws ProtocolError `malformed_text` when they are not UTF-8. A byte order mark stays in the text. */
export function textOf(bytes: Uint8Array): string {
  try {
    return decoder.decode(bytes);
  } catch {
    throw new ProtocolError('malformed_text', 'not UTF-8');
  }
}

/** The browser's own base64 (ECMAScript 2026), where it has one: TypeScript's library does not know it yet. */
interface NativeBase64 {
  readonly fromBase64?: (text: string, options: { readonly alphabet: 'base64url' }) => Bytes;
}
interface NativelyWritten {
  readonly toBase64?: (options: { readonly alphabet: 'base64url'; readonly omitPadding: true }) => string;
}

/** base64url without padding (RFC 4648 §5). */
export function b64u(bytes: Uint8Array): string {
  return (bytes as NativelyWritten).toBase64?.({ alphabet: 'base64url', omitPadding: true }) ?? b64uInScript(bytes);
}

/** As {@link b64u} in a browser without base64 of its own. */
export function b64uInScript(bytes: Uint8Array): string {
  let text = '';
  for (let at = 0; at < bytes.length; at += 3) {
    const [a = 0, b = 0, c = 0] = [bytes[at], bytes[at + 1], bytes[at + 2]];
    const group = (a << 16) | (b << 8) | c;
    text += ALPHABET.charAt(group >> 18) + ALPHABET.charAt((group >> 12) & 63);
    if (at + 1 < bytes.length) text += ALPHABET.charAt((group >> 6) & 63);
    if (at + 2 < bytes.length) text += ALPHABET.charAt(group & 63);
  }
  return text;
}

/** Bits of the last character that belong to no byte, by the text's length modulo 4. */
const UNUSED_BITS = [0, 0b111111, 0b1111, 0b11] as const;

/**
 * The bytes of canonical base64url text.
 *
 * @throws ProtocolError `malformed_base64`: another alphabet, padding, white space, an impossible length, or unused bits set.
 */
export function fromB64u(text: string): Bytes {
  const native = Uint8Array as NativeBase64;
  if (!native.fromBase64) return fromB64uInScript(text);
  let bytes: Bytes;
  try {
    bytes = native.fromBase64(text, { alphabet: 'base64url' });
  } catch {
    throw new ProtocolError('malformed_base64', 'not base64url');
  }
  // It takes padding and white space, which leave fewer bytes than a text of this length has, and bits that belong to no byte.
  const last = VALUES[text.charCodeAt(text.length - 1)] ?? 0;
  if (text.length % 4 === 1 || bytes.length !== lengthFromB64u(text) || (last & (UNUSED_BITS[text.length % 4] ?? 0)) !== 0) {
    throw new ProtocolError('malformed_base64', 'not canonical base64url');
  }
  return bytes;
}

function lengthFromB64u(text: string): number {
  return Math.floor((text.length * 3) / 4);
}

/** As {@link fromB64u} in a browser without base64 of its own. */
export function fromB64uInScript(text: string): Bytes {
  const bytes = new Uint8Array(lengthFromB64u(text));
  let held = 0;
  let bits = 0;
  let at = 0;
  for (let index = 0; index < text.length; index += 1) {
    const value = VALUES[text.charCodeAt(index)] ?? -1;
    if (value < 0) throw new ProtocolError('malformed_base64', 'a character outside the base64url alphabet');
    held = ((held << 6) | value) & 0xffff;
    bits += 6;
    if (bits >= 8) {
      bits -= 8;
      bytes[at] = held >> bits;
      at += 1;
    }
  }
  if (bits >= 6 || (held & ((1 << bits) - 1)) !== 0) throw new ProtocolError('malformed_base64', 'not canonical base64url');
  return bytes;
}

/** Joins byte strings. */
export function concat(...parts: readonly Uint8Array[]): Bytes {
  const joined = new Uint8Array(lengthOf(parts));
  let at = 0;
  for (const part of parts) {
    joined.set(part, at);
    at += part.length;
  }
  return joined;
}

let scratch: Bytes = new Uint8Array(1024);

/**
 * As {@link concat}, but only until it is called again: for what WebCrypto is handed at once, which has copied it when it gives back its promise. Thousands
 * of messages are read in a row, and what a buffer costs is then the memory that it touches.
 */
export function concatForNow(...parts: readonly Uint8Array[]): Bytes {
  const length = lengthOf(parts);
  if (length > scratch.length) scratch = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    scratch.set(part, at);
    at += part.length;
  }
  return scratch.subarray(0, length);
}

function lengthOf(parts: readonly Uint8Array[]): number {
  let length = 0;
  for (const part of parts) length += part.length;
  return length;
}

/** Whether two byte strings are equal, in time that depends on their lengths alone. */
export function equalBytes(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false;
  let difference = 0;
  for (let at = 0; at < a.length; at += 1) difference |= (a[at] ?? 0) ^ (b[at] ?? 0);
  return difference === 0;
}

/** An unsigned 32-bit integer, big-endian. @throws ProtocolError `malformed_number` outside its range. */
export function u32be(value: number): Bytes {
  if (!Number.isInteger(value) || value < 0 || value > 0xffffffff) throw new ProtocolError('malformed_number', 'not 32 bits');
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setUint32(0, value);
  return bytes;
}

/** ASCII lines joined by line feeds: the form of every `info` and `context`. @throws ProtocolError `malformed_lines`. */
export function contextLines(...lines: readonly string[]): Bytes {
  // A line break inside a line would let two different lists of lines share one encoding.
  if (lines.some((line) => !/^[\x00-\x09\x0b-\x7f]*$/.test(line))) throw new ProtocolError('malformed_lines', 'a line of a context is ASCII without a line break');
  return utf8(lines.join('\n'));
}

/** The DSSE v1 pre-authentication encoding: what is signed, so that a blob of one type verifies as no other. The payload is its parts, joined. */
export function pae(payloadType: string, ...payload: readonly Uint8Array[]): Bytes {
  return concat(...paeParts(payloadType, ...payload));
}

/** What {@link pae} joins. */
export function paeParts(payloadType: string, ...payload: readonly Uint8Array[]): readonly Uint8Array[] {
  const type = utf8(payloadType);
  return [utf8(`DSSEv1 ${type.length} `), type, utf8(` ${lengthOf(payload)} `), ...payload];
}

/** Times of which nothing more need be asked: every month has 28 days. */
const CERTAIN_TIME = /^(?:19[7-9]|[2-9]\d\d)\d-(?:0[1-9]|1[0-2])-(?:0[1-9]|1\d|2[0-8])T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d\.\d{3}Z$/;
const TIME = /^(?:19[7-9]|[2-9]\d\d)\d-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z$/;

/** Whether a text is a time in the protocol's form. */
export function isTime(text: string): boolean {
  if (CERTAIN_TIME.test(text)) return true;
  const instant = new Date(TIME.test(text) ? text : NaN);
  // Date takes 24:00:00 and 30 February for later instants; writing it again shows that.
  return !Number.isNaN(instant.getTime()) && instant.toISOString() === text;
}

/** The instant of a time in the protocol's form; such texts sort as the instants do. @throws ProtocolError `malformed_time` */
export function parseTime(text: string): Date {
  if (!isTime(text)) throw new ProtocolError('malformed_time', 'a time is written YYYY-MM-DDTHH:MM:SS.mmmZ');
  return new Date(text);
}

/** The instant in the protocol's form: UTC, three decimals. */
export function formatTime(instant: Date): string {
  return instant.toISOString();
}

/** SHA-256 (FIPS 180-4), 32 bytes. */
export async function sha256(bytes: Bytes): Promise<Bytes> {
  return new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
}

/** `H(label, x…)` of docs/protocol.md §1: SHA-256 under a label; every part but the last must have a fixed length. */
export async function labelledHash(label: string, ...parts: readonly Uint8Array[]): Promise<Bytes> {
  return sha256(concat(utf8(`between/v1/${label}\0`), ...parts));
}

/** HKDF-SHA256 (RFC 5869) with info `between/v1/<label>`. Lengths in bytes. */
export async function hkdf(secret: Bytes, salt: Bytes, label: string, length: number): Promise<Bytes> {
  return hkdfOfKey(await hkdfKey(secret), salt, label, length);
}

/** As {@link hkdf}, from an HKDF key that WebCrypto holds. */
export async function hkdfOfKey(key: CryptoKey, salt: Bytes, label: string, length: number): Promise<Bytes> {
  return hkdfWithInfo(key, salt, utf8(`between/v1/${label}`), length);
}

/** A secret as an HKDF key that cannot be exported. */
export function hkdfKey(secret: Bytes): Promise<CryptoKey> {
  return crypto.subtle.importKey('raw', secret, 'HKDF', false, ['deriveBits']);
}

/** HKDF-SHA256 with any info. @throws DOMException for more than 255 blocks of output. */
export async function hkdfWithInfo(key: CryptoKey, salt: Bytes, info: Bytes, length: number): Promise<Bytes> {
  const algorithm = { name: 'HKDF', hash: 'SHA-256', salt, info };
  return new Uint8Array(await crypto.subtle.deriveBits(algorithm, key, length * 8));
}

/** The absent salt of {@link hkdf}. */
export const NO_SALT: Bytes = new Uint8Array(0);

/** Random bytes from the browser's generator. */
export function randomBytes(length: number): Bytes {
  return crypto.getRandomValues(new Uint8Array(length));
}
