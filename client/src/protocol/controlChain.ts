/**
 * Longer than most: every rule of a link reads the same state, from the first statement or from what is known on. The control chain of a conversation:
 * which key, for whom, on whose word (docs/protocol.md §5).
 *
 * A link that lists more or fewer readers than the patient's consents give is invalid, and so is one whose signer the link before did not cover.
 * Consent is who holds a key: every client computes it again before it encrypts and before it shows.
 */

import type { AccountChain } from './accountChain.ts';
import { keyWithSealingId } from './accountChain.ts';
import { ChainWalk, firstOf, placeIn } from './chain.ts';
import { blockedAt, isOptedInAt, placeOfConsentHead, termsAt, type ConsentChain } from './consentChain.ts';
import { checkEmergencyKey, NO_EMERGENCIES, type EmergencyKey, type EmergencyState } from './emergencyKey.ts';
import { ProtocolError } from './errors.ts';
import { grantOf, opensEpochs, type HistoryGrant } from './history.ts';
import { isId, type AccountId, type ClinicId, type ConversationId, type EmergencyKeyId, type GranteeId, type ReaderId, type TeamId } from './ids.ts';
import { fromB64u } from './encoding.ts';
import {
  CONVERSATION_CREATE,
  CONVERSATION_HISTORY,
  CONVERSATION_NAME,
  CONVERSATION_ROTATION,
  type ConversationCreateBody,
  type ConversationHistoryBody,
  type ConversationRotationBody,
} from './kinds/conversation.ts';
import { EMERGENCY_KEY } from './kinds/emergencyKey.ts';
import { readerKeys, type Link, type ReaderKeys } from './link.ts';
import type { ConsentBody } from './kinds/consent.ts';
import { admits, isActive, possibleMembers, readersBy, statesOf } from './members.ts';
import { importSealingPublicKey } from './sealing.ts';
import { knownAccount, Signers, type Accounts } from './signers.ts';
import { payloadType, type Envelope, type Header } from './statement.ts';
import { generationWithKey, peopleAround, readsFor, type Teams } from './teamChain.ts';
import type { TeamPeople } from './teamStays.ts';

/** The newest name: the statement and epoch it is under, and the hash of its ciphertext. */
export interface ConversationName {
  readonly statement: string;
  readonly epoch: number;
  readonly ciphertext: string;
}

/** A verified conversation. */
export interface ControlChain {
  readonly conversation: ConversationId;
  readonly clinic: ClinicId;
  readonly patient: AccountId;
  readonly links: readonly Link[];
  /** The newest link. */
  readonly running: Link;
  readonly name: ConversationName | null;
  /** Earlier epochs opened to later readers, in the order of the chain. */
  readonly history: readonly HistoryGrant[];
  /** The emergency key that stands: what later epochs are sealed to while the patient is opted in. */
  readonly emergency: EmergencyKey | null;
  /** Every one that the conversation has had, in the order of the chain. */
  readonly emergencyKeys: readonly EmergencyKey[];
  readonly hashes: readonly string[];
  /** The last statement's hash. */
  readonly head: string;
  /** Who has signed here, and the newest version of their keys that did. */
  readonly signers: ReadonlyMap<AccountId, number>;
  /** Places of statements that a newer version wrote. */
  readonly newer: readonly number[];
}

/** What the statements of a conversation are judged by: all of it verified. */
export interface Surroundings {
  readonly consents: ConsentChain;
  readonly teams: Teams;
  readonly accounts: Accounts;
  /** Left out where the clinic has no custodians. */
  readonly emergency?: EmergencyState;
}

/** The link of an epoch. */
export function linkOf(chain: ControlChain, epoch: number): Link | null {
  return chain.links[epoch - 1] ?? null;
}

/** The newest link when the chain's head was this one; null if it never was. */
export function runningAt(chain: ControlChain, head: string): Link | null {
  const place = placeIn(chain.hashes, head);
  if (place === null) return null;
  let [from, until] = [0, chain.links.length];
  while (from < until) {
    const middle = (from + until) >> 1;
    if ((chain.links[middle]?.place ?? 0) <= place) from = middle + 1;
    else until = middle;
  }
  return chain.links[from - 1] ?? null;
}

/**
 * Whether `account` is one of the readers, or holds the key named of a team among them and stands in that team at the instant `at`: who left it does not, and
 * cover does within its period alone.
 */
