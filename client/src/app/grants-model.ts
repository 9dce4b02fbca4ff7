/** A patient's agreements as the interface shows them, from verified consents. */

import { blockedAt, termsToShow, type ConsentChain, type Decision } from '../protocol/consentChain.ts';
import { changeOf } from '../protocol/consentChange.ts';
import { formatTime } from '../protocol/encoding.ts';
import { isId, type AccountId, type ConversationId, type GranteeId } from '../protocol/ids.ts';
import type { ConsentBody } from '../protocol/kinds/consent.ts';
import { readersAt } from '../protocol/teamChain.ts';
import type { Terms as ProtocolTerms } from '../sync/consents.ts';
import type { Engine } from '../sync/engine.ts';
import type { ConsentEvent, Grant, Terms } from '../views/models/who-can-read.ts';
import type { Person } from '../views/models/person.ts';
import { t } from '../views/words.ts';
import { asActing } from './acting.ts';
import type { People } from './people.ts';

const DAY = 24 * 60 * 60 * 1000;
const ENDS_SOON = 14 * DAY;

export class GrantsModel {
  constructor(
    private readonly engine: Engine,
    private readonly people: People,
  ) {}

  /** What is in effect or will be, in the order in which it was given. */
  grants(now: Date): readonly Grant[] {
    const standing = termsToShow(this.chain).filter(({ until }) => until === null || new Date(until) > now);
    return standing.map((consent) => this.grant(consent, standing, now));
  }

  /** Everything that was decided, and what ended by itself, newest first. */
  events(now: Date): readonly ConsentEvent[] {
    const decided = (this.chain?.decisions ?? []).map((decision) => this.event(decision));
    return [...decided, ...this.ended(now), ...this.ofTeams(), ...this.ofBlocks(), ...this.ofEmergencies()].sort((one, other) => other.at.getTime() - one.at.getTime());
  }

  /** Whom the patient keeps from reading now. */
  get blocked(): readonly Person[] {
    return [...this.shutOut].map((account) => this.people.person(account));
  }

  /** Whether two custodians can open what the patient writes now. */
  get isOptedIn(): boolean {
    return this.chain?.choices.at(-1)?.optedIn ?? false;
  }

  /** What a consent says now; undefined where none has this id. */
  standing(id: string): ConsentBody | undefined {
    return termsToShow(this.chain).find(({ consent }) => consent === id);
  }

  /** A team's name, or a person's. */
  nameOf(reader: GranteeId): string {
    return isId(reader, 'tea') ? (this.engine.teams.chains.get(reader)?.name ?? t('consents.a_team')) : this.people.person(reader).name;
  }

  /** Who is in a team now. */
  membersOf(reader: GranteeId): readonly Person[] {
    const team = isId(reader, 'tea') ? this.engine.teams.chains.get(reader) : undefined;
    const now = formatTime(new Date());
    return team ? readersAt(team, now).map((account) => asActing(this.people.person(account), account, [team], now)) : [];
  }

  private get shutOut(): ReadonlySet<AccountId> {
    const { chain } = this;
    return !chain || chain.newer.length > 0 ? new Set() : blockedAt(chain);
  }

  private get chain(): ConsentChain | null {
    return this.engine.directory.consentsNow(this.engine.session.account);
  }

  private grant(consent: ConsentBody, standing: readonly ConsentBody[], now: Date): Grant {
    const { grantee } = consent;
    const [begins, end] = [new Date(consent.not_before), consent.until === null ? null : lastInstant(consent.until)];
    const soon = end !== null && end.getTime() - now.getTime() < ENDS_SOON;
    return {
      id: consent.consent,
      name: this.nameOf(grantee),
      person: isId(grantee, 'acc') ? this.people.person(grantee) : null,
      members: this.membersOf(grantee).filter(({ id }) => !this.shutOut.has(`acc_${id}`)),
      blocked: isId(grantee, 'acc') && this.shutOut.has(grantee),
      state: begins > now ? 'future' : soon ? 'ending' : 'active',
      terms: shownTerms(consent),
      conversation: consent.scope === 'all' ? null : this.conversationName(consent.scope),
      begins,
      from: consent.from === null ? null : new Date(consent.from),
      until: end,
      alsoThrough: standing.filter((other) => other !== consent && this.alsoReads(other, grantee)).map((other) => this.throughWords(other)),
    };
  }

  private alsoReads(other: ConsentBody, grantee: GranteeId): boolean {
    if (isId(grantee, 'acc') && this.shutOut.has(grantee)) return false;
    if (other.grantee === grantee) return true;
    if (!isId(grantee, 'acc') || !isId(other.grantee, 'tea')) return false;
    const team = this.engine.teams.chains.get(other.grantee);
    return team !== undefined && readersAt(team, formatTime(new Date())).includes(grantee);
  }

