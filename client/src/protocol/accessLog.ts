/** Entries of the access log and the frames that its leaves are made of (docs/protocol.md §7). */

import { fromB64u, textOf, type Bytes } from './encoding.ts';
import { ProtocolError } from './errors.ts';
import { isId } from './ids.ts';
import * as shape from './shape.ts';
import { parseStrictJson } from './strictJson.ts';

const VERSION = 'between-frame/v1';
const NUMBER = /^(?:0|[1-9][0-9]{0,15})$/u;
const code = shape.orNull(shape.textOfLength(1, 40));

const readEntry = shape.members({
  id: shape.id('evt'),
  clinic: shape.id('cln'),
  time: shape.time,
  /** An account, or `system`. */
  actor: shape.text,
  on_behalf: shape.orNull(shape.id('acc')),
  action: shape.textOfLength(1, 40),
  object: shape.orNull(shape.text),
  subject: shape.id('acc', 'cln', 'tea'),
  conversation: shape.orNull(shape.id('cnv')),
  outcome: shape.oneOf('done', 'refused'),
  reason: code,
  /** The hash of the signed statement by which it was done. */
  statement: shape.orNull(shape.hash),
  automatic: shape.flag,
  detail: shape.orNull(shape.hash),
  nonce: shape.encoded(32),
});

/** What happened, as the log has it. */
export type LogEntry = shape.Read<typeof readEntry>;

/** Where in the log an entry stands, and the hash of its body. */
export interface Frame {
  readonly index: number;
  readonly bodyHash: Bytes;
}

/** @throws ProtocolError `malformed_json`, `bad_members` */
export function parseEntry(encoded: Bytes): LogEntry {
  return readEntry(parseStrictJson(encoded));
}

/** @throws ProtocolError `malformed_lines`, `malformed_hash` */
export function parseFrame(encoded: Bytes): Frame {
  const [version, index = '', subject = '', place = '', bodyHash = '', end, ...more] = textOf(encoded).split('\n');
  const [sequence = '', previous = '', ...others] = place.split(' ');
  const whole = version === VERSION && end === '' && more.length === 0 && others.length === 0;
  const numbers = NUMBER.test(index) && NUMBER.test(sequence) && Number.isSafeInteger(Number(index));
  if (!whole || !numbers || !isId(subject, 'acc', 'cln', 'tea') || (sequence === '0') !== (previous === '-')) {
    throw new ProtocolError('malformed_lines', 'not five lines of a frame');
  }
  return { index: Number(index), bodyHash: hashOf(bodyHash) };
}

function hashOf(text: string): Bytes {
  return fromB64u(shape.hash(text));
}
