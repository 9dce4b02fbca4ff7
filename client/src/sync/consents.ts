/**
 * What a patient decides about readers: giving, changing and ending consents. Each act makes the new epochs that follow from it and sends all of it
 * at once; keys of earlier epochs go out afterwards, by statements of their own (docs/protocol.md §5).
 */

import { postConsent, type PostedRotation } from '../api/consents.ts';
import { getConversations } from '../api/conversations.ts';
import { getConsents } from '../api/directory.ts';
import { consentHead, verifyConsentChain, type ConsentChain, type Decision } from '../protocol/consentChain.ts';
import { formatTime } from '../protocol/encoding.ts';
import { historyDue, type DueHistory } from '../protocol/historyDue.ts';
import { isId, newId, type AccountId, type ConsentId, type ConversationId, type GranteeId } from '../protocol/ids.ts';
import { BLOCK, UNBLOCK } from '../protocol/kinds/block.ts';
import { CONSENT, CONSENT_CHANGE, CONSENT_REVOCATION, type ConsentBody, type ConsentChangeBody } from '../protocol/kinds/consent.ts';
import { EMERGENCY_OPT_IN, EMERGENCY_OPT_OUT } from '../protocol/kinds/emergencyChoice.ts';
import { isActive } from '../protocol/members.ts';
import { rotationDue } from '../protocol/rotation.ts';
import { makeStatement, type Envelope, type Kind } from '../protocol/statement.ts';
import { runningGeneration } from '../protocol/teamChain.ts';
import { ControlRefused, type ReadableConversation } from './control-reader.ts';
import { hasMoved } from './control-writer.ts';
import { currentKeys } from './device-session.ts';
import { isEscrowed } from './emergency-keys.ts';
import type { Ground } from './ground.ts';

/** What a consent says besides who gives it to whom; `not_before` is null for one that begins as it is given. */
export type Terms = Omit<ConsentChangeBody, 'consent' | 'patient' | 'not_before'> & { readonly not_before: string | null };

/** How many conversations are done, of how many. */
export type Progress = (done: number, all: number) => void;

/** What was decided counts; what was written before could not be opened yet. */
export class EarlierNotOpened extends Error {
  override readonly name = 'EarlierNotOpened';
}

/** Signs what the person decided, at a time and after what the chain holds then. */
type Signing = (now: string, chain: ConsentChain) => Promise<Envelope>;

const TRIES = 4;

export class Consents {
  constructor(private readonly ground: Pick<Ground, 'session' | 'directory' | 'teams' | 'reader' | 'writer'>) {}

  /** Lets somebody read. @throws EarlierNotOpened; ApiError, Unreachable, ProtocolError: then nothing has happened */
  async give(grantee: GranteeId, terms: Terms, progress: Progress): Promise<void> {
    const { account: patient, clinicId: clinic } = this.ground.session;
    const consent = newId('cns');
    if (isId(grantee, 'acc')) await this.ground.directory.account(grantee);
    await this.act((now, chain) => this.sign(CONSENT, { consent, patient, clinic, grantee, ...begun(terms, now) }, now, chain), progress);
  }

  /** Puts other terms in the place of a consent's. @throws as {@link give}; ProtocolError `nothing_changed`, `consent_ended` */
  async change(consent: ConsentId, terms: Terms, progress: Progress): Promise<void> {
    const { account: patient } = this.ground.session;
    await this.act((now, chain) => this.sign(CONSENT_CHANGE, { consent, patient, ...begun(terms, now) }, now, chain), progress);
  }

  /** Ends a consent: what is written afterwards is closed to its grantee. @throws as {@link change} */
  async revoke(consent: ConsentId, progress: Progress): Promise<void> {
    const { account: patient } = this.ground.session;
    await this.act((now, chain) => this.sign(CONSENT_REVOCATION, { consent, patient }, now, chain), progress);
  }

  /** Keeps one person from reading, by whatever agreement; the others of their teams read on. @throws as {@link give} */
  async block(account: AccountId, progress: Progress): Promise<void> {
    const { account: patient } = this.ground.session;
    await this.act((now, chain) => this.sign(BLOCK, { patient, account }, now, chain), progress);
  }

  /** Lets somebody read again what was agreed. @throws as {@link give} */
  async unblock(account: AccountId, progress: Progress): Promise<void> {
    const { account: patient } = this.ground.session;
    await this.act((now, chain) => this.sign(UNBLOCK, { patient, account }, now, chain), progress);
  }

  /** Opts in to emergency access, or out of it. @throws ApiError, Unreachable, ProtocolError: then nothing has happened */
  async chooseEmergency(optedIn: boolean, progress: Progress): Promise<void> {
    const { account: patient } = this.ground.session;
    await this.decide((now, chain) => this.sign(optedIn ? EMERGENCY_OPT_IN : EMERGENCY_OPT_OUT, { patient }, now, chain), progress);
  }

