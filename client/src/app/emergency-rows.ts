/** Verified emergencies as their page shows them. */

import { ApiError, Unreachable } from '../api/http.ts';
import { openedAt, runsAt } from '../protocol/emergencyChain.ts';
import { formatTime } from '../protocol/encoding.ts';
import { ProtocolError } from '../protocol/errors.ts';
import type { AccountId, ConversationId } from '../protocol/ids.ts';
import { NewKeys, type KnownEmergency } from '../sync/emergencies.ts';
import { NotInLog } from '../sync/emergency-proof.ts';
import type { EmergenciesModel, EmergencyRow, EmergencyState, EmergencyTrouble } from '../views/models/emergencies.ts';
import type { People } from './people.ts';

/** As whom somebody takes part. */
export type EmergencyView = EmergenciesModel['view'];

/** Who looks, and when. */
export interface EmergencyViewer {
  readonly view: EmergencyView;
  readonly people: People;
  readonly me: AccountId;
  readonly now: Date;
}

export function emergencyRow({ emergency, text, served }: KnownEmergency, { view, people, me, now }: EmergencyViewer): EmergencyRow {
  const { id, request, releases, closing } = emergency;
  const state = stateOf(emergency, now);
  const releasedByMe = releases.some(({ body }) => body.custodian === me);
  return {
    ...{ id, text, state, releasedByMe, reason: request.reason },
    patient: people.person(request.patient),
    requester: people.person(request.requester),
    requestedAt: new Date(served.requested),
    until: new Date(request.until),
    releases: releases.map(({ body, time }) => ({ by: people.person(body.custodian), at: new Date(time) })),
    closing: closing && { by: people.person(closing.account), at: new Date(closing.time), finding: closing.finding },
    deed: deedOf(view, state, closing !== null, releasedByMe),
  };
}

function deedOf(view: EmergencyView, state: EmergencyState, closed: boolean, releasedByMe: boolean): EmergencyRow['deed'] {
  if (view === 'compliance') return closed ? null : 'close';
  if (view === 'custodian') return state === 'waiting' && !releasedByMe ? 'release' : null;
  return state === 'open' ? 'read' : null;
}

function stateOf(emergency: KnownEmergency['emergency'], now: Date): EmergencyState {
  const at = formatTime(now);
  if (runsAt(emergency, at)) return 'open';
  return openedAt(emergency) === null && emergency.closing === null && at < emergency.request.until ? 'waiting' : 'over';
}

/** When a conversation was begun, as its id has it: all that somebody without access may know of it. */
export function begunAt(conversation: ConversationId): Date {
  return new Date(Number.parseInt(conversation.slice(4, 16), 16));
}

/** What went wrong, for the person. @throws what is none of this page's to say */
export function troubleOf(error: unknown, people: People): EmergencyTrouble {
  if (error instanceof NewKeys) return { why: 'new_keys', who: people.person(error.account) };
  return { why: reasonOf(error), who: null };
}

function reasonOf(error: unknown): EmergencyTrouble['why'] {
  if (error instanceof NotInLog) return 'not_in_log';
  if (error instanceof Unreachable) return 'unreachable';
  if (error instanceof ProtocolError) return 'not_genuine';
  if (!(error instanceof ApiError)) throw error;
  if (error.code === 'not_found') return 'nobody';
  if (error.code === 'not_opted_in') return 'not_opted_in';
  return error.code === 'emergency_over' ? 'over' : 'our_fault';
}
