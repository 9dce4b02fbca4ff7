/** In whose place somebody acts: cover is named as that wherever it acts, by the teams' own verified chains. */

import { termsToShow } from '../protocol/consentChain.ts';
import { formatTime } from '../protocol/encoding.ts';
import type { AccountId } from '../protocol/ids.ts';
import { isId } from '../protocol/ids.ts';
import { isActive } from '../protocol/members.ts';
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

/** The teams that read a conversation: those among its readers, and those whose people read in their place because somebody of them is blocked. */
export function readingTeams({ control, surroundings }: ReadableConversation): readonly TeamChain[] {
  const { consents, teams } = surroundings;
  const now = formatTime(new Date());
  const apart = consents.blocks.length === 0 ? [] : termsToShow(consents).filter((one) => isActive(one, control.conversation, now));
  const readers = [...control.running.epoch.readers.map(({ reader }) => reader), ...apart.map(({ grantee }) => grantee)];
  return [...new Set(readers)].flatMap((reader) => {
    const team = isId(reader, 'tea') ? teams.get(reader) : undefined;
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
