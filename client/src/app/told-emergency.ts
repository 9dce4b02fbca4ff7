/** Verified emergencies as a patient is told of them, on the first screen and in the thread. */

import { openedAt, runsAt, type Emergency } from '../protocol/emergencyChain.ts';
import { formatTime } from '../protocol/encoding.ts';
import type { ConversationId } from '../protocol/ids.ts';
import type { KnownEmergency } from '../sync/emergencies.ts';
import type { EventEntry } from '../views/models/thread.ts';
import type { ToldEmergency } from '../views/models/told-emergency.ts';
import type { People } from './people.ts';

export function toldEmergency({ emergency, text }: KnownEmergency, people: People, conversationName: string | null, now: Date): ToldEmergency {
  const { id, request, releases, time } = emergency;
  return {
    ...{ id, conversation: request.conversation, conversationName, text, reason: request.reason },
    who: people.person(request.requester),
    state: stateOf(emergency, formatTime(now)),
    agreed: releases.map(({ body }) => people.person(body.custodian)),
    requestedAt: new Date(time),
    until: new Date(request.until),
  };
}

function stateOf(emergency: Emergency, at: string): ToldEmergency['state'] {
  if (runsAt(emergency, at)) return 'open';
  if (openedAt(emergency) !== null) return 'over';
  return emergency.closing === null && at < emergency.request.until ? 'waiting' : 'lapsed';
}

/** Lines for the thread of the conversation that was asked for: that somebody asked, was let in, and that it ended. */
export function emergencyEvents(known: readonly KnownEmergency[], conversation: ConversationId, people: People, now: Date): readonly EventEntry[] {
  return known.flatMap(({ emergency }) => (emergency.request.conversation === conversation ? eventsOf(emergency, people, now) : []));
}

function eventsOf(emergency: Emergency, people: People, now: Date): readonly EventEntry[] {
  const { id, request, time, closing } = emergency;
  const [who, opened, until] = [people.person(request.requester), openedAt(emergency), new Date(request.until)];
  const event = (what: string, at: string | Date, said: EventEntry['event']): EventEntry => ({ type: 'event', id: `${id}-${what}`, at: new Date(at), event: said });
  const asked = event('asked', time, { what: 'emergency_asked', who });
  if (opened === null) return [asked];
  const ended = closing && new Date(closing.time) < until ? new Date(closing.time) : until;
  const over = ended <= now ? [event('over', ended, { what: 'emergency_over', who })] : [];
  return [asked, event('open', opened, { what: 'emergency_open', who, until }), ...over];
}
