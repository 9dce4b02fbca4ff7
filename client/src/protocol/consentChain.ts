/** A patient's consents, in the patient's own word: given, changed, revoked (docs/protocol.md §5). */

import type { AccountChain } from './accountChain.ts';
import { ChainWalk, placeIn } from './chain.ts';
import { changeOf } from './consentChange.ts';
import { ProtocolError } from './errors.ts';
import type { AccountId, ConsentId, ConversationId } from './ids.ts';
import { BLOCK, UNBLOCK, type BlockBody } from './kinds/block.ts';
import {
  CONSENT,
  CONSENT_CHANGE,
  CONSENT_REVOCATION,
  type ConsentBody,
  type ConsentChangeBody,
  type ConsentRevocationBody,
} from './kinds/consent.ts';
import { EMERGENCY_OPT_IN, EMERGENCY_OPT_OUT, type EmergencyChoiceBody } from './kinds/emergencyChoice.ts';
import { Signers } from './signers.ts';
import { payloadType, type Envelope, type Kind, type Statement } from './statement.ts';

/** What one statement did to one consent; `before` is null where it was given, `after` where it was revoked. */
export interface Decision {
  readonly place: number;
  readonly hash: string;
  readonly time: string;
  readonly did: 'given' | 'changed' | 'revoked';
  readonly consent: ConsentId;
  readonly before: ConsentBody | null;
  readonly after: ConsentBody | null;
}

/** That the patient opted in to emergency access, or out of it. */
export interface EmergencyChoice {
  readonly place: number;
  readonly hash: string;
  readonly time: string;
  readonly optedIn: boolean;
}

/** That the patient blocked somebody, or let them read again what consents let them read. */
export interface Block {
  readonly place: number;
  readonly hash: string;
  readonly time: string;
  readonly account: AccountId;
  readonly blocked: boolean;
}

/**
 * A patient's verified decisions; `newer` are the places of statements that a newer version wrote. What such a statement decided cannot be known, so
 * from its place on nothing is concluded: `decisions` end before it, and the terms after it are refused.
 */
export interface ConsentChain {
  readonly patient: AccountId;
  readonly decisions: readonly Decision[];
  readonly hashes: readonly string[];
  readonly newer: readonly number[];
  /** What the patient decided about emergency access; nothing is being opted out. */
  readonly choices: readonly EmergencyChoice[];
  /** Whom the patient blocked and unblocked. */
  readonly blocks: readonly Block[];
}

/** The last statement's hash; null where the patient has consented to nothing. */
export function consentHead(chain: ConsentChain): string | null {
  return chain.hashes.at(-1) ?? null;
}

/** Where the statement with this hash stands. @throws ProtocolError `unknown_consent_head` */
export function placeOfConsentHead(chain: ConsentChain, head: string): number {
  const place = placeIn(chain.hashes, head);
  if (place === null) throw new ProtocolError('unknown_consent_head', "names a consent that the patient's chain does not hold");
  return place;
}

/** The consents that stand now, as {@link termsAt} the head. @throws ProtocolError `newer_version` */
export function termsOf(chain: ConsentChain): readonly ConsentBody[] {
  return termsAfter(chain, chain.hashes.length - 1);
}

/** The consents that stand now, to be shown and to decide nothing by: none where a newer version wrote what stands. */
export function termsToShow(chain: ConsentChain | null): readonly ConsentBody[] {
  return !chain || chain.newer.length > 0 ? [] : termsOf(chain);
}

/**
 * The consents that stand after the statement with this hash, in the order in which they were first given: changed ones under their newest terms,
 * revoked ones gone, whatever their times.
 *
 * @throws ProtocolError `unknown_consent_head`; `newer_version` where a newer version has written that statement or one before it
 */
export function termsAt(chain: ConsentChain, head: string): readonly ConsentBody[] {
  return termsAfter(chain, placeOfConsentHead(chain, head));
}

/** Withdrawals that were counted once, by conversation and place: every message asks. */
const counted = new WeakMap<ConsentChain, Map<string, number>>();

/**
 * How many decisions up to the statement with this hash took from a consent to this conversation: revoked it, left the conversation out, or shortened
 * its period; how often the patient opted out of emergency access, and how often they blocked somebody.
 *
 * @throws ProtocolError `unknown_consent_head`
 */
