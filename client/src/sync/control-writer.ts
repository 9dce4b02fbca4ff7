/** Beginning, naming and rotating conversations (docs/protocol.md §5). */

import { postHistory, type PostedRotation } from '../api/consents.ts';
import { postControl, postConversation } from '../api/conversations.ts';
import { ApiError } from '../api/http.ts';
import { consentHead, type ConsentChain } from '../protocol/consentChain.ts';
import { contentKey } from '../protocol/content.ts';
import { linkOf, type ControlChain, type Surroundings } from '../protocol/controlChain.ts';
import { b64u, formatTime, sha256, type Bytes } from '../protocol/encoding.ts';
import { encryptName, makeEpoch, type NewEpoch } from '../protocol/epoch.ts';
import { ProtocolError } from '../protocol/errors.ts';
import { makeHistory } from '../protocol/history.ts';
import type { DueHistory } from '../protocol/historyDue.ts';
import { newId, type AccountId, type ConversationId } from '../protocol/ids.ts';
import {
  CONVERSATION_CREATE,
  CONVERSATION_HISTORY,
  CONVERSATION_NAME,
  CONVERSATION_ROTATION,
  type ConversationCreateBody,
  type ConversationNameBody,
  type ConversationRotationBody,
  type RotationReason,
} from '../protocol/kinds/conversation.ts';
import { currentKeys as readersKeys, dueReaders, emergencyReader, rotationDue } from '../protocol/rotation.ts';
import { makeStatement, type Kind, type Envelope } from '../protocol/statement.ts';
import type { ControlReader, ReadableConversation } from './control-reader.ts';
import { currentKeys, type DeviceSession } from './device-session.ts';
import type { Directory } from './directory.ts';
import type { CareTeams } from './teams.ts';

const TRIES = 4;

export class ControlWriter {
  constructor(
    private readonly session: DeviceSession,
    private readonly directory: Directory,
    private readonly teams: CareTeams,
    private readonly reader: ControlReader,
  ) {}

  /**
   * Begins a conversation of a patient, with everybody to whom the patient has consented.
   *
   * @throws ProtocolError `unknown_consent_head` where the patient has consented to nothing, `team_without_key`; ApiError, Unreachable
   */
  async create(patient: AccountId, name: string | null): Promise<ConversationId> {
    const conversation = newId('cnv');
    const consents = await this.directory.consents(patient);
    const now = formatTime(new Date());
    const { epoch, boxes, nameCiphertext } = await this.newEpoch({ conversation, patient, emergency: null }, consents, 1, now, name);
    const body: ConversationCreateBody = {
      ...{ conversation, patient, clinic: this.session.clinicId, consent_head: headOf(consents), epoch },
      name: nameCiphertext && b64u(await sha256(nameCiphertext)),
    };
    await postConversation(await this.sign(CONVERSATION_CREATE, body, now, null), boxes, nameCiphertext);
    return conversation;
  }

  /** Begins a new epoch where one is due, and reads what the conversation is then; what was read already where none is. */
  async rotateIfDue(read: ReadableConversation): Promise<ReadableConversation> {
    for (let tries = TRIES; ; tries -= 1) {
      const now = formatTime(new Date());
      // As of now: a team may have a new key since this was read.
      const surroundings = { ...read.surroundings, teams: this.teams.chains };
      const reason = rotationDue(read.control, surroundings, now);
      if (!reason) return read;
      try {
        await this.rotate(read, reason, now);
      } catch (error) {
        if (!hasMoved(error) || tries === 0) throw error;
        await this.teams.load();
      }
      // Somebody else's link may stand there now: it is verified like any other before another is made.
      read = await this.readAgain(read.control.conversation);
    }
  }

  /** Reads a conversation again and begins a new epoch where one is due. */
  async renew(conversation: ConversationId): Promise<ReadableConversation> {
    return this.rotateIfDue(await this.readAgain(conversation));
  }

  /** Gives a conversation another name. @throws ProtocolError `bad_members` for a name of no or too many characters */
  async rename(read: ReadableConversation, name: string): Promise<ReadableConversation> {
    for (let tries = TRIES; ; tries -= 1) {
      try {
        await this.putName(read, name);
        return await this.readAgain(read.control.conversation);
      } catch (error) {
        if (!hasMoved(error) || tries === 0) throw error;
        read = await this.readAgain(read.control.conversation);
      }
    }
  }

