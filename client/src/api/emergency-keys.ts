/** The call that gives a conversation an emergency key (docs/api.md, Conversations). */

import type { Bytes } from '../protocol/encoding.ts';
import type { AccountId, ConversationId } from '../protocol/ids.ts';
import type { Envelope } from '../protocol/statement.ts';
import { nothing } from './answers.ts';
import { boxesJson } from './boxes.ts';
import { envelopeJson } from './doors.ts';
import { call, path } from './http.ts';

/** A new emergency key, with each custodian's share of it. @throws ApiError `not_opted_in`, `chain_moved`, `unknown_custodians` */
export function postEmergencyKey(conversation: ConversationId, statement: Envelope, boxes: ReadonlyMap<AccountId, Bytes>): Promise<null> {
  return call('POST', path`/api/conversations/${conversation}/emergency-key`, nothing, { statement: envelopeJson(statement), boxes: boxesJson(boxes) });
}
