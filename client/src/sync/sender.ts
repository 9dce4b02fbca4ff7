/**
 * Sends what waits, exactly once: through reloads, tabs that crash and answers that are lost. One tab sends in a conversation at a time; the bytes of a message
 * are on the disk before they leave; only a newer epoch, verified here, permits other bytes under the same id (docs/protocol.md §6).
 */

import { sendMessage, type Sent } from '../api/conversations.ts';
import { ApiError, Unreachable } from '../api/http.ts';
import { alone } from '../keystore/tabs.ts';
import { consentHead } from '../protocol/consentChain.ts';
import { ProtocolError } from '../protocol/errors.ts';
import type { ConversationId } from '../protocol/ids.ts';
import { messageHash, messageWire, writeMessage, type Header } from '../protocol/message.ts';
import type { ReadableConversation } from './control-reader.ts';
import type { ControlWriter } from './control-writer.ts';
import { currentKeys, type DeviceSession } from './device-session.ts';
import type { Attempt, DeviceHead, Outbox, OutboxItem, SendFailure } from './outbox.ts';

/** What the sender needs of a conversation and of the connection. */
export interface SendingGround {
  /** The conversation as verified now. @throws what reading it throws */
  readonly readable: (conversation: ConversationId) => Promise<ReadableConversation>;
  /** A conversation was read again, with a newer chain than before. */
  readonly renewed: (read: ReadableConversation) => void;
  /** Why nothing may be sent there now, or null. */
  readonly block: (read: ReadableConversation) => Promise<string | null>;
  /** The newest verified checkpoint. */
  readonly checkpoint: () => string | null;
  /** The live connection's way to send, null while there is none. */
  readonly live: (conversation: ConversationId) => ((wire: Attempt['wire']) => Promise<Sent>) | null;
  /** The newest own message of this device that the server has shown, verified. */
  readonly shownHead: (conversation: ConversationId) => Promise<DeviceHead | null>;
  /** The person is leaving, and has decided what becomes of what waits: nothing begins to leave any more. */
  readonly stopped: () => boolean;
  readonly changed: (conversation: ConversationId) => void;
  readonly sent: (item: OutboxItem, sent: Sent, attempt: Attempt) => void;
}

/** What became of a round. `later`: something passing stands in the way; `blocked`: a person has to look. */
export type RoundOutcome = 'done' | 'later' | 'blocked';

/** Passing troubles: the message stays, and is sent again. */
const PASSING_STATUS: readonly number[] = [401, 408, 425, 429, 500, 502, 503, 504, 507];
/** Refusals whose code alone says what to do next. */
const SETTLED_HERE: readonly string[] = ['stale_epoch', 'device_sequence', 'message_too_large'];
const TRIES = 3;

export class Sender {
  constructor(
    private readonly session: DeviceSession,
    private readonly outbox: Outbox,
    private readonly writer: ControlWriter,
    private readonly ground: SendingGround,
  ) {}

  /** Sends what waits in a conversation, oldest first; what has failed for good stays and does not hold up the rest. */
  drain(conversation: ConversationId): Promise<RoundOutcome> {
    return alone(this.session.label, `send:${conversation}`, async () => {
      const items = (await this.outbox.of(conversation)).filter(({ failure }) => failure === null);
      for (const item of items) {
        const outcome = await this.sendOne(item, TRIES);
        this.ground.changed(conversation);
        if (outcome !== 'done') return outcome;
      }
      return 'done';
    });
  }

  private async sendOne(item: OutboxItem, tries: number): Promise<RoundOutcome> {
    if (this.ground.stopped()) return 'later';
    try {
      const attempt = item.attempt ?? (await this.prepare(item));
      if (attempt === 'blocked') return 'blocked';
      const sent = await this.deliver(item.conversation, attempt);
      await this.outbox.settle(item, attempt);
      this.ground.sent(item, sent, attempt);
      return 'done';
    } catch (error) {
      if (error instanceof Unreachable) return 'later';
      if (error instanceof ApiError) return this.refused(item, error, tries);
      if (error instanceof ProtocolError) return this.fail(item, error.code === 'message_too_large' ? 'too_large' : 'refused');
      throw error;
    }
  }

