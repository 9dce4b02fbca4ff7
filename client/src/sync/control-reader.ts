/** From a served control chain to a conversation that may be read: verified readers, epoch keys, name (docs/protocol.md §5). */

import type { ControlAnswer } from '../api/conversations.ts';
import { verifyClinicChain } from '../protocol/clinicChain.ts';
import { contentKey, type ContentKey } from '../protocol/content.ts';
import { linkOf, verifyControlChain, type ControlChain, type Surroundings } from '../protocol/controlChain.ts';
import type { EmergencyState } from '../protocol/emergencyKey.ts';
import { b64u, sha256, type Bytes } from '../protocol/encoding.ts';
import { decryptName, openEpoch } from '../protocol/epoch.ts';
import { ProtocolError } from '../protocol/errors.ts';
import { openHistory } from '../protocol/history.ts';
import { isId, type ConversationId, type ReaderId } from '../protocol/ids.ts';
import { CONVERSATION_CREATE } from '../protocol/kinds/conversation.ts';
import type { Link } from '../protocol/link.ts';
import { checkPinnedHead } from '../protocol/pins.ts';
import type { SealingKey } from '../protocol/sealing.ts';
import { peekBody, peekSigner } from '../protocol/statement.ts';
import { sealingKeyWithId, type DeviceSession } from './device-session.ts';
import type { Directory } from './directory.ts';
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

/** Keys that were opened once on this page, by conversation and epoch: opening a box takes milliseconds. */
type KnownKeys = Map<string, ContentKey>;

/** What a link is refused with that was made after a team changed, by who has not looked at the team since. */
const NEWER_TEAM: readonly string[] = ['unknown_reader_key', 'unknown_team', 'not_covered'];

export class ControlReader {
  private readonly keys: KnownKeys = new Map();

  constructor(
    private readonly session: DeviceSession,
    private readonly directory: Directory,
    private readonly teams: CareTeams,
  ) {}

  /** @throws ControlRefused; Alarm; Unreachable and ApiError from fetching whose keys are whose */
  async read(conversation: ConversationId, answer: ControlAnswer): Promise<ReadableConversation> {
    try {
      const { surroundings, control } = await this.verified(conversation, answer);
      checkPinnedHead(this.session.pins.now.conversations[conversation]?.head, control.hashes);
      const epochKeys = await this.openBoxes(control, answer);
      const name = await this.nameOf(control, answer, epochKeys);
      await this.pin(control);
      return { control, surroundings, epochKeys, closedEpochs: this.closedIn(control), name };
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error;
      throw new ControlRefused(error.code === 'rolled_back' ? 'rolled_back' : 'readers_invalid', error.code);
    }
  }

  /** A link may name a key that a team has had since it was looked at: then the teams are, before it is judged. */
  private async verified(conversation: ConversationId, answer: ControlAnswer): Promise<{ surroundings: Surroundings; control: ControlChain }> {
    const judge = async (): Promise<{ surroundings: Surroundings; control: ControlChain }> => {
      const surroundings = await this.surroundingsOf(answer);
      return { surroundings, control: await verifyControlChain(answer.statements, conversation, surroundings) };
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
  private async surroundingsOf({ statements, emergency }: ControlAnswer): Promise<Surroundings> {
    const [first] = statements;
    if (!first) throw new ProtocolError('empty_chain', 'a conversation without a statement');
    const { patient } = peekBody(first, CONVERSATION_CREATE);
    const consents = await this.directory.consents(patient);
    const signers = statements.map((statement) => peekSigner(statement).account).filter((account) => account !== null);
    // Old links name those, too, whose consents have ended.
    const grantees = consents.decisions.flatMap(({ after }) => after?.grantee ?? []).filter((grantee) => isId(grantee, 'acc'));
    await this.directory.loadAll([...signers, ...grantees]);
    const surroundings = { consents, teams: this.teams.chains, accounts: this.directory.known };
    return emergency ? { ...surroundings, emergency: await this.emergencyState(emergency) } : surroundings;
  }

  /** The clinic's custodians by its own chain, which is never older than the one this session began with. */
  private async emergencyState({ clinic, used }: NonNullable<ControlAnswer['emergency']>): Promise<EmergencyState> {
    const { key, hashes } = this.directory.clinic;
    const chain = await verifyClinicChain(clinic, key.id);
    checkPinnedHead(hashes.at(-1), chain.hashes);
    const sets = new Map(chain.custodianSets.map((set) => [set.hash, set]));
    return { sets, running: chain.custodianSets.at(-1) ?? null, used };
  }

  private async openBoxes(control: ControlChain, { boxes, history }: ControlAnswer): Promise<ReadonlyMap<number, ContentKey>> {
    const opened = new Map<number, ContentKey>();
    for (const { epoch, reader, box } of [...boxes, ...history]) {
      const link = linkOf(control, epoch);
      if (!link || opened.has(epoch)) continue;
      const place = `${control.conversation} ${link.epoch.commitment}`;
      const key = this.keys.get(place) ?? (await this.keyOf(control, epoch, reader, box));
      if (!key) continue;
      this.keys.set(place, key);
      opened.set(epoch, key);
    }
    return opened;
  }

  private closedIn({ links, history }: ControlChain): ReadonlySet<number> {
    const own = (reader: ReaderId): boolean => reader === this.session.account || (isId(reader, 'tea') && this.teams.reads(reader));
    const opened = new Set(history.filter(({ reader }) => own(reader)).flatMap(({ boxes }) => [...boxes.keys()]));
    const listed = (link: Link): boolean => link.epoch.readers.some(({ reader }) => own(reader));
    return new Set(links.filter((link) => !listed(link) && !opened.has(link.epoch.number)).map(({ epoch }) => epoch.number));
  }

  /** The 32-byte keys of these epochs, as far as this person holds them: what opening them to somebody else needs. */
  async secrets(control: ControlChain, { boxes, history }: ControlAnswer, epochs: readonly number[]): Promise<ReadonlyMap<number, Bytes>> {
    const opened = new Map<number, Bytes>();
    for (const { epoch, reader, box } of [...boxes, ...history]) {
      if (!epochs.includes(epoch) || opened.has(epoch)) continue;
      const secret = await this.openBox(control, epoch, reader, box);
      if (secret) opened.set(epoch, secret);
    }
    return opened;
  }

  private async keyOf(control: ControlChain, number: number, reader: ReaderId, box: Bytes): Promise<ContentKey | null> {
    const secret = await this.openBox(control, number, reader, box);
    return secret && contentKey(secret);
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

/** A control answer as JSON, for keeping and reading again without a connection. */
export function controlJson({ statements, names, boxes, history, emergency }: ControlAnswer): object {
  return {
    statements,
    names: Object.fromEntries(Object.entries(names).map(([statement, name]) => [statement, b64u(name)])),
    boxes: boxes.map(({ epoch, reader, box }) => ({ epoch, reader, box: b64u(box) })),
    history: history.map(({ statement, epoch, reader, box }) => ({ statement, epoch, reader, box: b64u(box) })),
    emergency,
  };
}

