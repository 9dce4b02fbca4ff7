/**
 * Signed statements: the envelope, its DSSE signatures and its header (docs/protocol.md §2).
 *
 * Verified first, parsed after: {@link verify} takes the keys that must have signed and looks at the payload only once they have. Where the key
 * can be found only through the payload (a chain's newcomer names its own), the `peek` functions read it unverified; what they return may choose a
 * key and nothing else.
 *
 * Bodies are the JSON objects they travel as, checked and typed by their kind's reader; members keep the names of the wire.
 */

import { b64u, fromB64u, pae, sha256, type Bytes } from './encoding.ts';
import { ProtocolError } from './errors.ts';
import type { AccountId } from './ids.ts';
import { sign, verifies, type SigningKey, type SigningPublicKey } from './keys.ts';
import * as shape from './shape.ts';
import { parseStrictJson, writeJson, type Json, type JsonObject } from './strictJson.ts';

const VERSION = 1;
const ALGORITHM = 'Ed25519';
export const MAX_PAYLOAD_BYTES = 65_536;
const MAX_SIGNATURES = 8;

/** What a kind of statement is: its place, who signs, and how its body reads. */
export interface Kind<B extends object> {
  readonly kind: string;
  readonly maxBytes: number;
  readonly body: shape.Reader<B>;
  /** The chain a body stands in, null where it stands alone. */
  readonly chain: (body: B) => string | null;
  /** Whether the kind, with this body, may stand at this place of its chain. */
  readonly mayStandAt: (sequence: number, body: B) => boolean;
}

/** A statement as signed, stored and served; nothing about it is verified yet. */
export interface Envelope {
  readonly type: string;
  readonly payload: string;
  readonly signatures: readonly EnvelopeSignature[];
}

/** `by` says of whom; `key` is a signing key id. */
export interface EnvelopeSignature {
  readonly by: string;
  readonly alg: string;
  readonly key: string;
  readonly signature: string;
}

/** At whose hands a key signed: the account (null before sign-in has told) and the key's id. */
export interface Signer {
  readonly account: AccountId | null;
  readonly key: string;
}

/** A payload without its body. A statement that stands alone has neither chain nor sequence nor previous. */
export interface Header {
  readonly v: number;
  readonly kind: string;
  readonly chain: string | null;
  readonly sequence: number | null;
  readonly previous: string | null;
  readonly time: string;
  readonly signer: Signer;
}

/** A verified statement. */
export interface Statement<B extends object> {
  /** 43 characters. */
  readonly hash: string;
  readonly header: Header;
  readonly body: B;
  readonly envelope: Envelope;
}

/** `by` → the key that must have signed; the header's signer first. */
export type RequiredKeys = Readonly<Record<string, SigningPublicKey>>;

export interface Place {
  readonly account: AccountId | null;
  readonly time: string;
  readonly sequence: number | null;
  readonly previous: string | null;
}

const readSignature = shape.members({
  by: shape.textOfLength(0, 20),
  alg: shape.textOfLength(0, 20),
  key: shape.hash,
  signature: shape.encoded(),
});

const readEnvelope = shape.members({
  type: shape.textOfLength(0, 200),
  payload: shape.encoded(),
  signatures: shape.listOf(readSignature),
});

const readPayload = shape.members({
  v: shape.integer(1),
  kind: shape.textOfLength(0, 60),
  chain: shape.orNull(shape.text),
  sequence: shape.orNull(shape.integer(0)),
  previous: shape.orNull(shape.hash),
  time: shape.time,
  signer: shape.members({ account: shape.orNull(shape.id('acc')), key: shape.hash }),
  body: shape.object,
});

/** The envelope in a JSON value. @throws ProtocolError `bad_members`, `unsupported_algorithm` */
export function parseEnvelope(value: Json): Envelope {
  const envelope = readEnvelope(value);
  if (!/^[\x00-\x7f]*$/.test(envelope.type) || envelope.signatures.length > MAX_SIGNATURES) {
    throw new ProtocolError('bad_members', 'the envelope of a statement is malformed');
  }
  if (envelope.signatures.some((signature) => signature.alg !== ALGORITHM)) {
    throw new ProtocolError('unsupported_algorithm', 'this version verifies Ed25519 signatures alone');
  }
  return envelope;
}

/** What the signatures are over. */
export function signedBytes(envelope: Envelope): Bytes {
  return pae(envelope.type, fromB64u(envelope.payload));
}

/** SHA-256 of the signed bytes, 43 characters. */
export async function statementHash(envelope: Envelope): Promise<string> {
  return b64u(await sha256(signedBytes(envelope)));
}

/** The DSSE payload type of a kind: a blob of one kind verifies in no other kind's place. */
export function payloadType(kind: string): string {
  return `application/vnd.between.${kind}.v1+json`;
}