  /** Makes a message's bytes and keeps them before they can leave. */
  private async prepare(item: OutboxItem): Promise<Attempt | 'blocked'> {
    const before = await this.ground.readable(item.conversation);
    if ((await this.ground.block(before)) !== null) return 'blocked';
    const read = await this.writer.rotateIfDue(before);
    if (read !== before) this.ground.renewed(read);
    // Whoever joined or changed keys with the new epoch is looked at before anything is encrypted to them.
    if (read !== before && (await this.ground.block(read)) !== null) return 'blocked';
    const epoch = read.control.links.length;
    const key = read.epochKeys.get(epoch);
    if (!key) return 'blocked';
    const { device } = this.session;
    const header = this.header(item, read, await this.outbox.headOf(item.conversation, device));
    const message = await writeMessage(header, item.body, key, currentKeys(this.session).signing);
    const { device_sequence: deviceSequence } = header;
    const attempt = { epoch, device, deviceSequence, hash: await messageHash(message), wire: messageWire(message) };
    await this.outbox.put({ ...item, attempt });
    return attempt;
  }

  private header(item: OutboxItem, { control, surroundings }: ReadableConversation, last: DeviceHead | null): Header {
    const consents = consentHead(surroundings.consents);
    if (consents === null) throw new ProtocolError('unknown_consent_head', 'this patient has consented to nothing');
    const { kind, category, urgency, answers, acknowledges, corrects, takesBack } = item;
    return {
      v: 1,
      conversation: item.conversation,
      epoch: control.links.length,
      id: item.id,
      sender: this.session.account,
      key: currentKeys(this.session).signing.public.id,
      device: this.session.device,
      device_sequence: (last?.sequence ?? 0) + 1,
      device_previous: last?.hash ?? null,
      control_head: control.head,
      consent_head: consents,
      checkpoint: this.ground.checkpoint(),
      time: item.written,
      ...{ kind, category, urgency, answers, acknowledges, corrects, takes_back: takesBack },
    };
  }

  private async deliver(conversation: ConversationId, { wire }: Attempt): Promise<Sent> {
    const live = this.ground.live(conversation);
    if (live) {
      try {
        return await live(wire);
      } catch (error) {
        // The answer was lost, not necessarily the message; or it was a refusal, and whether that one passes only HTTP's status tells. The same bytes again.
        if (error instanceof ApiError && SETTLED_HERE.includes(error.code)) throw error;
        if (!(error instanceof Unreachable) && !(error instanceof ApiError)) throw error;
      }
    }
    return sendMessage(conversation, wire);
  }

  private async refused(item: OutboxItem, error: ApiError, tries: number): Promise<RoundOutcome> {
    const current = (await this.outbox.get(item.id)) ?? item;
    if (tries > 0) {
      if (error.code === 'stale_epoch') return this.encryptAnew(current, tries);
      if (error.code === 'device_sequence') return this.followShownHead(current, tries);
    }
    if (PASSING_STATUS.includes(error.status)) return 'later';
    if (error.code === 'message_too_large') return this.fail(current, 'too_large');
    return this.fail(current, error.status === 404 || error.status === 403 ? 'not_a_reader' : 'refused');
  }

  /** New bytes under the same id, only when a newer epoch was verified here: the server's word alone is not enough. */
  private async encryptAnew(item: OutboxItem, tries: number): Promise<RoundOutcome> {
    // The running epoch itself may be over: an emergency key that it is sealed to was used, so this client begins the next one.
    const again = await this.writer.readAgain(item.conversation);
    const read = (await this.ground.block(again)) === null ? await this.writer.rotateIfDue(again) : again;
    this.ground.renewed(read);
    if (item.attempt && read.control.links.length <= item.attempt.epoch) return this.fail(item, 'refused');
    const anew = { ...item, attempt: null };
    await this.outbox.put(anew);
    return this.sendOne(anew, tries - 1);
  }

  /** This browser has forgotten messages of its own that the server shows, signed with its keys: it goes on after them. */
  private async followShownHead(item: OutboxItem, tries: number): Promise<RoundOutcome> {
    const shown = await this.ground.shownHead(item.conversation);
    const known = await this.outbox.headOf(item.conversation, this.session.device);
    if (!shown || shown.sequence <= (known?.sequence ?? 0)) return this.fail(item, 'refused');
    await this.outbox.setHead(item.conversation, shown);
    if (shown.hash === item.attempt?.hash) {
      await this.outbox.remove(item.id);
      return 'done';
    }
    const anew = { ...item, attempt: null };
    await this.outbox.put(anew);
    return this.sendOne(anew, tries - 1);
  }

  private async fail(item: OutboxItem, failure: SendFailure): Promise<RoundOutcome> {
    await this.outbox.put({ ...item, failure });
    return 'done';
  }
}
