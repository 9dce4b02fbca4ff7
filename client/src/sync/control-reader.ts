/** From a served control chain to a conversation that may be read: verified readers, epoch keys, name (docs/protocol.md §5). */

import type { ControlAnswer } from '../api/conversations.ts';
import { contentKey, type ContentKey } from '../protocol/content.ts';
import { linkOf, verifyControlChain, type ControlChain, type Surroundings } from '../protocol/controlChain.ts';
import { b64u, sha256, type Bytes } from '../protocol/encoding.ts';
import { decryptName, openEpoch } from '../protocol/epoch.ts';
import { ProtocolError } from '../protocol/errors.ts';
import { isId, type ConversationId, type ReaderId } from '../protocol/ids.ts';
import { CONVERSATION_CREATE } from '../protocol/kinds/conversation.ts';
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
      const surroundings = await this.surroundingsOf(answer);
      const control = await verifyControlChain(answer.statements, conversation, surroundings);
      checkPinnedHead(this.session.pins.now.conversations[conversation]?.head, control.hashes);
      const epochKeys = await this.openBoxes(control, answer);
      const name = await this.nameOf(control, answer, epochKeys);
      await this.pin(control);
      return { control, surroundings, epochKeys, name };
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error;
      throw new ControlRefused(error.code === 'rolled_back' ? 'rolled_back' : 'readers_invalid', error.code);
    }
  }

  /** Consents, teams and everybody's keys, as of now. */
  private async surroundingsOf({ statements }: ControlAnswer): Promise<Surroundings> {
    const [first] = statements;
    if (!first) throw new ProtocolError('empty_chain', 'a conversation without a statement');
    const { patient } = peekBody(first, CONVERSATION_CREATE);
    const consents = await this.directory.consents(patient);
    const signers = statements.map((statement) => peekSigner(statement).account).filter((account) => account !== null);
    // Old links name those, too, whose consents have ended.
    const grantees = consents.decisions.flatMap(({ after }) => after?.grantee ?? []).filter((grantee) => isId(grantee, 'acc'));
    await this.directory.loadAll([...signers, ...grantees]);
    return { consents, teams: this.teams.chains, accounts: this.directory.known };
  }

  private async openBoxes(control: ControlChain, { boxes }: ControlAnswer): Promise<ReadonlyMap<number, ContentKey>> {
    const opened = new Map<number, ContentKey>();
    for (const { epoch, reader, box } of boxes) {
      const link = linkOf(control, epoch);
      if (!link || opened.has(epoch)) continue;
      const place = `${control.conversation} ${link.epoch.commitment}`;
      const key = this.keys.get(place) ?? (await this.openBox(control, epoch, reader, box));
      if (!key) continue;
      this.keys.set(place, key);
      opened.set(epoch, key);
    }
    return opened;
  }

  private async openBox(control: ControlChain, number: number, reader: ReaderId, box: Bytes): Promise<ContentKey | null> {
    const epoch = linkOf(control, number)?.epoch;
    const keyId = epoch?.readers.find((one) => one.reader === reader)?.key;
    const key = keyId === undefined ? null : await this.privateKey(reader, keyId);
    if (!epoch || !key) return null;
    try {
      return await contentKey(await openEpoch(control.conversation, epoch, reader, key, box));
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
export function controlJson({ statements, names, boxes }: ControlAnswer): object {
  return {
    statements,
    names: Object.fromEntries(Object.entries(names).map(([statement, name]) => [statement, b64u(name)])),
    boxes: boxes.map(({ epoch, reader, box }) => ({ epoch, reader, box: b64u(box) })),
  };
}