export function withdrawals(chain: ConsentChain, head: string, conversation: ConversationId): number {
  const last = placeOfConsentHead(chain, head);
  const known = counted.get(chain) ?? new Map<string, number>();
  counted.set(chain, known);
  const found = known.get(`${conversation} ${last}`) ?? countWithdrawals(chain, last, conversation);
  known.set(`${conversation} ${last}`, found);
  return found;
}

function countWithdrawals(chain: ConsentChain, last: number, conversation: ConversationId): number {
  const optedOut = chain.choices.filter(({ place, optedIn }) => place <= last && !optedIn).length;
  const shutOut = chain.blocks.filter(({ place, blocked }) => place <= last && blocked).length;
  return optedOut + shutOut + chain.decisions.filter((decision) => decision.place <= last && withdraws(decision, conversation)).length;
}

/** Whether the patient lets emergency keys read, as of now. @throws ProtocolError `newer_version` */
export function isOptedIn(chain: ConsentChain): boolean {
  return optedInAfter(chain, chain.hashes.length - 1);
}

/** Whether the patient let emergency keys read after the statement with this hash. @throws ProtocolError as {@link termsAt} */
export function isOptedInAt(chain: ConsentChain, head: string): boolean {
  return optedInAfter(chain, placeOfConsentHead(chain, head));
}

/** The accounts that are no readers after the statement with this hash, or now, whatever consents say. @throws ProtocolError as {@link termsAt} */
export function blockedAt(chain: ConsentChain, head: string | null = consentHead(chain)): ReadonlySet<AccountId> {
  const { blocks, newer } = chain;
  const last = head === null ? -1 : placeOfConsentHead(chain, head);
  refuseNewer(newer, last);
  const newest = new Map(blocks.filter(({ place }) => place <= last).map(({ account, blocked }) => [account, blocked]));
  return new Set([...newest].filter(([, blocked]) => blocked).map(([account]) => account));
}

function optedInAfter({ choices, newer }: ConsentChain, last: number): boolean {
  refuseNewer(newer, last);
  return choices.filter(({ place }) => place <= last).at(-1)?.optedIn ?? false;
}

function refuseNewer(newer: readonly number[], last: number): void {
  if (newer.some((place) => place <= last)) {
    throw new ProtocolError('newer_version', 'a newer version wrote what this patient decided: update to go on');
  }
}

function termsAfter({ decisions, newer }: ConsentChain, last: number): readonly ConsentBody[] {
  refuseNewer(newer, last);
  const standing = new Map<ConsentId, ConsentBody>();
  for (const { consent, after } of decisions.filter(({ place }) => place <= last)) {
    if (after) standing.set(consent, after);
    else standing.delete(consent);
  }
  return [...standing.values()];
}

function withdraws({ before, after }: Decision, conversation: ConversationId): boolean {
  if (!before || !reaches(before, conversation)) return false;
  if (!after || !reaches(after, conversation)) return true;
  return changeOf(before, after).some((code) => code === 'start_narrowed' || code === 'end_narrowed');
}

function reaches({ scope }: ConsentBody, conversation: ConversationId): boolean {
  return scope === 'all' || scope === conversation;
}

/**
 * The consents of `patient`; an empty chain is one who has consented to nothing.
 *
 * @throws ProtocolError `not_a_patient`, `broken_chain`, `wrong_patient`, `wrong_clinic`, `consent_repeated`, `unknown_consent`, `consent_ended`,
 * `nothing_changed`, `unknown_signer`, `retired_key`, and what `verify` throws.
 */
export async function verifyConsentChain(envelopes: readonly Envelope[], patient: AccountChain): Promise<ConsentChain> {
  if (patient.role !== 'patient') throw new ProtocolError('not_a_patient', 'only a patient consents');
  const walk = new ChainWalk(`consent:${patient.account}`);
  const reading = new ConsentReading(patient, walk);
  for (const envelope of envelopes) {
    if (!(await walk.takeIfNewer(envelope))) await reading.read(envelope);
  }
  const { decisions, choices, blocks } = reading;
  return { patient: patient.account, decisions, hashes: walk.hashes, newer: walk.newer, choices, blocks };
}

interface Effect {
  readonly before: ConsentBody | null;
  readonly after: ConsentBody | null;
}

class ConsentReading {
  readonly decisions: Decision[] = [];
  readonly choices: EmergencyChoice[] = [];
  readonly blocks: Block[] = [];
  /** Every consent ever given, as it stands; null once it is revoked. */
  private readonly known = new Map<ConsentId, ConsentBody | null>();
  private readonly signers: Signers;

  constructor(
    private readonly patient: AccountChain,
    private readonly walk: ChainWalk,
  ) {
    this.signers = new Signers((account) => (account === patient.account ? patient : null));
  }