/** Signs a body with `keys` (`by` → key, the header's signer first) for its place. */
export async function makeStatement<B extends object>(
  kind: Kind<B>,
  body: B,
  keys: Readonly<Record<string, SigningKey>>,
  place: Place,
): Promise<Envelope> {
  const [signer] = Object.values(keys);
  if (!signer) throw new TypeError('a statement has a signer');
  const { account, time, sequence, previous } = place;
  const header = { v: VERSION, kind: kind.kind, chain: kind.chain(body), sequence, previous, time };
  const payload = writeJson({ ...header, signer: { account, key: signer.public.id }, body: body as JsonObject });
  // What is signed here must be readable everywhere: the reader's own checks, before it leaves.
  kind.body(parseStrictJson(writeJson(body as JsonObject)));
  const type = payloadType(kind.kind);
  const signed = pae(type, payload);
  const signatures = await Promise.all(
    Object.entries(keys).map(async ([by, key]) => ({ by, alg: ALGORITHM, key: key.public.id, signature: b64u(await sign(key, signed)) })),
  );
  return { type, payload: b64u(payload), signatures };
}

/**
 * The statement of an envelope where one of this kind is expected, signed by exactly `keys`.
 *
 * @throws ProtocolError in this order: `wrong_type`, `statement_too_large`; `missing_signature`, `unexpected_signature`, `wrong_key`, `bad_signature`;
 * then what parsing refuses (`malformed_json`, `bad_members`, `newer_version`, `wrong_kind`), `wrong_chain`, `wrong_position`, `wrong_signer`.
 */
export async function verify<B extends object>(envelope: Envelope, kind: Kind<B>, keys: RequiredKeys): Promise<Statement<B>> {
  checkType(envelope, kind);
  await checkSignatures(envelope, keys);
  const { header, body } = parsePayload(envelope, kind);
  if (header.chain !== kind.chain(body)) throw new ProtocolError('wrong_chain', 'another chain than the body says');
  checkPosition(header, kind, body);
  if (header.signer.key !== Object.values(keys)[0]?.id) throw new ProtocolError('wrong_signer', 'the signer named did not sign');
  return { hash: await statementHash(envelope), header, body, envelope };
}

/** Who claims to have signed, **unverified**: for choosing the key to verify with, and nothing else. */
export function peekSigner(envelope: Envelope): Signer {
  return peekHeader(envelope).signer;
}

/** The body, **unverified**: for choosing the key to verify with, and nothing else. */
export function peekBody<B extends object>(envelope: Envelope, kind: Kind<B>): B {
  checkType(envelope, kind);
  return parsePayload(envelope, kind).body;
}

/** The header of a kind this version does not know, **unverified**: it keeps its place in the chain, no more. */
export function peekHeader(envelope: Envelope): Header {
  const payload = fromB64u(envelope.payload);
  if (payload.length > MAX_PAYLOAD_BYTES) throw new ProtocolError('statement_too_large', 'larger than any statement');
  return parseHeader(payload).header;
}

function checkType<B extends object>(envelope: Envelope, kind: Kind<B>): void {
  if (envelope.type !== payloadType(kind.kind)) throw new ProtocolError('wrong_type', `not where a ${kind.kind} statement must stand`);
  if (fromB64u(envelope.payload).length > kind.maxBytes) {
    throw new ProtocolError('statement_too_large', `a ${kind.kind} statement is not that large`);
  }
}

async function checkSignatures(envelope: Envelope, keys: RequiredKeys): Promise<void> {
  const signatures = new Map(envelope.signatures.map((signature) => [signature.by, signature]));
  const required = Object.entries(keys);
  if (required.some(([by]) => !signatures.has(by))) throw new ProtocolError('missing_signature', 'a required signature is missing');
  if (envelope.signatures.length !== required.length) throw new ProtocolError('unexpected_signature', 'one signature too many');
  const signed = signedBytes(envelope);
  for (const { by, key: keyId, signature } of envelope.signatures) {
    const key = keys[by];
    if (key?.id !== keyId) throw new ProtocolError('wrong_key', 'signed by another key than it must be');
    if (!(await verifies(key, signed, fromB64u(signature)))) throw new ProtocolError('bad_signature', 'a signature is false');
  }
}

function parsePayload<B extends object>(envelope: Envelope, kind: Kind<B>): { header: Header; body: B } {
  const { header, body } = parseHeader(fromB64u(envelope.payload));
  if (header.kind !== kind.kind) throw new ProtocolError('wrong_kind', 'the kind in the payload is not that of its type');
  return { header, body: kind.body(body) };
}

function parseHeader(payload: Bytes): { header: Header; body: JsonObject } {
  const json = parseStrictJson(payload);
  const version = shape.versionOf(json);
  if (version !== VERSION) throw new ProtocolError('newer_version', 'written by a newer version');
  const { body, ...header } = readPayload(json);
  return { header, body };
}

function checkPosition<B extends object>(header: Header, kind: Kind<B>, body: B): void {
  const { sequence, previous } = header;
  const alone = sequence === null && previous === null;
  const inChain = sequence !== null && (sequence === 0) === (previous === null) && kind.mayStandAt(sequence, body);
  if (kind.chain(body) === null ? !alone : !inChain) {
    throw new ProtocolError('wrong_position', 'this kind cannot stand at this place');
  }
}
