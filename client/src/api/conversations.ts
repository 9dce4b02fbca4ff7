/** Calls about conversations and the inbox (docs/api.md, Conversations). */

import { b64u, type Bytes } from '../protocol/encoding.ts';
import type { ConversationId, ReaderId } from '../protocol/ids.ts';
import type { MessageWire } from '../protocol/message.ts';
import * as shape from '../protocol/shape.ts';
import { parseEnvelope, type Envelope } from '../protocol/statement.ts';
import { fields, nothing, type Read } from './answers.ts';
import { boxesJson } from './boxes.ts';
import { envelopeJson } from './doors.ts';
import { call, path } from './http.ts';

const category = shape.orNull(shape.text);

const readQuestion = fields({
  id: shape.id('msg'),
  sequence: shape.integer(1),
  received: shape.time,
  urgency: shape.text,
  category,
  acknowledged: shape.flag,
});

const readConversation = fields({
  conversation: shape.id('cnv'),
  patient: shape.id('acc'),
  created: shape.time,
  last_sequence: shape.integer(0),
  last_received: shape.orNull(shape.time),
  read: shape.integer(0),
  delivered: shape.integer(0),
  epoch: shape.integer(1),
  control_head: shape.hash,
  name: shape.orNull(fields({ epoch: shape.integer(1), ciphertext: shape.bytes() })),
  box: shape.orNull(fields({ reader: shape.id('acc', 'tea'), box: shape.bytes() })),
  open_questions: shape.listOf(readQuestion),
});

/** A conversation in the list: no words of it, and nothing verified yet. */
export type ConversationRow = Read<typeof readConversation>;

const readBox = { epoch: shape.integer(1), reader: shape.id('acc', 'tea'), box: shape.bytes() };

export const readControl = fields({
  /** The statement after which this begins, as it was asked for; null where it is the whole chain. */
  after: shape.orNull(shape.hash),
  statements: shape.listOf(parseEnvelope),
  names: shape.mapOf(shape.bytes()),
  boxes: shape.listOf(fields(readBox)),
  /** Keys of earlier epochs that were opened to the caller, with the statement that did. */
  history: shape.listOf(fields({ statement: shape.hash, ...readBox })),
  /** What the conversation's emergency keys are judged by: the clinic's own chain, and which were used. Null where it has had none. */
  emergency: shape.orNull(fields({ clinic: shape.listOf(parseEnvelope), used: shape.ids('emk') })),
});

export type ControlAnswer = Read<typeof readControl>;

/** A message as served; what it says is the protocol's to judge, so it stays in the form it came in. */
export const readServedMessage = fields({
  sequence: shape.integer(1),
  received: shape.time,
  header: shape.text,
  ciphertext: shape.orNull(shape.text),
  ciphertext_hash: shape.orNull(shape.text),
  signature: shape.text,
});

export type ServedMessage = Read<typeof readServedMessage>;

const readReceipt = fields({ account: shape.id('acc'), delivered: shape.integer(0), read: shape.integer(0) });
export type Receipt = Read<typeof readReceipt>;

/** Stretches of sequences, both ends inclusive, that were written in epochs which are closed to the caller. */
const withheld = shape.listOf(fields({ first: shape.integer(1), last: shape.integer(1) }));

const readLease = fields({ until: shape.time });

const readOpened = fields({
  event: shape.id('evt'),
  lease: readLease,
  last_sequence: shape.integer(0),
  messages: shape.listOf(readServedMessage),
  withheld,
  receipts: shape.listOf(readReceipt),
  control: readControl,
});

export type Opened = Read<typeof readOpened>;

const readPage = fields({ messages: shape.listOf(readServedMessage), last_sequence: shape.integer(0), withheld });
export type Withheld = Read<typeof withheld>;

/** The server's word that a message is kept. */
export const readSent = fields({ id: shape.id('msg'), sequence: shape.integer(1), received: shape.time });
export type Sent = Read<typeof readSent>;

const readInboxQuestion = fields({
  id: shape.id('msg'),
  conversation: shape.id('cnv'),
  patient: shape.id('acc'),
  sequence: shape.integer(1),
  received: shape.time,
  category,
  urgency: shape.text,
  acknowledged: shape.flag,
});

export type InboxQuestion = Read<typeof readInboxQuestion>;

export async function getConversations(): Promise<readonly ConversationRow[]> {
  return (await call('GET', '/api/conversations', fields({ conversations: shape.listOf(readConversation) }))).conversations;
}

export function postConversation(statement: Envelope, boxes: ReadonlyMap<ReaderId, Bytes>, name: Bytes | null): Promise<unknown> {
  const body = { statement: envelopeJson(statement), boxes: boxesJson(boxes), name: name && b64u(name) };
  return call('POST', '/api/conversations', fields({ conversation: shape.id('cnv') }), body);
}

/** A control chain; what follows the statement `after` alone, where the caller has verified that. */
export function getControl(conversation: ConversationId, after: string | null = null): Promise<ControlAnswer> {
  return call('GET', path`/api/conversations/${conversation}/control` + afterQuery(after), readControl);
}

function afterQuery(after: string | null): string {
  return after === null ? '' : path`?after=${after}`;
}

/** A rotation or a new name. @throws ApiError `chain_moved` */
export function postControl(
  conversation: ConversationId,
  statement: Envelope,
  boxes: ReadonlyMap<ReaderId, Bytes>,
  name: Bytes | null,
): Promise<null> {
  const body = { statement: envelopeJson(statement), boxes: boxesJson(boxes), name: name && b64u(name) };
  return call('POST', path`/api/conversations/${conversation}/control`, nothing, body);
}

/** Opens a conversation with the reader's signed request; its log entry is durable before this answers. */
export function openConversation(conversation: ConversationId, request: Envelope, after: string | null): Promise<Opened> {
  return call('POST', path`/api/conversations/${conversation}/open` + afterQuery(after), readOpened, { statement: envelopeJson(request) });
}

export async function renewLease(conversation: ConversationId, renewal: Envelope): Promise<string> {
  const body = { statement: envelopeJson(renewal) };
  return (await call('POST', path`/api/conversations/${conversation}/renew`, fields({ lease: readLease }), body)).lease.until;
}

/** Says which stretch was seen, and ends the lease. */
export function leaveConversation(conversation: ConversationId, first: number, last: number): Promise<null> {
  return call('POST', path`/api/conversations/${conversation}/leave`, nothing, { first, last });
}

/** Ascending. @throws ApiError `open_first` without a running lease. */
export function getMessages(
  conversation: ConversationId,
  where: { readonly before: number } | { readonly after: number },
  limit: number,
): Promise<Read<typeof readPage>> {
  const query = 'before' in where ? path`before=${where.before}` : path`after=${where.after}`;
  return call('GET', path`/api/conversations/${conversation}/messages` + `?${query}&limit=${limit}`, readPage);
}

/** @throws ApiError `duplicate_id`, `stale_epoch`, `device_sequence`, `message_too_large` */
export function sendMessage(conversation: ConversationId, message: MessageWire): Promise<Sent> {
  return call('POST', path`/api/conversations/${conversation}/messages`, readSent, { ...message });
}

export function postReceipts(conversation: ConversationId, delivered: number, read: number): Promise<null> {
  return call('POST', path`/api/conversations/${conversation}/receipts`, nothing, { delivered, read });
}

/** Unanswered, longest waiting first. */
export async function getInbox(): Promise<readonly InboxQuestion[]> {
  return (await call('GET', '/api/inbox', fields({ questions: shape.listOf(readInboxQuestion) }))).questions;
}
