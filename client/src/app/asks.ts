/** Asks for a wider consent: how each stands by what was verified, and what staff can ask for. */

import type { Ask } from '../protocol/ask.ts';
import { placeIn } from '../protocol/chain.ts';
import { blockedAt, termsToShow, type ConsentChain, type Decision } from '../protocol/consentChain.ts';
import { changeOf } from '../protocol/consentChange.ts';
import { formatTime } from '../protocol/encoding.ts';
import { isId, type AccountId, type ConversationId, type GranteeId } from '../protocol/ids.ts';
import type { ConsentBody } from '../protocol/kinds/consent.ts';
import { CARE_STAFF } from '../protocol/kinds/invitation.ts';
import type { Header } from '../protocol/message.ts';
import type { ReadableConversation } from '../sync/control-reader.ts';
import type { Engine } from '../sync/engine.ts';
import type { AskChoices, AskedTerms, AskState, ReadingAsk } from '../views/models/ask.ts';
import { joinNames } from '../views/words.ts';
import { granteeChoices } from './grantee-choices.ts';
import { GrantsModel, lastInstant, protocolTerms, shownTerms } from './grants-model.ts';
import type { People } from './people.ts';

export class Asks {
  /** Goes up with everything that a thread shows of asks and that no message brings. */
  changes = 0;
  choices: AskChoices = { state: 'loading' };
  private readonly sought = new Map<AccountId, 'looking' | 'done'>();
  private readonly grants: GrantsModel;

  constructor(
    private readonly engine: Engine,
    private readonly people: People,
    private readonly changed: () => void,
  ) {
    this.grants = new GrantsModel(engine, people);
  }

  /** An ask as it stands now; `declined` where the patient has answered it in words. */
  of(ask: Ask, header: Header, read: ReadableConversation, declined: boolean): ReadingAsk {
    const { grantee, from, until } = ask;
    const state = this.stateOf(ask, header, read, declined);
    const known = state !== 'unknown' && state !== 'looking';
    const detail = isId(grantee, 'tea') ? joinNames(this.grants.membersOf(grantee).map(({ name }) => name)) : (this.people.person(grantee).credential ?? '');
    return {
      ...{ grantee, state, name: known ? this.grants.nameOf(grantee) : '', detail: known ? detail : '' },
      terms: shownTerms({ ...ask, may_open: false }),
      from: from === null ? null : new Date(from),
      until: until === null ? null : lastInstant(until),
      patient: this.people.person(read.control.patient).name,
    };
  }

  /** The body of a message that asks. */
  bodyOf({ grantee, terms }: AskedTerms, text: string): Ask {
    const { scope, purpose, history, from, until } = protocolTerms(terms, undefined);
    return { type: 'ask', text, grantee: grantee as GranteeId, scope, purpose, history, from, until };
  }

  async loadChoices(): Promise<void> {
    this.become({ state: 'loading' });
    try {
      this.become({ state: 'ready', choices: await granteeChoices(this.engine, this.people, this.grants) });
    } catch {
      this.become({ state: 'failed' });
    }
  }

  private become(choices: AskChoices): void {
    this.choices = choices;
    this.changed();
  }

  private stateOf({ grantee, until }: Ask, header: Header, read: ReadableConversation, declined: boolean): AskState {
    const now = formatTime(new Date());
    const who = this.standing(grantee);
    if (who !== 'known') return who;
    if (isId(grantee, 'acc') && isShutOut(read.surroundings.consents, grantee)) return 'blocked';
    const decided = decidedSince(read.surroundings.consents, header, grantee);
    if (decided.some(({ consent }) => stands(read.surroundings.consents, consent, header.conversation, now))) return 'let';
    if (decided.length > 0) return 'ended';
    if (declined) return 'not_now';
    return until !== null && until <= now ? 'over' : 'open';
  }

  /** Whether the verified directory has them among those whom a patient can let read. */
  private standing(grantee: GranteeId): 'looking' | 'unknown' | 'known' {
    if (isId(grantee, 'tea')) return this.grants.membersOf(grantee).length > 0 ? 'known' : 'unknown';
    const role = this.engine.directory.known(grantee)?.role;
    if (role !== undefined) return CARE_STAFF.has(role) ? 'known' : 'unknown';
    if (!this.sought.has(grantee)) void this.seek(grantee);
    return this.sought.get(grantee) === 'done' ? 'unknown' : 'looking';
  }

  private async seek(account: AccountId): Promise<void> {
    this.sought.set(account, 'looking');
    await this.engine.directory.loadAll([account]).catch(() => undefined);
    this.sought.set(account, 'done');
    this.changes += 1;
    this.changed();
  }
}

/** What the patient gave or widened for the grantee after what the asker had seen: by its place in the chain, whatever clocks say. */
function decidedSince(consents: ConsentChain, { consent_head: head, conversation }: Header, grantee: GranteeId): readonly Decision[] {
  const seen = placeIn(consents.hashes, head) ?? consents.hashes.length;
  return consents.decisions.filter(
    ({ place, before, after }) => place > seen && after?.grantee === grantee && reaches(after, conversation) && (!before || widens(before, after)),
  );
}

/** Whoever the patient keeps from reading, no consent lets read. */
function isShutOut(consents: ConsentChain, account: AccountId): boolean {
  return consents.newer.length === 0 && blockedAt(consents).has(account);
}

function widens(before: ConsentBody, after: ConsentBody): boolean {
  return changeOf(before, after).some((code) => code.endsWith('_extended'));
}

function reaches({ scope }: ConsentBody, conversation: ConversationId): boolean {
  return scope === 'all' || scope === conversation;
}

function stands(consents: ConsentChain, id: string, conversation: ConversationId, now: string): boolean {
  return termsToShow(consents).some(({ consent, until, ...rest }) => consent === id && (until === null || until > now) && reaches({ consent, until, ...rest }, conversation));
}