export function covers(readers: ReaderKeys, account: AccountId, teams: Teams, at: string): boolean {
  if (readers.has(account)) return true;
  return [...readers].some(([reader, key]) => {
    const team = isId(reader, 'tea') ? teams.get(reader) : undefined;
    return team !== undefined && readsFor(team, generationWithKey(team, key), account, at);
  });
}

/**
 * The conversation with this id, of the patient whose consents are given.
 *
 * @throws ProtocolError `empty_chain`, `broken_chain`, `wrong_patient`, `wrong_clinic`, `wrong_epoch_number`, `unknown_consent_head`,
 * `consent_went_back`, `wrong_readers`, `unknown_reader_key`, `reader_key_went_back`, `not_covered`, `not_consented`, `history_not_consented`,
 * `no_emergency_key`, `not_the_patient`, `newer_version`, `unknown_signer`, `retired_key`, `unknown_account`, `unknown_team`, and what
 * `checkEmergencyKey` and `verify` throw.
 */
export async function verifyControlChain(
  envelopes: readonly Envelope[],
  conversation: ConversationId,
  surroundings: Surroundings,
): Promise<ControlChain> {
  const walk = new ChainWalk(`conversation:${conversation}`);
  const reading = new ControlReading(conversation, surroundings);
  const begun = await reading.create(firstOf(envelopes), walk);
  return reading.goOn(envelopes.slice(1), walk, begun);
}

/**
 * The conversation after these statements too: what is `known` was verified before and is not looked at again. What it was judged by may only have grown
 * since; that the running epoch is sealed to keys of its readers is asked again, for what is written next is for them.
 *
 * @throws ProtocolError as {@link verifyControlChain}, `broken_chain` where the statements do not follow the ones known, `unknown_consent_head` where the
 * consents are not those of then.
 */
export async function continueControlChain(
  known: ControlChain,
  envelopes: readonly Envelope[],
  surroundings: Surroundings,
): Promise<ControlChain> {
  const { conversation, patient, clinic, running, hashes, newer } = known;
  if (patient !== surroundings.consents.patient) throw new ProtocolError('wrong_patient', "another patient's conversation");
  placeOfConsentHead(surroundings.consents, running.consentHead);
  const walk = new ChainWalk(`conversation:${conversation}`, hashes, newer);
  const reading = new ControlReading(conversation, surroundings, known);
  reading.checkReadersOf(running);
  return reading.goOn(envelopes, walk, { clinic, first: running });
}

interface Begun {
  readonly clinic: ClinicId;
  readonly first: Link;
}

class ControlReading {
  private readonly links: Link[];
  private readonly history: HistoryGrant[];
  private readonly emergencyKeys: EmergencyKey[];
  private readonly signers: Signers;
  private name: ConversationName | null;
  private standing: EmergencyKey | null;

  constructor(
    private readonly conversation: ConversationId,
    private readonly surroundings: Surroundings,
    known: ControlChain | null = null,
  ) {
    this.links = [...(known?.links ?? [])];
    this.history = [...(known?.history ?? [])];
    this.emergencyKeys = [...(known?.emergencyKeys ?? [])];
    this.signers = new Signers(surroundings.accounts, known?.signers);
    this.name = known?.name ?? null;
    this.standing = known?.emergency ?? null;
  }

  async goOn(envelopes: readonly Envelope[], walk: ChainWalk, { clinic, first }: Begun): Promise<ControlChain> {
    for (const envelope of envelopes) {
      if (!(await walk.takeIfNewer(envelope))) await this.readLater(envelope, walk);
    }
    const { conversation, links, name, history, standing: emergency, emergencyKeys } = this;
    const { patient } = this.surroundings.consents;
    const { hashes, newer } = walk;
    const ends = { running: links.at(-1) ?? first, head: walk.head ?? '' };
    return { conversation, clinic, patient, links, ...ends, name, history, emergency, emergencyKeys, hashes, newer, signers: this.signers.versions };
  }

  private async readLater(envelope: Envelope, walk: ChainWalk): Promise<void> {
    if (envelope.type === payloadType(CONVERSATION_NAME.kind)) await this.rename(envelope, walk);
    else if (envelope.type === payloadType(CONVERSATION_HISTORY.kind)) await this.openHistory(envelope, walk);
    else if (envelope.type === payloadType(EMERGENCY_KEY.kind)) await this.setEmergencyKey(envelope, walk);
    else await this.rotate(envelope, walk);
  }

