/**
 * A message as it is written and sent: header, body, ciphertext, signature (docs/protocol.md §6). What a reader concludes from one is in
 * `verdict.ts`; how the messages of a device follow each other is in `deviceChain.ts`.
 */

import { readAsk, type Ask } from './ask.ts';
import { decrypt, encrypt, type ContentKey, type Context } from './content.ts';
import { b64u, concat, concatForNow, paeParts, sha256, type Bytes } from './encoding.ts';
import { ProtocolError } from './errors.ts';
import { sign, verifies, type SigningKey, type SigningPublicKey } from './keys.ts';
import { pad, unpad } from './padding.ts';
import * as shape from './shape.ts';
import { parseStrictJson, writeJson, type Json } from './strictJson.ts';

const VERSION = 1;
export const MAX_HEADER_BYTES = 8_192;
export const MAX_BODY_BYTES = 60_000;
export const MAX_CIPHERTEXT_BYTES = 66_000;
const MAX_NAMED = 20;
const MESSAGE_TYPE = 'application/vnd.between.message.v1+json';
const SIGNATURE_TYPE = 'application/vnd.between.message-signature.v1';

const readHeader = shape.where(
  shape.members({
    v: shape.integer(1),
    conversation: shape.id('cnv'),
    epoch: shape.integer(1),
    id: shape.id('msg'),
    sender: shape.id('acc'),
    /** The sender's signing key id. */
    key: shape.hash,
    device: shape.id('dev'),
    /** 1 for the device's first message in this conversation. */
    device_sequence: shape.integer(1),
    /** The hash of the device's message before, in this conversation. */
    device_previous: shape.orNull(shape.hash),
    control_head: shape.hash,
    consent_head: shape.hash,
    /** The newest log checkpoint the sender has verified, the whole signed note. */
    checkpoint: shape.orNull(shape.textOfLength(0, 4_000)),
    time: shape.time,
    kind: shape.oneOf('question', 'update', 'thanks'),
    category: shape.orNull(shape.oneOf('medicines', 'symptoms', 'results', 'appointments', 'other')),
    urgency: shape.oneOf('ordinary', 'urgent'),
    answers: shape.ids('msg'),
    acknowledges: shape.ids('msg'),
    corrects: shape.orNull(shape.id('msg')),
    takes_back: shape.orNull(shape.id('msg')),
  }),
  (header) =>
    (header.device_sequence === 1) === (header.device_previous === null) &&
    Math.max(header.answers.length, header.acknowledges.length) <= MAX_NAMED &&
    (header.corrects === null || header.takes_back === null) &&
    ![...header.answers, ...header.acknowledges, header.corrects, header.takes_back].includes(header.id),
  'numbers and aims that do not fit together',
);

/** What the server sees of a message; bound to the ciphertext and signed. */
export type Header = shape.Read<typeof readHeader>;
export type MessageKind = Header['kind'];
export type Category = NonNullable<Header['category']>;
export type Urgency = Header['urgency'];

const readText = shape.members({ type: shape.oneOf('text'), text: shape.textOfLength(1, MAX_BODY_BYTES) });
const readCorrection = shape.members({
  type: shape.oneOf('correction'),
  text: shape.textOfLength(1, MAX_BODY_BYTES),
  reason: shape.text,
});
const readRetraction = shape.members({ type: shape.oneOf('retraction') });

/** What somebody writes, or asks for; what they should have written, and why; the word with which they take a message back. */
export type Body = shape.Read<typeof readText> | Ask | shape.Read<typeof readCorrection> | shape.Read<typeof readRetraction>;

/** A message as it travels; `ciphertext` is null once it has been erased, and its hash stays. */
export interface Message {
  readonly header: Bytes;
  readonly ciphertext: Bytes | null;
  /** SHA-256, 32 bytes. */
  readonly ciphertextHash: Bytes;
  /** 64 bytes. */
  readonly signature: Bytes;
}

const readWire = shape.members({ header: shape.bytes(), ciphertext: shape.bytes(), signature: shape.bytes(64) });

/** The wire form a client sends. */
export interface MessageWire {
  readonly header: string;
  readonly ciphertext: string;
  readonly signature: string;
}

/** From the wire form. @throws ProtocolError `header_too_large`, `message_too_large`, `bad_members` */
export async function parseMessage(value: Json): Promise<Message> {
  const { header, ciphertext, signature } = readWire(value);
  return checkedSize({ header, ciphertext, ciphertextHash: await sha256(ciphertext), signature });
}

/** The members of a served message that are the message: an erased one has a hash in the ciphertext's place. */
export const readServed = shape.where(
  shape.members({
    header: shape.bytes(),
    ciphertext: shape.orNull(shape.bytes()),
    ciphertext_hash: shape.orNull(shape.bytes(32)),
    signature: shape.bytes(64),
  }),
  ({ ciphertext, ciphertext_hash: stated }) => ciphertext !== null || stated !== null,
  "an erased message keeps its ciphertext's hash",
);

/** From the served form. @throws ProtocolError `header_too_large`, `message_too_large`, `bad_members` */
export async function parseServedMessage(value: Json): Promise<Message> {
  const { header, ciphertext, ciphertext_hash: stated, signature } = readServed(value);
  const ciphertextHash = ciphertext ? await sha256(ciphertext) : (stated ?? new Uint8Array(0));
  return checkedSize({ header, ciphertext, ciphertextHash, signature });
}

