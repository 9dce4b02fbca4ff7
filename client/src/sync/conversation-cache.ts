/** The messages that this device keeps of a conversation, encrypted, to show it without a connection. */

import { readServedMessage, type ServedMessage } from '../api/conversations.ts';
import { fields } from '../api/answers.ts';
import type { SealedStore } from '../keystore/sealed-store.ts';
import type { ConversationId } from '../protocol/ids.ts';
import * as shape from '../protocol/shape.ts';
import type { Json } from '../protocol/strictJson.ts';
import type { Thread } from './thread.ts';

const KEPT_MESSAGES = 200;
const KEEP_AFTER = 1_500;
const readKeptMessages = fields({ messages: shape.listOf(readServedMessage) });

export class ConversationCache {
  private pending: Thread | null = null;
  private timer: ReturnType<typeof setTimeout> | null = null;

  constructor(
    private readonly store: SealedStore,
    private readonly conversation: ConversationId,
  ) {}

  /** The newest messages that were kept. */
  async read(): Promise<readonly ServedMessage[]> {
    const messages = await this.store.get('messages', this.conversation);
    return messages === null ? [] : readKeptMessages(messages).messages;
  }

  /** Keeps the newest messages, soon: in a lively thread once and not for each. */
  keepMessages(thread: Thread): void {
    this.pending = thread;
    this.timer ??= setTimeout(() => void this.flush(), KEEP_AFTER);
  }

  /** Keeps what is pending, now. A full disk costs only what could have been shown without a connection. */
  async flush(): Promise<void> {
    if (this.timer !== null) clearTimeout(this.timer);
    this.timer = null;
    const messages = this.pending?.newest(KEPT_MESSAGES) as unknown as Json | undefined;
    this.pending = null;
    if (!messages) return;
    await this.store.write({ store: 'messages', name: this.conversation, value: { messages } }).catch(() => undefined);
  }

  /** Keeps no message of it any more. */
  async forget(): Promise<void> {
    if (this.timer !== null) clearTimeout(this.timer);
    this.timer = null;
    this.pending = null;
    await this.store.write({ store: 'messages', name: this.conversation, value: null });
  }

  /** It was looked at without a connection: that is logged when there is one again. */
  async noteViewed(): Promise<void> {
    await this.store.write({ store: 'opens', name: this.conversation, value: true });
  }
}
