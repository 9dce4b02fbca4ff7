/** The live connection, loaded when it is wanted: pages show what they have before Socket.IO's code is there. */

import type { Sent } from '../api/conversations.ts';
import { Unreachable } from '../api/http.ts';
import type { LiveConnection, LiveListeners } from '../api/live.ts';
import type { ConversationId } from '../protocol/ids.ts';
import type { MessageWire } from '../protocol/message.ts';

export class LiveLine {
  private connection: LiveConnection | null = null;
  private closed = false;

  constructor(private readonly listeners: LiveListeners) {}

  async connect(): Promise<void> {
    if (this.closed) return;
    if (this.connection) {
      this.connection.hurry();
      return;
    }
    const { LiveConnection } = await import('../api/live.ts');
    this.connection = new LiveConnection(this.listeners);
    this.connection.connect();
  }

  close(): void {
    this.closed = true;
    this.connection?.close();
  }

  get connected(): boolean {
    return this.connection?.connected ?? false;
  }

  async follow(conversation: ConversationId): Promise<number> {
    return this.line().follow(conversation);
  }

  async send(conversation: ConversationId, wire: MessageWire): Promise<Sent> {
    return this.line().send(conversation, wire);
  }

  async receipt(conversation: ConversationId, delivered: number, read: number): Promise<void> {
    await this.line().receipt(conversation, delivered, read);
  }

  typing(conversation: ConversationId, typing: boolean): void {
    this.connection?.typing(conversation, typing);
  }

  private line(): LiveConnection {
    if (!this.connection?.connected) throw new Unreachable('not connected');
    return this.connection;
  }
}