  private throughWords(other: ConsentBody): string {
    return isId(other.grantee, 'tea') ? this.nameOf(other.grantee) : t('consents.another');
  }

  private conversationName(id: ConversationId): string | null {
    return this.engine.list.conversations.find((listed) => listed.id === id)?.readable?.name ?? null;
  }

  private event({ hash, time, did, before, after }: Decision): ConsentEvent {
    const grantee = (after ?? before)?.grantee;
    return {
      id: hash,
      at: new Date(time),
      name: grantee ? this.nameOf(grantee) : '',
      did: did === 'revoked' ? 'taken_off' : did,
      codes: before && after ? changeOf(before, after) : [],
    };
  }

  /** Who came to read for a team and who left it, from the first day on which the team could read. */
  private ofTeams(): readonly ConsentEvent[] {
    const decisions = this.chain?.decisions ?? [];
    return [...this.engine.teams.chains.values()].flatMap((team) => {
      const first = decisions.find(({ after }) => after?.grantee === team.team)?.time;
      const seen = first === undefined ? [] : team.events.filter(({ time }) => time > first);
      return seen.map(({ what, account, time, place, cover }): ConsentEvent => {
        const period = cover && { cover: { from: new Date(cover.from), until: new Date(cover.until) } };
        const named = { name: this.people.person(account).name, team: team.name };
        return { id: `${team.team}-${place}-${account}`, at: new Date(time), did: `team_${what}`, codes: [], ...named, ...period };
      });
    });
  }

  private ofBlocks(): readonly ConsentEvent[] {
    const blocks = this.chain?.blocks ?? [];
    return blocks.map(({ hash, time, account, blocked }) => ({
      ...{ id: hash, at: new Date(time), name: this.people.person(account).name, codes: [] },
      did: blocked ? 'blocked' : 'unblocked',
    }));
  }

  private ofEmergencies(): readonly ConsentEvent[] {
    const choices = this.chain?.choices ?? [];
    return choices.map(({ hash, time, optedIn }) => ({
      ...{ id: hash, at: new Date(time), name: '', codes: [] },
      did: optedIn ? 'emergency_on' : 'emergency_off',
    }));
  }

  private ended(now: Date): readonly ConsentEvent[] {
    return termsToShow(this.chain).flatMap(({ consent, grantee, until }): readonly ConsentEvent[] => {
      if (until === null || new Date(until) > now) return [];
      return [{ id: `${consent}-ended`, at: new Date(until), name: this.nameOf(grantee), did: 'ended', codes: [] }];
    });
  }
}

/** What a form says, as the protocol says it; days that were not touched keep their exact instants. */
export function protocolTerms(terms: Terms, before: ConsentBody | undefined): ProtocolTerms {
  const shown = before && shownTerms(before);
  return {
    scope: terms.scope as ProtocolTerms['scope'],
    purpose: terms.purpose,
    history: terms.history,
    from: terms.history !== 'from' ? null : before?.from && shown?.from === terms.from ? before.from : formatTime(startOf(terms.from)),
    not_before: before?.not_before ?? null,
    until: terms.until === '' ? null : before?.until && shown?.until === terms.until ? before.until : formatTime(endOf(terms.until)),
    may_open: terms.mayOpen,
  };
}

/** What the protocol says, as a form does. */
export function shownTerms({ scope, purpose, history, from, until, may_open: mayOpen }: Omit<ProtocolTerms, 'not_before'>): Terms {
  return { scope, purpose, history, from: from === null ? '' : dayOf(new Date(from)), until: until === null ? '' : dayOf(lastInstant(until)), mayOpen };
}

/** A period ends before its end: at midnight it is the day before that people mean. */
export function lastInstant(until: string): Date {
  return new Date(new Date(until).getTime() - 1);
}

/** By this browser's clock, as date fields have it. */
function dayOf(at: Date): string {
  const two = (figure: number): string => String(figure).padStart(2, '0');
  return `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;
}

function startOf(day: string): Date {
  return new Date(`${day}T00:00:00`);
}

function endOf(day: string): Date {
  const start = startOf(day);
  return new Date(start.getFullYear(), start.getMonth(), start.getDate() + 1);
}

/** Whose cards have to be here before {@link GrantsModel} can name everybody. */
export function namedAccounts(chain: ConsentChain | null): readonly AccountId[] {
  const grantees = (chain?.decisions ?? []).map(({ before, after }) => (after ?? before)?.grantee);
  const blocked = (chain?.blocks ?? []).map(({ account }) => account);
  return [...blocked, ...grantees.flatMap((grantee) => (grantee && isId(grantee, 'acc') ? [grantee] : []))];
}