  async create(envelope: Envelope, walk: ChainWalk): Promise<Begun> {
    const { statement, signer } = await this.signers.verify(envelope, CONVERSATION_CREATE);
    const { body, header, hash } = statement;
    walk.take(header, hash);
    if (body.patient !== this.surroundings.consents.patient) throw new ProtocolError('wrong_patient', "another patient's conversation");
    if (body.clinic !== signer.clinic) throw new ProtocolError('wrong_clinic', "another clinic's conversation");
    const link = this.link(body, header, 0);
    if (!this.mayOpen(signer, link)) throw new ProtocolError('not_covered', 'begun without a consent to');
    this.accept(hash, link, body.name);
    return { clinic: body.clinic, first: link };
  }

  private async rotate(envelope: Envelope, walk: ChainWalk): Promise<void> {
    const { statement, signer } = await this.signers.verify(envelope, CONVERSATION_ROTATION);
    const { body, header, hash } = statement;
    walk.take(header, hash);
    if (body.reason === 'emergency') {
      if (!this.standing) throw new ProtocolError('no_emergency_key', 'ends an emergency key where none stands');
      this.standing = null;
    }
    const link = this.link(body, header, walk.hashes.length - 1);
    const keys = readerKeys(link);
    // A team that is still a reader stands at the generation the new link names: who left it since signs nothing.
    const covering = new Map([...this.keysBefore()].map(([reader, key]) => [reader, keys.get(reader) ?? key]));
    if (!covers(covering, signer.account, this.surroundings.teams, link.time)) {
      throw new ProtocolError('not_covered', 'the link before did not cover who signed');
    }
    this.accept(hash, link, body.name);
  }

  private async rename(envelope: Envelope, walk: ChainWalk): Promise<void> {
    const { statement, signer } = await this.signers.verify(envelope, CONVERSATION_NAME);
    const { body, header, hash } = statement;
    walk.take(header, hash);
    if (body.epoch !== this.links.length) throw new ProtocolError('wrong_epoch_number', 'another epoch than the running one');
    if (!covers(this.keysBefore(), signer.account, this.surroundings.teams, header.time)) {
      throw new ProtocolError('not_covered', 'whoever named this conversation is not covered');
    }
    this.name = { statement: hash, epoch: body.epoch, ciphertext: body.name };
  }

  private async openHistory(envelope: Envelope, walk: ChainWalk): Promise<void> {
    const { statement, signer } = await this.signers.verify(envelope, CONVERSATION_HISTORY);
    const { body, header, hash } = statement;
    walk.take(header, hash);
    const running = this.keysBefore();
    if (!covers(running, signer.account, this.surroundings.teams, header.time)) {
      throw new ProtocolError('not_covered', 'whoever opened earlier epochs is not covered');
    }
    const key = running.get(body.reader);
    if (key === undefined) throw new ProtocolError('wrong_readers', 'opened to somebody who does not read the running epoch');
    if (body.key !== key) throw new ProtocolError('unknown_reader_key', 'sealed to another key than the running epoch is');
    this.checkConsented(body, header.time);
    this.history.push(grantOf(statement, signer.account, walk.hashes.length - 1));
  }

  private async setEmergencyKey(envelope: Envelope, walk: ChainWalk): Promise<void> {
    const { statement, signer } = await this.signers.verify(envelope, EMERGENCY_KEY);
    const { body, header, hash } = statement;
    walk.take(header, hash);
    const { consents, emergency = NO_EMERGENCIES } = this.surroundings;
    if (signer.account !== consents.patient) throw new ProtocolError('not_the_patient', "made by another than the patient's client");
    checkEmergencyKey(body, this.emergencyKeys, emergency.sets);
    const sealing = await importSealingPublicKey(fromB64u(body.sealing_key));
    this.standing = { statement: hash, place: walk.hashes.length - 1, body, sealing };
    this.emergencyKeys.push(this.standing);
  }

  private emergencyReader(consentHead: string): EmergencyKeyId | null {
    if (!this.standing || !isOptedInAt(this.surroundings.consents, consentHead)) return null;
    return this.standing.body.emergency_key;
  }

  /** How teams may have stood when a link was made: asked where somebody is blocked alone. */
  private teamsAround({ consentHead, time }: Pick<Link, 'consentHead' | 'time'>): ReadonlyMap<TeamId, readonly TeamPeople[]> {
    const { consents, teams } = this.surroundings;
    if (blockedAt(consents, consentHead).size === 0) return new Map();
    return new Map([...teams].map(([team, chain]) => [team, peopleAround(chain, time)]));
  }

