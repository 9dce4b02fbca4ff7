/** Signed notes (C2SP signed-note) with Ed25519 keys; the reading half of `messenger/merkle/note.py`: a client signs none. */

import { concat, fromB64u, sha256, utf8, type Bytes } from '../protocol/encoding.ts';
import { ProtocolError } from '../protocol/errors.ts';
import { importSigningPublicKey, verifies, type SigningPublicKey } from '../protocol/keys.ts';
import { LogError } from './errors.ts';

/** The bounds of Go's sumdb/note: the specification asks for 16 signatures at least, of up to 5 kB each. */
const MAX_NOTE_SIZE = 1_000_000;
const MAX_SIGNATURES = 100;

const ED25519 = 1;
const KEY_ID_SIZE = 4;
const SIGNATURE_PREFIX = '— ';

// No plus, no control character, nothing of Unicode's White_Space; spelled out because \s means another set in Python and
// yet another in JavaScript.
const NAME = /^[^+\u0000-\u0020\u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+$/u;
const CONTROL_CHARACTER = /[\u0000-\u0009\u000b-\u001f]/u;
const VERIFIER_KEY = /^(?<name>[^+]+)\+(?<keyId>[0-9a-f]{8})\+(?<key>[A-Za-z0-9+/=]+)$/u;
const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/u;

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** One signature line: the key's name, its id (8 hex digits), the signature's bytes. */
export interface NoteSignature {
  readonly name: string;
  readonly keyId: string;
  readonly signature: Bytes;
}

/** A named Ed25519 public key, trusted for what it signs. */
export class VerifierKey {
  private constructor(
    readonly name: string,
    /** Eight hex digits; with the name it tells whose a signature is. */
    readonly keyId: string,
    private readonly publicKey: SigningPublicKey,
  ) {}

  /**
   * Reads `name+key id in hex+base64(type, public key)`, as Go's sumdb/note writes it.
   *
   * @throws LogError `bad_verifier_key` unless it is well-formed, Ed25519, a key that may be trusted, and the id its own.
   */
  static async parse(text: string): Promise<VerifierKey> {
    const { name = '', keyId, key: encoded = '' } = VERIFIER_KEY.exec(text)?.groups ?? {};
    const key = decodeBase64(encoded);
    if (!text.isWellFormed() || !NAME.test(name) || key?.[0] !== ED25519) {
      throw new LogError('bad_verifier_key', 'a verifier key reads name+key id+key of Ed25519');
    }
    if (keyId !== hex((await sha256(concat(utf8(`${name}\n`), key))).subarray(0, KEY_ID_SIZE))) {
      throw new LogError('bad_verifier_key', 'the id is not that of its name and key');
    }
    return new VerifierKey(name, keyId, await importTrusted(key.slice(1)));
  }

  /** Whether the signature claims this key: its name *and* its id. */
  isNamedBy(signature: NoteSignature): boolean {
    return signature.name === this.name && signature.keyId === this.keyId;
  }

  /** @throws LogError `bad_signature` unless the signature is this key's own over the note text. */
  async verify(text: string, signature: NoteSignature): Promise<void> {
    if (!(await verifies(this.publicKey, utf8(text), signature.signature))) {
      throw new LogError('bad_signature', `the signature of ${this.name} is false`);
    }
  }
}

/** A text and its signatures, those of unknown keys too. Nothing in `text` may be believed before `verifyNote`. */
export interface SignedNote {
  readonly text: string;
  readonly signatures: readonly NoteSignature[];
}

/** Reads a note, from its bytes or from a JSON string that holds it. @throws LogError `malformed_note` */
export function parseNote(encoded: Uint8Array | string): SignedNote {
  const decoded = decodeNote(encoded);
  const end = decoded.lastIndexOf('\n\n');
  if (end < 0 || !decoded.endsWith('\n')) {
    throw new LogError('malformed_note', 'a note ends in an empty line and signature lines');
  }
  const lines = decoded.slice(end + 2, -1).split('\n');
  if (lines.length > MAX_SIGNATURES) throw new LogError('malformed_note', 'a note has at most 100 signatures');
  const text = decoded.slice(0, end + 1);
  if (CONTROL_CHARACTER.test(text)) throw new LogError('malformed_note', 'a note holds no control character');
  return { text, signatures: lines.map(parseSignature) };
}

/** @throws LogError `bad_signature` unless `key` signed the note and no signature of its is false. */
export async function verifyNote(note: SignedNote, key: VerifierKey): Promise<void> {
  const own = note.signatures.filter((signature) => key.isNamedBy(signature));
  if (own.length === 0) throw new LogError('bad_signature', `${key.name} has not signed this`);
  for (const signature of own) await key.verify(note.text, signature);
}

/** The bytes of standard base64 in its one canonical form, or null: two texts never mean the same bytes. */
export function decodeBase64(encoded: string): Bytes | null {
  if (!BASE64.test(encoded)) return null;
  try {
    return fromB64u(encoded.replace(/=+$/u, '').replaceAll('+', '-').replaceAll('/', '_')); // which refuses unused bits
  } catch (error) {
    if (error instanceof ProtocolError) return null;
    throw error;
  }
}

function decodeNote(encoded: Uint8Array | string): string {
  if (typeof encoded === 'string' && !encoded.isWellFormed()) {
    throw new LogError('malformed_note', 'a note has no lone surrogates');
  }
  const bytes = typeof encoded === 'string' ? utf8(encoded) : encoded;
  if (bytes.length > MAX_NOTE_SIZE) throw new LogError('malformed_note', 'a note has at most a million bytes');
  try {
    return decoder.decode(bytes);
  } catch {
    throw new LogError('malformed_note', 'a note is UTF-8');
  }
}

function parseSignature(line: string): NoteSignature {
  const [name = '', encoded, ...more] = line.slice(SIGNATURE_PREFIX.length).split(' ');
  if (!line.startsWith(SIGNATURE_PREFIX) || encoded === undefined || more.length > 0 || !NAME.test(name)) {
    throw new LogError('malformed_note', "a signature line is an em dash, a key's name and a signature");
  }
  const signature = decodeBase64(encoded);
  if (signature === null || signature.length <= KEY_ID_SIZE) {
    throw new LogError('malformed_note', 'a signature is base64 of a key id and at least one byte');
  }
  return { name, keyId: hex(signature.subarray(0, KEY_ID_SIZE)), signature: signature.slice(KEY_ID_SIZE) };
}

async function importTrusted(publicKey: Bytes): Promise<SigningPublicKey> {
  try {
    return await importSigningPublicKey(publicKey);
  } catch (error) {
    if (error instanceof ProtocolError) throw new LogError('bad_verifier_key', error.message);
    throw error;
  }
}

function hex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
