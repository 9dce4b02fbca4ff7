/** From a served control chain to a conversation that may be read: verified readers, epoch keys, name (docs/protocol.md §5). */

import { getControl, type ControlAnswer } from '../api/conversations.ts';
import { firstOf, placeIn } from '../protocol/chain.ts';
import { contentKey, type ContentKey } from '../protocol/content.ts';
import { continueControlChain, linkOf, verifyControlChain, type ControlChain, type Surroundings } from '../protocol/controlChain.ts';
import { b64u, sha256, type Bytes } from '../protocol/encoding.ts';
import { decryptName, openEpoch } from '../protocol/epoch.ts';
import { ProtocolError } from '../protocol/errors.ts';
import { openHistory } from '../protocol/history.ts';
import { isId, type ConversationId, type ReaderId } from '../protocol/ids.ts';
import { CONVERSATION_CREATE } from '../protocol/kinds/conversation.ts';
import { checkPinnedHead } from '../protocol/pins.ts';
import type { SealingKey } from '../protocol/sealing.ts';
import { peekBody, peekSigner, statementHash, type Envelope } from '../protocol/statement.ts';
import { sealingKeyWithId, type DeviceSession } from './device-session.ts';
import type { Directory } from './directory.ts';
import { emergencyStateOf } from './emergency-state.ts';
import { KnownConversations } from './known-conversations.ts';
import type { KnownConversation } from './known-form.ts';
import type { CareTeams } from './teams.ts';

/** A conversation whose control chain was verified. */
export interface ReadableConversation {
  readonly control: ControlChain;
  readonly surroundings: Surroundings;
  /** The epochs this person holds the key of, by number. */
  readonly epochKeys: ReadonlyMap<number, ContentKey>;
  /** The epochs whose keys were sealed to this person neither with the epoch nor later: what was written in them is not theirs to read. */
  readonly closedEpochs: ReadonlySet<number>;
  readonly name: string | null;
}

export type ControlFault =
  /** The readers do not follow from the consents, or somebody signed who may not. */
  | 'readers_invalid'
  /** An older chain than was seen before. */
  | 'rolled_back';

/** The control chain that was served is not this conversation's: nothing is sent, and what was written is not shown as verified. */
export class ControlRefused extends Error {
  override readonly name = 'ControlRefused';

  constructor(
    readonly fault: ControlFault,
    readonly code: string,
  ) {
    super(code);
  }
}

/** A chain, and what it was judged by. */
interface Judged {
  readonly surroundings: Surroundings;
  readonly control: ControlChain;
}

/**
 * The statements after what is known. What they follow is this client's own word: those said to follow anything else follow nothing. Another look may have
 * known more since this one was asked for; then what both were served is the same.
 *
 * @throws ProtocolError `broken_chain`
 */
async function following({ after, statements }: ControlAnswer, known: ControlChain | null): Promise<readonly Envelope[]> {
  if (after === null) return statements;
  const place = known && placeIn(known.hashes, after);
  if (!known || place === null) throw new ProtocolError('broken_chain', 'follows what was not verified here');
  const since = known.hashes.slice(place + 1);
  for (const [index, hash] of since.slice(0, statements.length).entries()) {
    const served = statements[index];
    if (!served || (await statementHash(served)) !== hash) throw new ProtocolError('broken_chain', 'follows in another way than was verified here');
  }
  return statements.slice(since.length);
}

/** Keys that were made ready on this page, by conversation and commitment. */
type ReadyKeys = Map<string, ContentKey>;

/** What a link is refused with that was made after a team changed, by who has not looked at the team since. */
const NEWER_TEAM: readonly string[] = ['unknown_reader_key', 'unknown_team', 'not_covered', 'wrong_readers'];

export class ControlReader {
  private readonly keys: ReadyKeys = new Map();
  private readonly known: KnownConversations;

  constructor(
    private readonly session: DeviceSession,
    private readonly directory: Directory,
    private readonly teams: CareTeams,
  ) {
    this.known = new KnownConversations(session.store);
  }

  /** The head up to which a conversation is known here, and nothing missing that was sealed to this person; null where it must be served whole. */
  async head(conversation: ConversationId): Promise<string | null> {
    const known = await this.known.find(conversation);
    if (!known) return null;
    const { control, secrets, name } = known;
    const { listed, opened } = this.sealedToMe(control);
    // Who joins a team reads what came before, too.
    const missing = [...listed, ...opened].some((epoch) => !secrets.has(epoch));
    return missing || (control.name !== null && name === null) ? null : control.head;
  }

