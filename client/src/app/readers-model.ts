/** Who can read a conversation, with how this device knows that their keys are theirs. */

import { termsToShow } from '../protocol/consentChain.ts';
import { formatTime } from '../protocol/encoding.ts';
import { isId, type AccountId, type ReaderId } from '../protocol/ids.ts';
import type { ConsentBody } from '../protocol/kinds/consent.ts';
import { isActive } from '../protocol/members.ts';
import { safetyCode, sharedCode, type SafetyCode } from '../protocol/safetyCode.ts';
import { readersAt, stayAt } from '../protocol/teamChain.ts';
import { coveredAccounts } from '../sync/blocks.ts';
import type { ReadableConversation } from '../sync/control-reader.ts';
import { isEscrowed } from '../sync/emergency-keys.ts';
import type { Engine } from '../sync/engine.ts';
import type { Reader, Readers, Safety } from '../views/models/readers.ts';
import { t } from '../views/words.ts';
import { TEAM_ROLE_WORDS } from '../views/pages/clinic-team-people.ts';
import { asActing, readingTeams } from './acting.ts';
import type { People } from './people.ts';
import type { ReadersSeen } from './readers-seen.ts';

export class ReadersModel {
  /** Codes that were computed, by the id of the other's signing key. */
  private readonly codes = new Map<string, SafetyCode | null>();

  constructor(
    private readonly engine: Engine,
    private readonly people: People,
    /** A code was computed: what shows it may be drawn again. */
    private readonly changed: () => void,
    private readonly seen: ReadersSeen,
  ) {}

  of(read: ReadableConversation | null): Readers {
    const { account: me } = this.engine.session;
    if (!read) return { people: [], changedSinceLastVisit: false, escrowed: false };
    const others = coveredAccounts(read).filter((account) => account !== me);
    const people = others.map((account) => this.reader(account, read));
    const changedSinceLastVisit = this.seen.differ(others) || people.some(({ safety }) => safety === 'changed');
    return { people, changedSinceLastVisit, escrowed: isEscrowed(read) };
  }

  private reader(account: AccountId, read: ReadableConversation): Reader {
    const through = readersThrough(account, read);
    const consent = consentOf(through, read);
    return {
      ...asActing(this.people.person(account), account, readingTeams(read), formatTime(new Date())),
      why: account === read.control.patient ? t('readers.patient') : through.map((reader) => standing(account, reader, read)).join(', '),
      since: new Date(consent?.not_before ?? read.control.links[0]?.time ?? read.control.running.time),
      until: consent?.until ? new Date(consent.until) : null,
      safety: this.safety(account),
      safetyCode: this.code(account),
    };
  }

  private safety(account: AccountId): Safety {
    if (this.engine.directory.standing(account) === 'key_changed') return 'changed';
    return this.engine.directory.isCompared(account) ? 'compared' : 'vouched';
  }

  /** Twelve groups, the same on both screens; null until they are computed. */
  private code(account: AccountId): SafetyCode | null {
    const theirs = this.engine.directory.known(account)?.current;
    if (!theirs) return null;
    const known = this.codes.get(theirs.signing.id);
    if (known !== undefined) return known;
    this.codes.set(theirs.signing.id, null);
    const { chain, account: me } = this.engine.session;
    const mine = chain.current;
    const both = [safetyCode(me, mine.signing.bytes, mine.sealing.id), safetyCode(account, theirs.signing.bytes, theirs.sealing.id)] as const;
    void Promise.all(both).then(([one, other]) => {
      this.codes.set(theirs.signing.id, sharedCode(one, other));
      this.changed();
    });
    return null;
  }
}

/** By which of a conversation's readers an account can read: itself, or teams it is in. */
function readersThrough(account: AccountId, read: ReadableConversation): readonly ReaderId[] {
  const { control, surroundings } = read;
  // Where somebody of a team is blocked the others read in its place, and still for it.
  const readers = new Set([...control.running.epoch.readers.map(({ reader }) => reader), ...readingTeams(read).map(({ team }) => team)]);
  const now = formatTime(new Date());
  return [...readers].filter((reader) => {
    const team = isId(reader, 'tea') ? surroundings.teams.get(reader) : undefined;
    return team ? readersAt(team, now).includes(account) : reader === account;
  });
}

function consentOf(through: readonly ReaderId[], { control, surroundings }: ReadableConversation): ConsentBody | null {
  const now = new Date().toISOString();
  const active = termsToShow(surroundings.consents).filter((consent) => isActive(consent, control.conversation, now));
  return active.find(({ grantee }) => through.includes(grantee)) ?? null;
}

/** The team by which somebody reads, and what they are in it. */
function standing(account: AccountId, reader: ReaderId, { surroundings }: ReadableConversation): string {
  const team = isId(reader, 'tea') ? surroundings.teams.get(reader) : undefined;
  const role = team && stayAt(team, account, formatTime(new Date()))?.role;
  return [team?.name ?? '', role ? t(TEAM_ROLE_WORDS[role]) : ''].filter(Boolean).join(' · ');
}
