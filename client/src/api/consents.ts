/** Calls that change who reads: consents with the rotations that follow from them, and earlier epochs (docs/api.md). */

import { b64u, type Bytes } from '../protocol/encoding.ts';
import type { ConversationId, ReaderId } from '../protocol/ids.ts';
import * as shape from '../protocol/shape.ts';
import type { Envelope } from '../protocol/statement.ts';
import { fields, nothing } from './answers.ts';
import { boxesJson } from './boxes.ts';
import { envelopeJson } from './doors.ts';
import { call, path } from './http.ts';

/** A new epoch of one conversation, as it travels beside the consent that it follows from. */
export interface PostedRotation {
  readonly conversation: ConversationId;
  readonly statement: Envelope;
  readonly boxes: ReadonlyMap<ReaderId, Bytes>;
  readonly name: Bytes | null;
}

/** A consent, its change or its end, with what follows from it: all of it or nothing. Gives the chain's new head. @throws ApiError `chain_moved` */
export async function postConsent(statement: Envelope, rotations: readonly PostedRotation[]): Promise<string> {
  const posted = rotations.map((one) => ({
    conversation: one.conversation,
    statement: envelopeJson(one.statement),
    boxes: boxesJson(one.boxes),
    name: one.name && b64u(one.name),
  }));
  return (await call('POST', '/api/consents', fields({ head: shape.hash }), { statement: envelopeJson(statement), rotations: posted })).head;
}

/** Keys of earlier epochs, sealed to a later reader; boxes by epoch number. @throws ApiError `chain_moved` */
export function postHistory(conversation: ConversationId, statement: Envelope, boxes: ReadonlyMap<number, Bytes>): Promise<null> {
  const travelling = boxesJson(new Map([...boxes].map(([epoch, box]) => [String(epoch), box])));
  return call('POST', path`/api/conversations/${conversation}/history`, nothing, { statement: envelopeJson(statement), boxes: travelling });
}