  /** A conversation as it is now: what follows what is known is fetched and verified. @throws as {@link read} */
  async look(conversation: ConversationId): Promise<ReadableConversation> {
    return this.read(conversation, await getControl(conversation, await this.head(conversation)));
  }

  /** A conversation as it is known here, without a connection; null where it is not. @throws as {@link read} */
  async recall(conversation: ConversationId): Promise<ReadableConversation | null> {
    const after = (await this.known.find(conversation))?.control.head;
    if (after === undefined) return null;
    return this.read(conversation, { after, statements: [], names: {}, boxes: [], history: [], emergency: null });
  }

  /** Knows nothing of a conversation any more. */
  forget(conversation: ConversationId): Promise<void> {
    return this.known.forget(conversation);
  }

  /** @throws ControlRefused; Alarm; Unreachable and ApiError from fetching whose keys are whose */
  async read(conversation: ConversationId, answer: ControlAnswer): Promise<ReadableConversation> {
    try {
      const known = await this.known.find(conversation);
      const { surroundings, control } = await this.verified(conversation, answer, known);
      checkPinnedHead(this.session.pins.now.conversations[conversation]?.head, control.hashes);
      const secrets = await this.openBoxes(control, answer, known);
      const epochKeys = await this.madeReady(control, secrets);
      const sameName = known?.control.name?.statement === control.name?.statement;
      const name = (sameName ? known?.name : null) ?? (await this.nameOf(control, answer, epochKeys));
      await this.pin(control);
      await this.known.keep({ control, secrets, name });
      return { control, surroundings, epochKeys, closedEpochs: this.closedIn(control), name };
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error;
      throw new ControlRefused(error.code === 'rolled_back' ? 'rolled_back' : 'readers_invalid', error.code);
    }
  }

  /** A link may name a key that a team has had since it was looked at: then the teams are, before it is judged. */
  private async verified(conversation: ConversationId, answer: ControlAnswer, known: KnownConversation | null): Promise<Judged> {
    const before = answer.after === null ? null : (known?.control ?? null);
    const statements = await following(answer, before);
    const judge = async (): Promise<Judged> => {
      const surroundings = await this.surroundingsOf(answer, before);
      const judging = before ? continueControlChain(before, statements, surroundings) : verifyControlChain(statements, conversation, surroundings);
      return { surroundings, control: await judging };
    };
    try {
      return await judge();
    } catch (error) {
      if (!(error instanceof ProtocolError && NEWER_TEAM.includes(error.code))) throw error;
      await this.teams.load();
      return judge();
    }
  }

  /** Consents, teams and everybody's keys, as of now. */
  private async surroundingsOf({ statements, emergency }: ControlAnswer, before: ControlChain | null): Promise<Surroundings> {
    const patient = before?.patient ?? peekBody(firstOf(statements), CONVERSATION_CREATE).patient;
    const consents = await this.directory.consents(patient);
    const signed = statements.map((statement) => peekSigner(statement).account).filter((account) => account !== null);
    const signers = [...(before?.signers.keys() ?? []), ...signed];
    // Old links name those, too, whose consents have ended.
    const grantees = consents.decisions.flatMap(({ after }) => after?.grantee ?? []).filter((grantee) => isId(grantee, 'acc'));
    await this.directory.loadAll([...signers, ...grantees]);
    const surroundings = { consents, teams: this.teams.chains, accounts: this.directory.known };
    return emergency ? { ...surroundings, emergency: await emergencyStateOf(this.directory.clinic, emergency) } : surroundings;
  }

  /** The epoch keys that were opened before, as their links commit to them, and those in the boxes served: opening one takes milliseconds. */
  private async openBoxes(
    control: ControlChain,
    { boxes, history }: ControlAnswer,
    known: KnownConversation | null,
  ): Promise<ReadonlyMap<number, Bytes>> {
    const sameKey = (epoch: number): boolean =>
      known !== null && linkOf(known.control, epoch)?.epoch.commitment === linkOf(control, epoch)?.epoch.commitment;
    const opened = new Map([...(known?.secrets ?? [])].filter(([epoch]) => sameKey(epoch)));
    for (const { epoch, reader, box } of [...boxes, ...history]) {
      const secret = opened.has(epoch) ? null : await this.openBox(control, epoch, reader, box);
      if (secret) opened.set(epoch, secret);
    }
    return opened;
  }

