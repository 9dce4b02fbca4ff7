/** What somebody has begun to write, encrypted on this device as it is written. */

import type { SealedStore } from '../keystore/sealed-store.ts';
import type { ConversationId } from '../protocol/ids.ts';
import type { JsonObject } from '../protocol/strictJson.ts';

export class Drafts {
  private readonly newest = new Map<ConversationId, JsonObject | null>();
  private writing: Promise<void> | null = null;

  constructor(private readonly store: SealedStore) {}

  get<T extends JsonObject>(conversation: ConversationId): Promise<T | null> {
    return this.store.get<T>('drafts', conversation);
  }

  /** Keeps a draft; null forgets it. */
  set(conversation: ConversationId, draft: JsonObject | null): Promise<void> {
    this.newest.set(conversation, draft);
    this.writing ??= this.writeAll().finally(() => { this.writing = null; });
    return this.writing;
  }

  /** Settles once nothing is being written any more, or could not be. */
  async settled(): Promise<void> {
    await this.writing?.catch(() => undefined);
  }

  /** One write at a time: encrypting takes as long as it takes, and an older draft must not land on a newer one. What came meanwhile is visited too. */
  private async writeAll(): Promise<void> {
    for (const [conversation, draft] of this.newest) {
      this.newest.delete(conversation);
      await this.store.write({ store: 'drafts', name: conversation, value: draft });
    }
  }
}
