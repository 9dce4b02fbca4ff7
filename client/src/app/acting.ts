/** In whose place somebody acts: cover is named as that wherever it acts, by the teams' own verified chains. */

import { formatTime } from '../protocol/encoding.ts';
import type { AccountId } from '../protocol/ids.ts';
import { isId } from '../protocol/ids.ts';
import { stayAt, type TeamChain } from '../protocol/teamChain.ts';
import type { ReadableConversation } from '../sync/control-reader.ts';
import type { CoverLabel, Person } from '../views/models/person.ts';

/** The person as they act for these teams at an instant; unchanged where one of the teams is their own. */
export function asActing(person: Person, account: AccountId, teams: readonly TeamChain[], at: string): Person {
  const stays = teams.flatMap((team) => {
    const stay = stayAt(team, account, at);
    return stay ? [{ team: team.name, cover: stay.cover }] : [];
  });
  const [first] = stays;
  if (!first?.cover || stays.some(({ cover }) => cover === null)) return person;
  return { ...person, cover: { team: first.team, until: new Date(first.cover.until) } };
}

/** The teams among a conversation's readers. */
export function readingTeams({ control, surroundings }: ReadableConversation): readonly TeamChain[] {
  return control.running.epoch.readers.flatMap(({ reader }) => {
    const team = isId(reader, 'tea') ? surroundings.teams.get(reader) : undefined;
    return team ? [team] : [];
  });
}

/** The teams for which an account stands in now, and until when. */
export function coveredTeams(teams: readonly TeamChain[], account: AccountId, now: Date): readonly CoverLabel[] {
  return teams.flatMap((team) => {
    const cover = stayAt(team, account, formatTime(now))?.cover;
    return cover ? [{ team: team.name, until: new Date(cover.until) }] : [];
  });
}