  async read(envelope: Envelope): Promise<void> {
    switch (envelope.type) {
      case payloadType(CONSENT_CHANGE.kind):
        await this.decide(envelope, CONSENT_CHANGE, (body) => this.changed(body));
        break;
      case payloadType(CONSENT_REVOCATION.kind):
        await this.decide(envelope, CONSENT_REVOCATION, ({ consent }) => ({ before: this.standing(consent), after: null }));
        break;
      case payloadType(EMERGENCY_OPT_IN.kind):
        await this.choose(envelope, EMERGENCY_OPT_IN);
        break;
      case payloadType(EMERGENCY_OPT_OUT.kind):
        await this.choose(envelope, EMERGENCY_OPT_OUT);
        break;
      case payloadType(BLOCK.kind):
        await this.block(envelope, BLOCK);
        break;
      case payloadType(UNBLOCK.kind):
        await this.block(envelope, UNBLOCK);
        break;
      default:
        await this.decide(envelope, CONSENT, (body) => ({ before: null, after: this.given(body) }));
    }
  }

  private async decide<B extends ConsentBody | ConsentChangeBody | ConsentRevocationBody>(
    envelope: Envelope,
    kind: Kind<B>,
    effect: (body: B) => Effect,
  ): Promise<void> {
    const { statement } = await this.signers.verify(envelope, kind);
    this.walk.take(statement.header, statement.hash);
    // Whether it may stand here depends on what a newer version decided.
    if (this.walk.newer.length > 0) return;
    if (statement.body.patient !== this.patient.account) throw new ProtocolError('wrong_patient', "another patient's consent");
    this.keep(statement, effect(statement.body));
  }

  private async choose(envelope: Envelope, kind: Kind<EmergencyChoiceBody>): Promise<void> {
    const { statement } = await this.signers.verify(envelope, kind);
    const { hash, header, body } = statement;
    this.walk.take(header, hash);
    if (this.walk.newer.length > 0) return;
    if (body.patient !== this.patient.account) throw new ProtocolError('wrong_patient', "another patient's choice");
    const optedIn = kind === EMERGENCY_OPT_IN;
    if (optedIn === (this.choices.at(-1)?.optedIn ?? false)) throw new ProtocolError('nothing_changed', 'leaves it as it was');
    this.choices.push({ place: this.walk.hashes.length - 1, hash, time: header.time, optedIn });
  }

  private async block(envelope: Envelope, kind: Kind<BlockBody>): Promise<void> {
    const { statement } = await this.signers.verify(envelope, kind);
    const { hash, header, body } = statement;
    this.walk.take(header, hash);
    if (this.walk.newer.length > 0) return;
    if (body.patient !== this.patient.account) throw new ProtocolError('wrong_patient', "another patient's block");
    const blocked = kind === BLOCK;
    const before = this.blocks.findLast(({ account }) => account === body.account)?.blocked ?? false;
    if (blocked === before) throw new ProtocolError('nothing_changed', 'leaves it as it was');
    this.blocks.push({ place: this.walk.hashes.length - 1, hash, time: header.time, account: body.account, blocked });
  }

  private keep<B extends { readonly consent: ConsentId }>({ hash, header, body }: Statement<B>, { before, after }: Effect): void {
    const did = before === null ? 'given' : after === null ? 'revoked' : 'changed';
    const { consent } = body;
    this.decisions.push({ place: this.walk.hashes.length - 1, hash, time: header.time, did, consent, before, after });
    this.known.set(consent, after);
  }

  private given(body: ConsentBody): ConsentBody {
    if (body.clinic !== this.patient.clinic) throw new ProtocolError('wrong_clinic', 'a consent for another clinic');
    if (this.known.has(body.consent)) throw new ProtocolError('consent_repeated', 'this consent stands in the chain twice');
    return body;
  }

  private changed(body: ConsentChangeBody): Effect {
    const before = this.standing(body.consent);
    const after = { ...before, ...body };
    if (changeOf(before, after).length === 0) throw new ProtocolError('nothing_changed', 'leaves the consent as it was');
    return { before, after };
  }

  private standing(consent: ConsentId): ConsentBody {
    const standing = this.known.get(consent);
    if (standing === undefined) throw new ProtocolError('unknown_consent', 'names a consent that was never given');
    if (standing === null) throw new ProtocolError('consent_ended', 'this consent was revoked and cannot come back');
    return standing;
  }
}