  /** Whom a consent may have made readers of a link. */
  private madeReaders(consent: ConsentBody, link: Link): readonly GranteeId[] {
    const blocked = blockedAt(this.surroundings.consents, link.consentHead);
    return statesOf(this.teamsAround(link), consent.grantee).flatMap((people) => readersBy(consent, blocked, people, link.time));
  }

  private checkConsented(body: ConversationHistoryBody, time: string): void {
    const running = this.links.at(-1);
    const consent = running && termsAt(this.surroundings.consents, running.consentHead).find((one) => one.consent === body.consent);
    if (!consent || !this.madeReaders(consent, running).includes(body.reader) || !isActive(consent, this.conversation, time)) {
      throw new ProtocolError('not_consented', 'the consent named does not make this reader one here and now');
    }
    const opened = opensEpochs(this.links, consent, body.reader, this.conversation);
    if (body.epochs.some(({ number }) => !opened.includes(number))) {
      throw new ProtocolError('history_not_consented', 'the consent named does not open all of these epochs');
    }
  }

  private keysBefore(): ReaderKeys {
    const before = this.links.at(-1);
    return before ? readerKeys(before) : new Map();
  }

  private link(body: ConversationCreateBody | ConversationRotationBody, header: Header, place: number): Link {
    const { consents } = this.surroundings;
    const { epoch, consent_head: consentHead } = body;
    if (epoch.number !== this.links.length + 1) throw new ProtocolError('wrong_epoch_number', 'not the one before plus one');
    const before = this.links.at(-1);
    const placeBefore = before ? placeOfConsentHead(consents, before.consentHead) : 0;
    if (placeOfConsentHead(consents, consentHead) < placeBefore) {
      throw new ProtocolError('consent_went_back', 'consents from before the last link');
    }
    const terms = termsAt(consents, consentHead);
    const blocking = { blocked: blockedAt(consents, consentHead), teams: this.teamsAround({ consentHead, time: header.time }) };
    const asked = [consents.patient, terms, this.conversation, header.time, this.emergencyReader(consentHead)] as const;
    if (!admits(possibleMembers(...asked, blocking), epoch.readers.map(({ reader }) => reader))) {
      throw new ProtocolError('wrong_readers', 'not those to whom the patient has consented');
    }
    const keysBefore = this.keysBefore();
    for (const { reader, key } of epoch.readers) this.checkKey(reader, key, keysBefore.get(reader) ?? null);
    if (header.signer.account === null) throw new ProtocolError('unknown_signer', 'a link has a signer');
    return { epoch, time: header.time, signer: header.signer.account, consentHead, place };
  }

  /** @throws ProtocolError `unknown_account`, `unknown_team`, `unknown_reader_key` */
  checkReadersOf({ epoch }: Link): void {
    for (const { reader, key } of epoch.readers) this.checkKey(reader, key, null);
  }

  private checkKey(reader: ReaderId, key: string, keyBefore: string | null): void {
    const version = this.version(reader, key);
    if (version === null) throw new ProtocolError('unknown_reader_key', "sealed to a key that is not the reader's");
    if (keyBefore !== null && version < (this.version(reader, keyBefore) ?? 0)) {
      throw new ProtocolError('reader_key_went_back', 'sealed to a key that had been replaced');
    }
  }

  private version(reader: ReaderId, key: string): number | null {
    const { teams, accounts } = this.surroundings;
    if (isId(reader, 'emk')) {
      return this.emergencyKeys.some(({ body, sealing }) => body.emergency_key === reader && sealing.id === key) ? 1 : null;
    }
    if (!isId(reader, 'tea')) return keyWithSealingId(knownAccount(accounts, reader), key)?.version ?? null;
    const team = teams.get(reader);
    if (!team) throw new ProtocolError('unknown_team', 'names a team whose keys are not known');
    return generationWithKey(team, key)?.number ?? null;
  }

  private mayOpen(signer: AccountChain, link: Link): boolean {
    const { consents, teams } = this.surroundings;
    if (signer.account === consents.patient) return true;
    const opening = termsAt(consents, link.consentHead)
      .filter((consent) => consent.may_open && isActive(consent, this.conversation, link.time))
      .flatMap((consent): readonly ReaderId[] => this.madeReaders(consent, link));
    const keys = new Map([...readerKeys(link)].filter(([reader]) => opening.includes(reader)));
    return covers(keys, signer.account, teams, link.time);
  }

  private accept(statement: string, link: Link, name: string | null): void {
    this.links.push(link);
    this.name = name === null ? null : { statement, epoch: link.epoch.number, ciphertext: name };
  }
}
