/** A care team: who manages it, who stands in it, and who holds each generation's key (docs/protocol.md §2, §5). */

import { ChainWalk, firstOf } from './chain.ts';
import type { ClinicChain } from './clinicChain.ts';
import { formatTime, parseTime } from './encoding.ts';
import { ProtocolError } from './errors.ts';
import type { AccountId, ClinicId, TeamId } from './ids.ts';
import { TEAM_CREATE } from './kinds/team.ts';
import type { Accounts } from './signers.ts';
import { peekHeader, verify, type Envelope } from './statement.ts';
import { TeamReading } from './teamReading.ts';
import { runsAt, type Generation, type Stay, type TeamEvent, type TeamPeople, type TeamState } from './teamStays.ts';

/** How far the times of two statements may be from their order, in ms: each is within ten minutes of when it was taken. */
const CLOCKS_APART = 20 * 60 * 1000;

/** A verified team; without a generation it has no key yet and can read nothing. */
export interface TeamChain {
  readonly team: TeamId;
  readonly clinic: ClinicId;
  readonly name: string;
  readonly managers: readonly AccountId[];
  readonly generations: readonly Generation[];
  /** Who stands or stood in the team, in the order of the chain. */
  readonly stays: readonly Stay[];
  readonly events: readonly TeamEvent[];
  readonly hashes: readonly string[];
  /** Who held the running key and stood in the team, from each change of that on; the first is nobody. */
  readonly states: readonly TeamState[];
}

/** The verified teams, by id. */
export type Teams = ReadonlyMap<TeamId, TeamChain>;

/** The newest generation. */
export function runningGeneration(team: TeamChain): Generation | null {
  return team.generations.at(-1) ?? null;
}

/** The generation whose sealing key has this id. */
export function generationWithKey(team: TeamChain | null | undefined, keyId: string): Generation | null {
  return team?.generations.find((generation) => generation.sealingKey.id === keyId) ?? null;
}

/** Who holds the running key and stands in the team, cover outside its period too. */
export function peopleOf({ states }: TeamChain): TeamPeople {
  return states.at(-1)?.people ?? new Map<never, never>();
}

/** In which ways the team may have stood at an instant, by clocks that are up to twenty minutes from each other. */
export function peopleAround({ states }: TeamChain, at: string): readonly TeamPeople[] {
  const instant = parseTime(at).getTime();
  const first = formatTime(new Date(instant - CLOCKS_APART));
  const last = formatTime(new Date(instant + CLOCKS_APART));
  const around = states.filter(({ since }, place) => {
    const end = states[place + 1]?.since;
    return (place === 0 || since <= last) && (end === undefined || end >= first);
  });
  return around.map(({ people }) => people);
}

/** The stay by which an account acts for a team at an instant; the newest of those that count then. */
export function stayAt(team: TeamChain, account: AccountId, at: string): Stay | null {
  return team.stays.findLast((stay) => stay.account === account && runsAt(stay, at)) ?? null;
}

/** Whether an account was given a generation's key and stands in the team at an instant. */
export function readsFor(team: TeamChain, generation: Generation | null, account: AccountId, at: string): boolean {
  return generation !== null && generation.members.has(account) && stayAt(team, account, at) !== null;
}

/** Who holds the running key and stands in the team at an instant, sorted. */
export function readersAt(team: TeamChain, at: string): readonly AccountId[] {
  const running = runningGeneration(team);
  return [...(running?.members.keys() ?? [])].filter((account) => readsFor(team, running, account, at)).sort();
}

/**
 * The team with this id. The clinic names it and its managers, and may take anybody out. A manager makes generation 1; the clinic or a manager says who is to
 * stand in the team; a member seals them the key. A member makes the next key for exactly who stands in the team then; a manager may leave others out of it. Who
 * makes a key knows it, so its maker is listed.
 *
 * @throws ProtocolError `empty_chain`, `broken_chain`, `wrong_team`, `wrong_clinic`, `not_the_manager`, `not_a_member`, `maker_not_a_member`,
 * `not_care_staff`, `not_appointed`, `members_left_out`, `not_in_the_team`, `nobody_left`, `nothing_changed`, `wrong_generation`, `already_a_member`,
 * `unknown_account`, `unknown_member_key`, `unknown_signer`, `retired_key`, `key_reused`, and what `verify` throws.
 */
export async function verifyTeamChain(
  envelopes: readonly Envelope[],
  team: TeamId,
  clinic: ClinicChain,
  accounts: Accounts,
): Promise<TeamChain> {
  const { body, header, hash } = await verify(firstOf(envelopes), TEAM_CREATE, { clinic: clinic.key });
  if (body.team !== team) throw new ProtocolError('wrong_team', 'another team');
  if (body.clinic !== clinic.clinic) throw new ProtocolError('wrong_clinic', "another clinic's team");
  const walk = new ChainWalk(`team:${team}`);
  walk.take(header, hash);
  const reading = new TeamReading(body, clinic.key, accounts);
  for (const envelope of envelopes.slice(1)) {
    if (await walk.takeIfNewer(envelope)) continue;
    await reading.read(envelope, walk);
    reading.notePeople(peekHeader(envelope).time);
  }
  const { name, managers, generations, events, states } = reading;
  return { team, clinic: body.clinic, name, managers, generations, stays: reading.stays.all, events, hashes: walk.hashes, states };
}
