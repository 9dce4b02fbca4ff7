/**
 * What was written here and is not yet with the server: encrypted on this device from the moment "Send" is pressed, until the server says that it is durable.
 */

import type { SealedStore } from '../keystore/sealed-store.ts';
import { formatTime } from '../protocol/encoding.ts';
import { newId, type ConversationId, type DeviceId, type MessageId } from '../protocol/ids.ts';
import type { Body, Category, MessageKind, MessageWire, Urgency } from '../protocol/message.ts';
import type { Json, JsonObject } from '../protocol/strictJson.ts';

/** What somebody wants to send. */
export interface Written {
  readonly kind: MessageKind;
  readonly category: Category | null;
  readonly urgency: Urgency;
  readonly answers: readonly MessageId[];
  readonly acknowledges: readonly MessageId[];
  readonly corrects: MessageId | null;
  readonly takesBack: MessageId | null;
  readonly body: Body;
}

/** Why a message will not go out by itself. */
export type SendFailure = 'refused' | 'too_large' | 'not_a_reader';

/** The bytes that were made of a message. Once they may have left, the very same bytes are sent again and no others. */
export interface Attempt {
  readonly epoch: number;
  readonly device: DeviceId;
  readonly deviceSequence: number;
  readonly hash: string;
  readonly wire: MessageWire;
}

export interface OutboxItem extends Written {
  readonly id: MessageId;
  readonly conversation: ConversationId;
  /** When it was written: a protocol time. */
  readonly written: string;
  readonly attempt: Attempt | null;
  readonly failure: SendFailure | null;
}

/** The newest message of this device in a conversation, by number and hash. */
export interface DeviceHead {
  readonly device: DeviceId;
  readonly sequence: number;
  readonly hash: string;
}

export class Outbox {
  constructor(private readonly store: SealedStore) {}

  /**
   * Keeps a message; returns once it is on the disk. With `endsDraft` what was being written goes in the same step: a tab that dies leaves the one or the
   * other, never both. @throws DOMException `QuotaExceededError`
   */
  async add(conversation: ConversationId, written: Written, endsDraft: boolean): Promise<OutboxItem> {
    const now = new Date();
    const item: OutboxItem = { ...written, id: newId('msg', now.getTime()), conversation, written: formatTime(now), attempt: null, failure: null };
    const kept = { store: 'outbox', name: item.id, value: item as unknown as Json } as const;
    await this.store.write(kept, ...(endsDraft ? [{ store: 'drafts', name: conversation, value: null } as const] : []));
    return item;
  }

  /** Everything that waits, oldest first. */
  async list(): Promise<readonly OutboxItem[]> {
    const records = await this.store.list<JsonObject>('outbox');
    const items = records.map(({ value }) => value as unknown as OutboxItem);
    return items.sort((one, other) => (one.id < other.id ? -1 : 1));
  }

  async of(conversation: ConversationId): Promise<readonly OutboxItem[]> {
    return (await this.list()).filter((item) => item.conversation === conversation);
  }

  async get(id: MessageId): Promise<OutboxItem | null> {
    return (await this.store.get<JsonObject>('outbox', id)) as unknown as OutboxItem | null;
  }

  async put(item: OutboxItem): Promise<void> {
    await this.store.write({ store: 'outbox', name: item.id, value: item as unknown as Json });
  }

  /** Drops a message that has not gone out. */
  async remove(id: MessageId): Promise<void> {
    await this.store.write({ store: 'outbox', name: id, value: null });
  }

  /** The server has it: it leaves the outbox and becomes the device's newest, in one step. */
  async settle(item: OutboxItem, attempt: Attempt): Promise<void> {
    const { device, deviceSequence: sequence, hash } = attempt;
    const head: DeviceHead = { device, sequence, hash };
    await this.store.write(
      { store: 'outbox', name: item.id, value: null },
      { store: 'device-heads', name: item.conversation, value: { ...head } },
    );
  }

  /** The newest message of a device in a conversation, as this browser remembers it. */
  async headOf(conversation: ConversationId, device: DeviceId): Promise<DeviceHead | null> {
    const head = (await this.store.get<JsonObject>('device-heads', conversation)) as unknown as DeviceHead | null;
    return head?.device === device ? head : null;
  }

  async setHead(conversation: ConversationId, head: DeviceHead): Promise<void> {
    await this.store.write({ store: 'device-heads', name: conversation, value: { ...head } });
  }
}
