/**
 * Whose keys are whose: chains of accounts and consents, fetched, verified down from the clinic's key, and held against what this person's clients
 * have verified before (docs/protocol.md §3).
 */

import { getAccount, getConsents, type AccountAnswer } from '../api/directory.ts';
import { Unreachable } from '../api/http.ts';
import type { SealedStore } from '../keystore/sealed-store.ts';
import { verifyAccountChain, type AccountChain } from '../protocol/accountChain.ts';
import type { ClinicChain } from '../protocol/clinicChain.ts';
import { openCard, readCommittedText, type Card, type CommittedText } from '../protocol/commitment.ts';
import { consentHead, verifyConsentChain, type ConsentChain } from '../protocol/consentChain.ts';
import { ProtocolError } from '../protocol/errors.ts';
import type { AccountId, ReaderId } from '../protocol/ids.ts';
import { checkPinnedHead, judgeAccount, pinAccount, type Standing } from '../protocol/pins.ts';
import * as shape from '../protocol/shape.ts';
import { parseEnvelope, peekSigner, type Envelope } from '../protocol/statement.ts';
import type { Json } from '../protocol/strictJson.ts';
import { fields } from '../api/answers.ts';
import { Alarm } from './alarm.ts';
import type { Pins } from './pins.ts';

/** What a directory stands on. */
export interface DirectoryGround {
  readonly account: AccountId;
  /** One's own chain, compared with the keys in the vault. */
  readonly chain: AccountChain;
  readonly clinic: ClinicChain;
  readonly pins: Pins;
  readonly store: SealedStore;
}

interface KeptAccount {
  readonly chain: readonly Envelope[];
  readonly card: CommittedText | null;
}

const readKeptAccount = fields({ chain: shape.listOf(parseEnvelope), card: shape.orNull(readCommittedText) });
const readKeptConsents = fields({ statements: shape.listOf(parseEnvelope) });

export class Directory {
  private readonly loading = new Map<AccountId, Promise<AccountChain>>();
  private readonly verified = new Map<AccountId, AccountChain>();
  private readonly cards = new Map<AccountId, Card>();
  /** Those whose code the person found to be different: nothing goes to them until that is settled. */
  private readonly distrusted = new Set<AccountId>();
  private readonly consentChains = new Map<AccountId, ConsentChain>();

  constructor(private readonly ground: DirectoryGround) {
    this.verified.set(ground.account, ground.chain);
  }

  get clinic(): ClinicChain {
    return this.ground.clinic;
  }

  /** The chain of an account that was loaded, or null: what chains and verdicts are judged by. */
  readonly known = (account: AccountId): AccountChain | null => this.verified.get(account) ?? null;

  /** Every chain that was loaded. */
  all(): readonly AccountChain[] {
    return [...this.verified.values()];
  }

  /** The name and credential of a member of staff who was loaded. */
  cardOf(account: AccountId): Card | null {
    return this.cards.get(account) ?? null;
  }

  /** The verified chain of an account. @throws Alarm `chain_rolled_back`, ApiError, Unreachable, ProtocolError */
  account(account: AccountId): Promise<AccountChain> {
    let loading = this.loading.get(account);
    if (!loading) {
      loading = this.load(account);
      this.loading.set(account, loading);
      loading.catch(() => this.loading.delete(account));
    }
    return loading;
  }

  /** As {@link account}, fetched again: a key may have been replaced since. */
  refresh(account: AccountId): Promise<AccountChain> {
    this.loading.delete(account);
    return this.account(account);
  }

  /** Loads several; one that cannot be had is left out, and what names it will not verify. */
  async loadAll(accounts: Iterable<AccountId>): Promise<void> {
    const results = await Promise.allSettled([...new Set(accounts)].map((account) => this.account(account)));
    for (const result of results) {
      if (result.status === 'rejected' && result.reason instanceof Alarm) throw result.reason;
    }
  }

  /** Takes in a chain that came with another answer. @throws Alarm, ProtocolError */
  async take(account: AccountId, chain: readonly Envelope[], card: CommittedText | null): Promise<AccountChain> {
    const verified = await this.verify(account, { chain, card });
    this.loading.set(account, Promise.resolve(verified));
    return verified;
  }

  /** How an account's keys stand to what was pinned. `key_changed` stops sending until it is acknowledged. */
  standing(account: AccountId): Standing {
    const chain = this.known(account);
    if (this.distrusted.has(account)) return 'key_changed';
    return chain ? judgeAccount(this.ground.pins.now.accounts[account], chain) : 'new';
  }

  isCompared(account: AccountId): boolean {
    return this.standing(account) === 'same' && (this.ground.pins.now.accounts[account]?.compared ?? false);
  }

  /** The person says that an account's present keys are right; `compared` when they held the safety codes against each other. */
  async acknowledge(account: AccountId, compared: boolean): Promise<void> {
    const chain = await this.account(account);
    await this.ground.pins.change((pins) => ({ ...pins, accounts: { ...pins.accounts, [account]: pinAccount(chain, compared) } }));
    this.distrusted.delete(account);
    await this.keepDistrusted();
  }

