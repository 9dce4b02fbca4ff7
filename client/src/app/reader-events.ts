/** What changed about a conversation's readers, as lines that stand in the thread at their time; from verified chains alone. */

import type { Decision } from '../protocol/consentChain.ts';
import { termsToShow } from '../protocol/consentChain.ts';
import { isId, type AccountId, type GranteeId } from '../protocol/ids.ts';
import type { ConsentBody } from '../protocol/kinds/consent.ts';
import type { ReadableConversation } from '../sync/control-reader.ts';
import type { EventEntry, ThreadEntry } from '../views/models/thread.ts';
import { t } from '../views/words.ts';
import type { TeamChain } from '../protocol/teamChain.ts';
import type { TeamEvent } from '../protocol/teamStays.ts';
import { readingTeams } from './acting.ts';
import type { People } from './people.ts';

type Event = EventEntry['event'];

const DID = { given: 'consent_given', changed: 'consent_changed', revoked: 'consent_ended' } as const;

/** Oldest first; what was agreed before the conversation began is no change of it. */
export function readerEvents(read: ReadableConversation, people: People, me: AccountId, now: Date): readonly EventEntry[] {
  const { control, surroundings } = read;
  const began = control.links[0]?.time ?? control.running.time;
  const naming = (reader: GranteeId): string =>
    isId(reader, 'tea') ? (surroundings.teams.get(reader)?.name ?? t('consents.a_team')) : people.person(reader).name;
  const reaches = (terms: ConsentBody | null): boolean => terms !== null && (terms.scope === 'all' || terms.scope === control.conversation);
  const decided = surroundings.consents.decisions
    .filter(({ before, after, time }) => (reaches(before) || reaches(after)) && time > began)
    .map((decision) => entry(decision.hash, decision.time, decisionEvent(decision, naming, people, control.patient, me)));
  const chosen = surroundings.consents.choices.filter(({ time }) => time > began).map(({ hash, time, optedIn }) => {
    const what = optedIn ? 'emergency_on' : 'emergency_off';
    return entry(hash, time, { what, by: people.person(control.patient), mine: control.patient === me });
  });
  const blocked = surroundings.consents.blocks.filter(({ time }) => time > began).map(({ hash, time, account, blocked: isBlocked }) => {
    const what = isBlocked ? 'reader_blocked' : 'reader_unblocked';
    return entry(hash, time, { what, by: people.person(control.patient), mine: control.patient === me, name: naming(account) });
  });
  const ranOut = termsToShow(surroundings.consents)
    .filter((terms) => reaches(terms) && terms.until !== null && terms.until > began && new Date(terms.until) <= now)
    .map(({ consent, until, grantee }) => entry(`${consent}-ended`, until ?? '', { what: 'consent_ran_out', name: naming(grantee) }));
  const opened = control.history.map(({ statement, time, reader }) => entry(statement, time, { what: 'history_opened', name: naming(reader) }));
  const ofTeams = readingTeams(read).flatMap((team) => team.events.filter(({ time }) => time > began).map((one) => teamEntry(team, one, people)));
  return [...decided, ...blocked, ...chosen, ...ranOut, ...opened, ...ofTeams].sort((one, other) => one.at.getTime() - other.at.getTime());
}

function decisionEvent(
  { did, before, after }: Decision,
  naming: (reader: GranteeId) => string,
  people: People,
  patient: AccountId,
  me: AccountId,
): Event {
  const grantee = (after ?? before)?.grantee;
  return { what: DID[did], by: people.person(patient), mine: patient === me, name: grantee ? naming(grantee) : '' };
}

/** Who came to read for a team, in its own chain's word, and who left it. */
function teamEntry({ team, name }: TeamChain, { what, account, time, place, cover }: TeamEvent, people: People): EventEntry {
  const who = people.person(account);
  const id = `${team}-${place}-${account}`;
  if (what !== 'covers') return entry(id, time, { what: `team_${what}`, who, team: name });
  const [from, until] = [new Date(cover?.from ?? time), new Date(cover?.until ?? time)];
  return entry(id, time, { what: 'team_covers', who, team: name, from, until });
}

function entry(id: string, time: string, event: Event): EventEntry {
  return { type: 'event', id: `readers-${id}`, at: new Date(time), event };
}

/** Each event before the first entry that is later; those from before the stretch that is here are left to it. */
export function amongEntries(entries: readonly ThreadEntry[], events: readonly EventEntry[], wholeThread: boolean): readonly ThreadEntry[] {
  const first = entries[0]?.at;
  const waiting = events.filter(({ at }) => wholeThread || !first || at >= first);
  const merged: ThreadEntry[] = [];
  for (const one of entries) {
    while (waiting[0] && waiting[0].at < one.at) merged.push(...waiting.splice(0, 1));
    merged.push(one);
  }
  return [...merged, ...waiting];
}
