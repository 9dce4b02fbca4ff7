/** When a team's next key is due, and for whom (docs/protocol.md §5). */

import type { AccountChain } from './accountChain.ts';
import type { AccountId } from './ids.ts';
import { CARE_STAFF } from './kinds/invitation.ts';
import { knownAccount, type Accounts } from './signers.ts';
import { runningGeneration, type TeamChain } from './teamChain.ts';
import { isOver } from './teamStays.ts';

export type GenerationReason = 'left' | 'cover_ended' | 'key';

/** Who holds the running key and is in the team at an instant, cover that has not begun yet too; sorted. */
export function nextMembers(team: TeamChain, at: string): readonly AccountId[] {
  const stays = team.stays.filter((stay) => stay.ended === null && !isOver(stay, at)).map(({ account }) => account);
  return [...(runningGeneration(team)?.members.keys() ?? [])].filter((account) => stays.includes(account)).sort();
}

/**
 * Whether somebody who may has placed an account in the team, so that a member may seal it the running key. Asked before anything is sealed: who else waits, waits
 * by the server's word alone.
 */
export function isPlaced(team: TeamChain, { account, role, invitation }: AccountChain, at: string): boolean {
  const newest = team.stays.findLast((stay) => stay.account === account);
  if (newest) return !isOver(newest, at);
  return CARE_STAFF.has(role) && role !== 'cover' && invitation.teams.includes(team.team);
}

/**
 * Why a member makes the team's next key before anything else, or null: the gravest reason of those that hold.
 *
 * @throws ProtocolError `unknown_account`
 */
export function generationDue(team: TeamChain, accounts: Accounts, at: string): GenerationReason | null {
  const held = [...(runningGeneration(team)?.members.values() ?? [])];
  const next = nextMembers(team, at);
  const gone = held.filter(({ account }) => !next.includes(account));
  if (gone.some(({ account }) => !team.stays.some((stay) => stay.account === account && stay.ended === null))) return 'left';
  if (gone.length > 0) return 'cover_ended';
  return held.some(({ account, key }) => knownAccount(accounts, account).current.sealing.id !== key) ? 'key' : null;
}