  /** The codes differ: somebody stands between. */
  async distrust(account: AccountId): Promise<void> {
    this.distrusted.add(account);
    await this.keepDistrusted();
  }

  /** Takes up what this device remembers. */
  async recall(): Promise<void> {
    const kept = await this.ground.store.get<readonly AccountId[]>('settings', 'distrusted');
    for (const account of kept ?? []) this.distrusted.add(account);
  }

  private async keepDistrusted(): Promise<void> {
    await this.ground.store.write({ store: 'settings', name: 'distrusted', value: [...this.distrusted] });
  }

  /** The verified consents of a patient, fetched anew. @throws Alarm `chain_rolled_back` and as {@link account} */
  async consents(patient: AccountId): Promise<ConsentChain> {
    return this.takeConsents(patient, await this.fetchConsents(patient));
  }

  /** Takes in consents that came with another answer. */
  async takeConsents(patient: AccountId, statements: readonly Envelope[]): Promise<ConsentChain> {
    const chain = await verifyConsentChain(statements, await this.account(patient));
    const pin = this.ground.pins.now.consents[patient];
    orAlarm(patient, () => { checkPinnedHead(pin?.head, chain.hashes); });
    await this.keep(`consents:${patient}`, { statements: statements as unknown as Json });
    const head = consentHead(chain);
    if (head !== null && head !== pin?.head) {
      const consent = { head, sequence: chain.hashes.length - 1 };
      await this.ground.pins.change((pins) => ({ ...pins, consents: { ...pins.consents, [patient]: consent } }));
    }
    this.consentChains.set(patient, chain);
    return chain;
  }

  /** The consents of a patient as last loaded; null before. */
  consentsNow(patient: AccountId): ConsentChain | null {
    return this.consentChains.get(patient) ?? null;
  }

  private async load(account: AccountId): Promise<AccountChain> {
    return this.verify(account, await this.fetchAccount(account));
  }

  private async verify(account: AccountId, kept: KeptAccount): Promise<AccountChain> {
    try {
      return await this.verifyServed(account, kept);
    } catch (error) {
      // What is served of oneself is what others are served: keys that do not verify there are somebody else's.
      if (account === this.ground.account && error instanceof ProtocolError) throw new Alarm({ what: 'own_keys_changed' });
      throw error;
    }
  }

  private async verifyServed(account: AccountId, { chain, card }: KeptAccount): Promise<AccountChain> {
    const [invitation] = chain;
    if (!invitation) throw new ProtocolError('empty_chain', 'a chain without a statement');
    const signer = peekSigner(invitation);
    const byClinic = signer.key === this.clinic.key.id || signer.account === null || signer.account === account;
    const inviter = byClinic ? null : await this.account(signer.account);
    const verified = await verifyAccountChain(chain, account, this.clinic, inviter);
    if (account === this.ground.account) this.holdAgainstOwnKeys(verified);
    else await this.holdAgainstPins(verified);
    this.verified.set(account, verified);
    if (card) this.cards.set(account, await openCard(card, verified.invitation.card));
    await this.keep(`account:${account}`, { chain: chain as unknown as Json, card: card && { ...card } });
    return verified;
  }

  /** New keys of one's own end every other session: keys that this session does not hold are nobody's doing here. */
  private holdAgainstOwnKeys(served: AccountChain): void {
    const held = this.ground.chain.current;
    if (served.current.version !== held.version || served.current.signing.id !== held.signing.id) {
      throw new Alarm({ what: 'own_keys_changed' });
    }
  }

  private async holdAgainstPins(chain: AccountChain): Promise<void> {
    const { pins } = this.ground;
    if (orAlarm(chain.account, () => judgeAccount(pins.now.accounts[chain.account], chain)) !== 'new') return;
    await pins.change((before) => ({
      ...before,
      accounts: { [chain.account]: pinAccount(chain, false), ...before.accounts },
    }));
  }

  private async fetchAccount(account: AccountId): Promise<KeptAccount> {
    try {
      const answer: AccountAnswer = await getAccount(account);
      return { chain: answer.chain, card: answer.card };
    } catch (error) {
      return this.keptInstead(`account:${account}`, readKeptAccount, error);
    }
  }

  private async fetchConsents(patient: AccountId): Promise<readonly Envelope[]> {
    try {
      return await getConsents(patient);
    } catch (error) {
      return (await this.keptInstead(`consents:${patient}`, readKeptConsents, error)).statements;
    }
  }

  /** Without a connection, what this device kept; it is verified again like anything that was served. */
  private async keptInstead<T>(name: string, reader: shape.Reader<T>, error: unknown): Promise<T> {
    const kept = error instanceof Unreachable ? await this.ground.store.get('directory', name) : null;
    if (kept === null) throw error;
    return reader(kept);
  }

  private async keep(name: string, value: Json): Promise<void> {
    await this.ground.store.write({ store: 'directory', name, value });
  }
}

/** A history that went back is no refusal but an alarm. @throws Alarm `chain_rolled_back` */
export function orAlarm<T>(of: ReaderId, check: () => T): T {
  try {
    return check();
  } catch (error) {
    if (error instanceof ProtocolError && error.code === 'rolled_back') throw new Alarm({ what: 'chain_rolled_back', of });
    throw error;
  }
}
