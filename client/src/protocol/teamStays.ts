/** Who stands in a care team, as what and for how long: what a team's chain says of people (docs/protocol.md §5). */

import type { AccountChain } from './accountChain.ts';
import { ProtocolError } from './errors.ts';
import type { AccountId, TeamId } from './ids.ts';
import type { TeamMember } from './kinds/team.ts';
import type { CoverPeriod, TeamAppointmentBody, TeamRole } from './kinds/teamPeople.ts';
import type { SealingPublicKey } from './sealing.ts';

/** One key of a team and everybody who was given it. */
export interface Generation {
  readonly number: number;
  readonly sealingKey: SealingPublicKey;
  readonly members: ReadonlyMap<AccountId, TeamMember>;
  /** The hash of the link ciphertext; null at generation 1. */
  readonly link: string | null;
  readonly hash: string;
}

/** Somebody in a team: from one decision about them to the next. `cover` is its period where they stand in. */
export interface Stay {
  readonly account: AccountId;
  /** As what; null where nobody has said: then it is what the clinic invited the account as. */
  readonly role: TeamRole | null;
  readonly cover: CoverPeriod | null;
  /** Empty for a stay that nothing of the same account came before: it counts as early as the key reaches. */
  readonly since: string;
  readonly ended: string | null;
}

/** Something that patients see of a team: who came to hold its key, as a member or as cover, and who left. */
export interface TeamEvent {
  readonly what: 'joined' | 'covers' | 'left';
  readonly account: AccountId;
  readonly by: AccountId;
  readonly time: string;
  readonly place: number;
  readonly cover: CoverPeriod | null;
}

/** Who holds a team's key and stands in it; with the period where they are cover. */
export type TeamPeople = ReadonlyMap<AccountId, CoverPeriod | null>;

/**
 * Who held the running key and stood in the team from a time on, cover with its period. `since` is the time of the statement that made it so, or of an
 * earlier one that says to be later; empty at first.
 */
export interface TeamState {
  readonly since: string;
  readonly people: TeamPeople;
}

/** Whether a stay counts at an instant (a protocol time: such texts sort as the instants do). */
export function runsAt({ since, ended, cover }: Stay, at: string): boolean {
  const within = cover === null || (cover.from <= at && at < cover.until);
  return since <= at && (ended === null || at < ended) && within;
}

/** Whether it counts no more at an instant, nor later. */
export function isOver({ ended, cover }: Stay, at: string): boolean {
  return ended !== null || (cover !== null && cover.until <= at);
}

/** The stays of one team while its chain is read. */
export class Stays {
  readonly all: Stay[] = [];

  constructor(private readonly team: TeamId) {}

  /** The stay of an account that no decision has ended; a cover's time may be over all the same. */
  current(account: AccountId): Stay | null {
    return this.all.findLast((stay) => stay.account === account && stay.ended === null) ?? null;
  }

  /** Whether an account stands in the team for good, not as cover. */
  isMember(account: AccountId): boolean {
    const stay = this.current(account);
    return stay !== null && stay.cover === null;
  }

  /** Takes up an appointment. @throws ProtocolError `nothing_changed` */
  appoint({ account, role, cover }: TeamAppointmentBody, time: string): void {
    const stay = this.current(account);
    if (stay?.role === role && stay.cover?.from === cover?.from && stay.cover?.until === cover?.until) {
      throw new ProtocolError('nothing_changed', 'this appointment changes nothing');
    }
    this.end(account, time);
    this.all.push({ account, role, cover, since: this.since(account, time), ended: null });
  }

  /**
   * The stay of somebody who is given the key. The clinic's invitation places an account in the teams it names, once: not who was invited as cover, and
   * not who has left. `named` are placed by being named as managers.
   *
   * @throws ProtocolError `not_appointed`
   */
  enter(chain: AccountChain, time: string, named: readonly AccountId[] = []): Stay {
    const { account } = chain;
    let stay = this.current(account);
    if (!stay && (named.includes(account) || this.isInvited(chain))) {
      stay = { account, role: null, cover: null, since: this.since(account, time), ended: null };
      this.all.push(stay);
    }
    if (!stay || isOver(stay, time)) throw new ProtocolError('not_appointed', 'nobody who may has placed this account in the team');
    return stay;
  }

  /** Ends a stay, or an invitation into the team that was not taken up. @throws ProtocolError `not_in_the_team` */
  leave(chain: AccountChain, time: string): void {
    const { account } = chain;
    if (!this.current(account) && !this.isInvited(chain)) throw new ProtocolError('not_in_the_team', 'this account is not in the team');
    if (!this.end(account, time)) this.all.push({ account, role: null, cover: null, since: time, ended: time });
  }

  private end(account: AccountId, time: string): boolean {
    const place = this.all.findIndex((stay) => stay.account === account && stay.ended === null);
    const stay = this.all[place];
    if (stay) this.all[place] = { ...stay, ended: time };
    return stay !== undefined;
  }

  private since(account: AccountId, time: string): string {
    return this.all.some((stay) => stay.account === account) ? time : '';
  }

  private isInvited({ account, role, invitation }: AccountChain): boolean {
    return role !== 'cover' && invitation.teams.includes(this.team) && !this.all.some((stay) => stay.account === account);
  }
}