  /** The rotation that begins a new epoch for whom these consents name at `now`, made and not sent. @throws ProtocolError as {@link create} */
  async rotation(read: ReadableConversation, consents: ConsentChain, reason: RotationReason, now: string): Promise<PostedRotation> {
    const { control, name } = read;
    const { conversation, links } = control;
    // An emergency key that was used, or whose custodians were replaced, is left out until the patient's client has made another.
    const emergency = reason === 'emergency' ? null : control.emergency;
    const made = await this.newEpoch({ ...control, emergency }, consents, links.length + 1, now, name);
    const body: ConversationRotationBody = {
      ...{ conversation, consent_head: headOf(consents), epoch: made.epoch, reason },
      name: made.nameCiphertext && b64u(await sha256(made.nameCiphertext)),
    };
    const statement = await this.sign(CONVERSATION_ROTATION, body, now, control);
    return { conversation, statement, boxes: made.boxes, name: made.nameCiphertext };
  }

  /** Seals earlier epochs to a reader as its consent says; what a chain holds already is not asked for again. @throws ApiError `chain_moved` */
  async openHistory(read: ReadableConversation, due: DueHistory, secrets: ReadonlyMap<number, Bytes>): Promise<void> {
    const { control, surroundings } = read;
    const { conversation } = control;
    const to = readersKeys([due.reader], { teams: surroundings.teams, accounts: surroundings.accounts }).get(due.reader);
    const epochs = due.epochs.flatMap((number) => {
      const [epoch, key] = [linkOf(control, number)?.epoch, secrets.get(number)];
      return epoch && key ? [{ epoch, key }] : [];
    });
    // A reader whose keys have changed since the running link gets a new link first, and its history after that.
    if (to?.id !== due.key || epochs.length === 0) return;
    const { body, boxes } = await makeHistory(conversation, due.consent, due.reader, to, epochs);
    await postHistory(conversation, await this.sign(CONVERSATION_HISTORY, body, formatTime(new Date()), control), boxes);
  }

  async readAgain(conversation: ConversationId): Promise<ReadableConversation> {
    return this.reader.look(conversation);
  }

  private async putName({ control, epochKeys }: ReadableConversation, name: string): Promise<void> {
    const { conversation, links } = control;
    const key = epochKeys.get(links.length);
    if (!key) throw new ProtocolError('cannot_open', 'the running epoch key is not here');
    const ciphertext = await encryptName(key, conversation, links.length, name);
    const body: ConversationNameBody = { conversation, epoch: links.length, name: b64u(await sha256(ciphertext)) };
    await postControl(conversation, await this.sign(CONVERSATION_NAME, body, formatTime(new Date()), control), new Map(), ciphertext);
  }

  private async rotate(read: ReadableConversation, reason: RotationReason, now: string): Promise<void> {
    const { conversation, statement, boxes, name } = await this.rotation(read, read.surroundings.consents, reason, now);
    await postControl(conversation, statement, boxes, name);
  }

  private async newEpoch(
    of: Pick<ControlChain, 'conversation' | 'patient' | 'emergency'>,
    consents: ConsentChain,
    number: number,
    now: string,
    name: string | null,
  ): Promise<NewEpoch & { nameCiphertext: Bytes | null }> {
    const surroundings: Pick<Surroundings, 'teams' | 'accounts'> = { teams: this.teams.chains, accounts: this.directory.known };
    const readers = dueReaders(of, consents, this.teams.chains, now);
    const made = await makeEpoch(of.conversation, number, readersKeys(readers, surroundings, emergencyReader(of, consents)));
    const key = name ? await contentKey(made.key) : null;
    return { ...made, nameCiphertext: key && name ? await encryptName(key, of.conversation, number, name) : null };
  }

  private sign<B extends object>(kind: Kind<B>, body: B, time: string, after: ControlChain | null): Promise<Envelope> {
    const place = { sequence: after ? after.hashes.length : 0, previous: after ? after.head : null };
    return makeStatement(kind, body, { self: currentKeys(this.session).signing }, { account: this.session.account, time, ...place });
  }
}

function headOf(consents: ConsentChain): string {
  const head = consentHead(consents);
  if (head === null) throw new ProtocolError('unknown_consent_head', 'this patient has consented to nothing');
  return head;
}

const MOVED: readonly string[] = ['chain_moved', 'consent_moved', 'wrong_readers'];

/** Something it was made for has changed meanwhile: look again and make it anew. */
export function hasMoved(error: unknown): boolean {
  return error instanceof ApiError && MOVED.includes(error.code);
}
