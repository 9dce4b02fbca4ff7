/** What somebody has begun to write, encrypted on this device as it is written. */

import type { SealedStore } from '../keystore/sealed-store.ts';
import type { ConversationId } from '../protocol/ids.ts';
import type { JsonObject } from '../protocol/strictJson.ts';

export class Drafts {
  constructor(private readonly store: SealedStore) {}

  get<T extends JsonObject>(conversation: ConversationId): Promise<T | null> {
    return this.store.get<T>('drafts', conversation);
  }

  /** Keeps a draft; null forgets it. */
  async set(conversation: ConversationId, draft: JsonObject | null): Promise<void> {
    await this.store.write({ store: 'drafts', name: conversation, value: draft });
  }
}