  /** Seals to each reader the earlier epochs that their consents reach back to; nothing where all of it is done. */
  async openEarlier(): Promise<void> {
    for (const { conversation } of await getConversations()) {
      await anew(async () => {
        for (;;) {
          const read = await this.look(conversation);
          const [due] = read ? this.dueIn(read) : [];
          if (!read || !due) return;
          await this.ground.writer.openHistory(read, due, await this.ground.reader.secrets(conversation, due.epochs));
          if ((await this.look(conversation))?.control.head === read.control.head) return;
        }
      });
    }
  }

  private async act(signing: Signing, progress: Progress): Promise<void> {
    await this.decide(signing, progress);
    try {
      await this.openEarlier();
    } catch (error) {
      throw new EarlierNotOpened('opened when this is looked at again', { cause: error });
    }
  }

  private async decide(signing: Signing, progress: Progress): Promise<void> {
    await anew(async () => {
      const { session, directory, teams } = this.ground;
      await teams.load();
      const stored = await getConsents(session.account);
      const chain = await directory.takeConsents(session.account, stored);
      const now = formatTime(new Date());
      const statement = await signing(now, chain);
      const after = await verifyConsentChain([...stored, statement], session.chain);
      await postConsent(statement, await this.rotations(after, now, progress));
      await directory.consents(session.account);
    });
  }

  /** A new epoch for each conversation whose readers, or what they may read, the last decision changes. */
  private async rotations(consents: ConsentChain, now: string, progress: Progress): Promise<readonly PostedRotation[]> {
    const decision = consents.decisions.find(({ hash }) => hash === consentHead(consents));
    const endsEmergency = consents.choices.some(({ hash, optedIn }) => hash === consentHead(consents) && !optedIn);
    const isBlock = consents.blocks.some(({ hash }) => hash === consentHead(consents));
    const everywhere = endsEmergency || isBlock;
    const rows = (await getConversations()).filter(({ conversation }) => everywhere || (decision && concerns(decision, conversation)));
    const made: PostedRotation[] = [];
    for (const [at, { conversation }] of rows.entries()) {
      progress(at, rows.length);
      const read = await this.look(conversation);
      // A conversation that no emergency opens stays as it is when the patient opts out.
      if (!read || (endsEmergency && !isEscrowed(read))) continue;
      const surroundings = { ...read.surroundings, consents };
      // Wider history counts from the next epoch on, even where its reader stays the same.
      const reaches = decision?.after && decision.after.history !== 'none' && isActive(decision.after, conversation, now);
      const reason = rotationDue(read.control, surroundings, now) ?? (reaches ? 'added' : null);
      if (reason) made.push(await this.ground.writer.rotation({ ...read, surroundings }, consents, reason, now));
    }
    progress(rows.length, rows.length);
    return made;
  }

  /** The conversation, or null where it does not verify: nothing is sent there by anybody. */
  private async look(conversation: ConversationId): Promise<ReadableConversation | null> {
    try {
      return await this.ground.reader.look(conversation);
    } catch (error) {
      if (error instanceof ControlRefused) return null;
      throw error;
    }
  }

  /** What is due and goes to keys that nobody has to look at first. */
  private dueIn({ control, surroundings, epochKeys }: ReadableConversation): readonly DueHistory[] {
    return historyDue(control, surroundings.consents, this.ground.teams.chains, formatTime(new Date()))
      .map((due) => ({ ...due, epochs: due.epochs.filter((number) => epochKeys.has(number)) }))
      .filter(({ reader, epochs }) => epochs.length > 0 && this.isKnown(reader));
  }

  private isKnown(reader: GranteeId): boolean {
    const { directory, teams } = this.ground;
    const team = isId(reader, 'tea') ? teams.chains.get(reader) : null;
    const accounts = isId(reader, 'acc') ? [reader] : [...((team && runningGeneration(team))?.members.keys() ?? [])];
    return accounts.every((account) => directory.standing(account) !== 'key_changed');
  }

  private sign<B extends object>(kind: Kind<B>, body: B, time: string, chain: ConsentChain): Promise<Envelope> {
    const { session } = this.ground;
    const place = { account: session.account, time, sequence: chain.hashes.length, previous: consentHead(chain) };
    return makeStatement(kind, body, { self: currentKeys(session).signing }, place);
  }
}

function begun(terms: Terms, now: string): Terms & { readonly not_before: string } {
  return { ...terms, not_before: terms.not_before ?? now };
}

function concerns({ before, after }: Decision, conversation: ConversationId): boolean {
  const reaches = (terms: ConsentBody | null): boolean => terms !== null && (terms.scope === 'all' || terms.scope === conversation);
  return reaches(before) || reaches(after);
}

/** Does it again, from what is there then, when somebody else was first. */
async function anew(task: () => Promise<void>): Promise<void> {
  for (let tries = TRIES; ; tries -= 1) {
    try {
      await task();
      return;
    } catch (error) {
      if (!hasMoved(error) || tries === 0) throw error;
    }
  }
}
