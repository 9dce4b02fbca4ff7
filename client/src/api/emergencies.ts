/** Calls about emergency access (docs/api.md, Emergency access). */

import { b64u, type Bytes } from '../protocol/encoding.ts';
import type { AccountId, EmergencyId } from '../protocol/ids.ts';
import * as shape from '../protocol/shape.ts';
import { parseEnvelope, type Envelope } from '../protocol/statement.ts';
import { fields, nothing, type Read } from './answers.ts';
import { boxesJson } from './boxes.ts';
import { readServedMessage } from './conversations.ts';
import { envelopeJson, envelopes } from './doors.ts';
import { call, path } from './http.ts';

const instant = shape.orNull(shape.time);

const line = {
  emergency: shape.id('eme'),
  patient: shape.id('acc'),
  conversation: shape.id('cnv'),
  requester: shape.id('acc'),
  requested: shape.time,
  until: shape.time,
  released: instant,
  ended: instant,
  closed: instant,
};
const readLine = fields(line);

/** An emergency in the list; what is decided by are its statements. */
export type EmergencyLine = Read<typeof readLine>;

const box = shape.bytes(1168);

const readEmergency = fields({
  ...line,
  /** The log entry of the request. */
  event: shape.id('evt'),
  statements: envelopes,
  key: shape.orNull(parseEnvelope),
  chain: envelopes,
  text: shape.bytes(),
  text_box: shape.orNull(box),
  share_box: shape.orNull(box),
  release_boxes: shape.mapOf(box),
});

export type EmergencyAnswer = Read<typeof readEmergency>;

const readWay = fields({
  patient: shape.id('acc'),
  opted_in: shape.flag,
  conversations: shape.listOf(fields({ conversation: shape.id('cnv'), emergency_key: shape.id('emk'), custodians: shape.ids('acc') })),
  compliance: shape.ids('acc'),
  chain: envelopes,
});

/** Whether there is a way to a patient's conversations, and to which. */
export type EmergencyWay = Read<typeof readWay>;

const readEscrowed = fields({
  control: fields({
    statements: envelopes,
    boxes: shape.listOf(fields({ epoch: shape.integer(1), reader: shape.id('emk'), box })),
    emergency: shape.orNull(fields({ clinic: envelopes, used: shape.ids('emk') })),
  }),
  consents: envelopes,
  messages: shape.listOf(readServedMessage),
});

/** A conversation as its emergency key opens it. */
export type Escrowed = Read<typeof readEscrowed>;

/** Those that concern the caller, newest first. */
export async function getEmergencies(): Promise<readonly EmergencyLine[]> {
  return (await call('GET', '/api/emergencies', fields({ emergencies: shape.listOf(readLine) }))).emergencies;
}

/** @throws ApiError `not_found` where it does not concern the caller */
export function getEmergency(emergency: EmergencyId): Promise<EmergencyAnswer> {
  return call('GET', path`/api/emergencies/${emergency}`, readEmergency);
}

/** `patient` is an account's id, or the six characters that staff call a patient by. That somebody looked is in the patient's log. @throws ApiError `not_found` */
export function getEmergencyWay(patient: string): Promise<EmergencyWay> {
  return call('GET', path`/api/patients/${patient}/emergency`, readWay);
}

/** @throws ApiError `not_opted_in` */
export function postEmergency(statement: Envelope, text: Bytes, boxes: ReadonlyMap<AccountId, Bytes>): Promise<unknown> {
  const body = { statement: envelopeJson(statement), text: b64u(text), boxes: boxesJson(boxes) };
  return call('POST', '/api/emergencies', fields({ emergency: shape.id('eme') }), body);
}

/** A release with its box, or a closing without. @throws ApiError `chain_moved`, `not_opted_in`, `emergency_over` */
export function postEmergencyStatement(emergency: EmergencyId, statement: Envelope, released: Bytes | null): Promise<null> {
  const body = { statement: envelopeJson(statement), box: released && b64u(released) };
  return call('POST', path`/api/emergencies/${emergency}/statements`, nothing, body);
}

/** What it opens, newest messages first served; that it was opened is in the log before. @throws ApiError `emergency_over` */
export function openEmergency(emergency: EmergencyId, request: Envelope): Promise<Escrowed> {
  return call('POST', path`/api/emergencies/${emergency}/open`, readEscrowed, { statement: envelopeJson(request) });
}

/** Older messages of it. */
export function getEmergencyMessages(emergency: EmergencyId, before: number): Promise<Escrowed> {
  return call('GET', path`/api/emergencies/${emergency}/messages` + `?before=${before}`, readEscrowed);
}
