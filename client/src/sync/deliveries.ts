/** The outbox at work: who sends what when, on this page and after every connection. */

import type { ConversationId, MessageId } from '../protocol/ids.ts';
import { ApiError } from '../api/http.ts';
import { ProtocolError } from '../protocol/errors.ts';
import type { ReadableConversation } from './control-reader.ts';
import type { Conversation } from './conversation.ts';
import type { Ground } from './ground.ts';
import type { DeviceHead, OutboxItem, Written } from './outbox.ts';
import { Sender, type RoundOutcome } from './sender.ts';
import type { SendBlock } from './blocks.ts';

/** What deliveries need of the page they run on. */
export interface DeliveryPage {
  readonly open: () => Conversation | null;
  readonly block: (read: ReadableConversation) => Promise<SendBlock | null>;
  /** Something in a conversation's outbox changed: the other tabs should know. */
  readonly told: (conversation: ConversationId) => void;
}

const TRY_AGAIN_FIRST = 2_000;
const TRY_AGAIN_LAST = 60_000;

export class Deliveries {
  private readonly sender: Sender;
  private retry: ReturnType<typeof setTimeout> | null = null;
  private wait = TRY_AGAIN_FIRST;
  private stopped = false;

  constructor(
    private readonly ground: Ground,
    private readonly page: DeliveryPage,
  ) {
    this.sender = new Sender(ground.session, ground.outbox, ground.writer, {
      readable: async (conversation) => this.withEmergencyKey(await this.readable(conversation)),
      renewed: (read) => { this.opened(read.control.conversation)?.renew(read); },
      block: (read) => page.block(read),
      checkpoint: () => ground.witness.newest?.note ?? null,
      live: (conversation) => (ground.live.connected ? (wire) => ground.live.send(conversation, wire) : null),
      shownHead: (conversation) => this.shownHead(conversation),
      stopped: () => this.stopped,
      changed: (conversation) => { this.changed(conversation); },
      sent: ({ conversation }) => {
        // The own message arrives like everybody's, and is verified like everybody's.
        this.opened(conversation)?.catchUp().catch((error: unknown) => { ground.trouble(error); });
      },
    });
  }

  async send(conversation: ConversationId, written: Written, endsDraft: boolean): Promise<OutboxItem> {
    const item = await this.ground.outbox.add(conversation, written, endsDraft);
    this.changed(conversation);
    this.drain(conversation);
    return item;
  }

  async sendAgain(id: MessageId): Promise<void> {
    const item = await this.ground.outbox.get(id);
    if (!item) return;
    await this.ground.outbox.put({ ...item, failure: null });
    this.changed(item.conversation);
    this.drain(item.conversation);
  }

  /** Whether it was dropped: what may be with the server already is not. */
  async discard(id: MessageId): Promise<boolean> {
    const item = await this.ground.outbox.get(id);
    if (!item || (item.attempt !== null && item.failure === null)) return false;
    await this.ground.outbox.remove(id);
    this.changed(item.conversation);
    return true;
  }

  /** Nothing more leaves from here, even if a connection comes back meanwhile. */
  stop(): void {
    this.stopped = true;
    if (this.retry !== null) clearTimeout(this.retry);
  }

  /** Sends what waits everywhere; whether nothing is left. */
  async drainAll(): Promise<boolean> {
    const items = await this.ground.outbox.list();
    const conversations = new Set(items.filter(({ failure }) => failure === null).map(({ conversation }) => conversation));
    for (const conversation of conversations) await this.drained(conversation);
    return (await this.ground.outbox.list()).length === 0;
  }

  private drain(conversation: ConversationId): void {
    void this.drained(conversation);
  }

  private async drained(conversation: ConversationId): Promise<void> {
    let outcome: RoundOutcome = 'later';
    try {
      outcome = await this.sender.drain(conversation);
    } catch (error) {
      this.ground.trouble(error);
    }
    this.changed(conversation);
    if (outcome === 'done') this.wait = TRY_AGAIN_FIRST;
    if (outcome === 'later' && !this.stopped) this.tryLater();
  }

  private tryLater(): void {
    this.retry ??= setTimeout(() => {
      this.retry = null;
      void this.drainAll();
    }, this.wait);
    this.wait = Math.min(this.wait * 2, TRY_AGAIN_LAST);
  }

  private opened(conversation: ConversationId): Conversation | null {
    const open = this.page.open();
    return open?.id === conversation ? open : null;
  }

  private async readable(conversation: ConversationId): Promise<ReadableConversation> {
    const open = this.opened(conversation);
    if (open?.readable && !open.kept) return open.readable;
    return this.ground.reader.look(conversation);
  }

  /** A patient's message goes out under an emergency key that stands, where one can be made; where none can, without. */
  private async withEmergencyKey(read: ReadableConversation): Promise<ReadableConversation> {
    try {
      return await this.ground.emergencyKeys.standing(read);
    } catch (error) {
      if (error instanceof ProtocolError || error instanceof ApiError) return read;
      throw error;
    }
  }

  private async shownHead(conversation: ConversationId): Promise<DeviceHead | null> {
    const open = this.opened(conversation);
    if (!open) return null;
    await open.catchUp();
    return open.thread.newestOf(this.ground.session.account, this.ground.session.device);
  }

  private changed(conversation: ConversationId): void {
    void this.opened(conversation)?.refreshWaiting();
    this.page.told(conversation);
  }
}