function checkedSize(message: Message): Message {
  if (message.header.length > MAX_HEADER_BYTES) throw new ProtocolError('header_too_large', 'a header is at most 8,192 bytes');
  if ((message.ciphertext?.length ?? 0) > MAX_CIPHERTEXT_BYTES) {
    throw new ProtocolError('message_too_large', 'a message is at most 66,000 bytes');
  }
  return message;
}

/** The wire form a client sends; an erased message is never sent. */
export function messageWire({ header, ciphertext, signature }: Message): MessageWire {
  if (!ciphertext) throw new TypeError('an erased message is never sent');
  return { header: b64u(header), ciphertext: b64u(ciphertext), signature: b64u(signature) };
}

/**
 * The header in these bytes; whether anybody signed them is another question.
 *
 * @throws ProtocolError `header_too_large`, `malformed_json`, `newer_version`, `bad_members`
 */
export function parseHeader(bytes: Uint8Array): Header {
  if (bytes.length > MAX_HEADER_BYTES) throw new ProtocolError('header_too_large', 'a header is at most 8,192 bytes');
  const json = parseStrictJson(bytes);
  if (json === null || typeof json !== 'object' || Array.isArray(json)) throw new ProtocolError('malformed_json', 'not an object');
  if (shape.versionOf(json) !== VERSION) throw new ProtocolError('newer_version', 'written by a newer version');
  return readHeader(json);
}

/** What the signature is over: the header and the hash of the ciphertext. */
export function messageSignedBytes(message: Pick<Message, 'header' | 'ciphertextHash'>): Bytes {
  return concat(...signedParts(message));
}

function signedParts({ header, ciphertextHash }: Pick<Message, 'header' | 'ciphertextHash'>): readonly Uint8Array[] {
  return paeParts(SIGNATURE_TYPE, header, ciphertextHash);
}

/** The message hash, 43 characters. */
export async function messageHash(message: Message): Promise<string> {
  return b64u(await sha256(messageSignedBytes(message)));
}

/** The message hash if `key` signed the message, else null. */
export async function hashIfSignedBy(message: Message, key: SigningPublicKey): Promise<string | null> {
  const signed = concatForNow(...signedParts(message));
  const [genuine, hash] = await Promise.all([verifies(key, signed, message.signature), sha256(signed)]);
  return genuine ? b64u(hash) : null;
}

/** Encrypts and signs. @throws ProtocolError `message_too_large`, `header_too_large`, `bad_members` */
export async function writeMessage(header: Header, body: Body, epochKey: ContentKey, signing: SigningKey): Promise<Message> {
  const headerBytes = writeJson({ ...header });
  parseHeader(headerBytes);
  const plaintext = writeJson({ ...body });
  if (plaintext.length > MAX_BODY_BYTES) throw new ProtocolError('message_too_large', 'a text is at most 60,000 bytes');
  const ciphertext = await encrypt(epochKey, messageContext(headerBytes), pad(plaintext));
  const unsigned = { header: headerBytes, ciphertext, ciphertextHash: await sha256(ciphertext) };
  return checkedSize({ ...unsigned, signature: await sign(signing, messageSignedBytes(unsigned)) });
}

/**
 * The body of a message whose signature was verified.
 *
 * @throws ProtocolError `cannot_decrypt`; `newer_version` for a type of body this version does not know; what padding, JSON and members refuse, and
 * `bad_members` for a body that is not what the header announces.
 */
export async function readBody(message: Message, header: Header, epochKey: ContentKey): Promise<Body> {
  const ciphertext = message.ciphertext ?? new Uint8Array(0);
  const plaintext = unpad(await decrypt(epochKey, messageContext(message.header), ciphertext));
  if (plaintext.length > MAX_BODY_BYTES) throw new ProtocolError('bad_members', 'a text is at most 60,000 bytes');
  const body = parseBody(parseStrictJson(plaintext));
  const announced = header.corrects !== null ? 'correction' : header.takes_back !== null ? 'retraction' : 'text';
  const type = body.type === 'ask' ? 'text' : body.type;
  if (type !== announced) throw new ProtocolError('bad_members', 'the body is not what the header announces');
  if (body.type === 'ask' && !mayAsk(header, body)) {
    throw new ProtocolError('bad_members', 'an ask is an update that answers nothing, about this conversation or all');
  }
  return body;
}

/** The place of a message's ciphertext: under its own header and no other. */
function messageContext(header: Bytes): Context {
  return paeParts(MESSAGE_TYPE, header);
}

function mayAsk({ kind, answers, acknowledges, conversation }: Header, { scope }: Ask): boolean {
  return kind === 'update' && answers.length + acknowledges.length === 0 && (scope === 'all' || scope === conversation);
}

function parseBody(json: Json): Body {
  if (json === null || typeof json !== 'object' || Array.isArray(json)) throw new ProtocolError('malformed_json', 'not an object');
  switch (shape.text(shape.object(json)['type'] ?? null)) {
    case 'text':
      return readText(json);
    case 'ask':
      return readAsk(json);
    case 'correction':
      return readCorrection(json);
    case 'retraction':
      return readRetraction(json);
    default:
      throw new ProtocolError('newer_version', 'written by a newer version');
  }
}