  private async madeReady(control: ControlChain, secrets: ReadonlyMap<number, Bytes>): Promise<ReadonlyMap<number, ContentKey>> {
    const ready = [...secrets].map(async ([epoch, secret]): Promise<[number, ContentKey]> => {
      const place = `${control.conversation} ${linkOf(control, epoch)?.epoch.commitment ?? ''}`;
      const key = this.keys.get(place) ?? (await contentKey(secret));
      this.keys.set(place, key);
      return [epoch, key];
    });
    return new Map(await Promise.all(ready));
  }

  /** The epochs whose keys were sealed to this person, as they are read today: with the epoch, and later. */
  private sealedToMe({ links, history }: ControlChain): { readonly listed: ReadonlySet<number>; readonly opened: ReadonlySet<number> } {
    const own = new Set<ReaderId>([this.session.account, ...[...this.teams.chains.keys()].filter((team) => this.teams.reads(team))]);
    const listed = links.filter(({ epoch }) => epoch.readers.some(({ reader }) => own.has(reader))).map(({ epoch }) => epoch.number);
    const opened = history.filter(({ reader }) => own.has(reader)).flatMap(({ boxes }) => [...boxes.keys()]);
    return { listed: new Set(listed), opened: new Set(opened) };
  }

  private closedIn(control: ControlChain): ReadonlySet<number> {
    const { listed, opened } = this.sealedToMe(control);
    const numbers = control.links.map(({ epoch }) => epoch.number);
    return new Set(numbers.filter((number) => !listed.has(number) && !opened.has(number)));
  }

  /** The 32-byte keys of these epochs, as far as this person holds them: what opening them to somebody else needs. */
  async secrets(conversation: ConversationId, epochs: readonly number[]): Promise<ReadonlyMap<number, Bytes>> {
    const known = await this.known.find(conversation);
    return new Map([...(known?.secrets ?? [])].filter(([epoch]) => epochs.includes(epoch)));
  }

  /** A box that was sealed with the epoch, or later to a reader whose consent reaches back to it. */
  private async openBox(control: ControlChain, number: number, reader: ReaderId, box: Bytes): Promise<Bytes | null> {
    const epoch = linkOf(control, number)?.epoch;
    if (!epoch) return null;
    const hash = b64u(await sha256(box));
    const listed = epoch.readers.find((one) => one.reader === reader);
    const grant = control.history.find((one) => one.reader === reader && one.boxes.get(number) === hash);
    const keyId = listed?.box === hash ? listed.key : grant?.key;
    const key = keyId === undefined ? null : await this.privateKey(reader, keyId);
    if (!key) return null;
    try {
      if (listed?.box === hash) return await openEpoch(control.conversation, epoch, reader, key, box);
      return grant ? await openHistory(control.conversation, grant, epoch, key, box) : null;
    } catch (error) {
      // A box that does not open, or holds another key than its statement commits to: what it covers waits for its key.
      if (error instanceof ProtocolError) return null;
      throw error;
    }
  }

  private async privateKey(reader: ReaderId, keyId: string): Promise<SealingKey | null> {
    if (isId(reader, 'tea')) return (await this.teams.keyWithId(reader, keyId))?.key ?? null;
    return reader === this.session.account ? sealingKeyWithId(this.session, keyId) : null;
  }

  private async nameOf(control: ControlChain, { names }: ControlAnswer, keys: ReadonlyMap<number, ContentKey>): Promise<string | null> {
    const { name, conversation } = control;
    const [ciphertext, key] = name ? [names[name.statement], keys.get(name.epoch)] : [];
    if (!name || !ciphertext || !key || b64u(await sha256(ciphertext)) !== name.ciphertext) return null;
    try {
      return await decryptName(key, conversation, name.epoch, ciphertext);
    } catch {
      return null;
    }
  }

  private async pin({ conversation, head, links }: ControlChain): Promise<void> {
    const before = this.session.pins.now.conversations[conversation];
    if (before?.head === head) return;
    await this.session.pins.change((pins) => {
      const sequence = pins.conversations[conversation]?.sequence ?? 0;
      return { ...pins, conversations: { ...pins.conversations, [conversation]: { head, epoch: links.length, sequence } } };
    });
  }
}
