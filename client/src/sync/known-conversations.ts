/**
 * What this device has verified and opened of conversations, so that neither is done twice (docs/adr/0015): this client's own word, in memory and in the
 * sealed store. Nothing in it comes from the service unverified.
 */

import type { SealedStore } from '../keystore/sealed-store.ts';
import type { ConversationId } from '../protocol/ids.ts';
import { knownJson, readKnownJson, type KnownConversation } from './known-form.ts';

export class KnownConversations {
  private readonly found = new Map<ConversationId, KnownConversation>();

  constructor(private readonly store: SealedStore) {}

  /** What is known of a conversation; null where nothing is. */
  async find(conversation: ConversationId): Promise<KnownConversation | null> {
    const found = this.found.get(conversation);
    if (found) return found;
    const kept = await this.store.get('conversations', conversation);
    const known = kept === null ? null : await readKnownJson(kept);
    if (known?.control.conversation !== conversation) return null;
    // What was verified meanwhile is newer.
    if (!this.found.has(conversation)) this.found.set(conversation, known);
    return this.found.get(conversation) ?? known;
  }

  /** Knows it from now on; what a newer version wrote into is not kept beyond this page, for that version is to verify it. */
  async keep(known: KnownConversation): Promise<void> {
    const { conversation } = known.control;
    const before = this.found.get(conversation);
    this.found.set(conversation, known);
    if (known.control.newer.length > 0 || (before && isSame(before, known))) return;
    await this.store.write({ store: 'conversations', name: conversation, value: knownJson(known) });
  }

  /** Knows nothing of it any more. */
  async forget(conversation: ConversationId): Promise<void> {
    this.found.delete(conversation);
    await this.store.write({ store: 'conversations', name: conversation, value: null });
  }
}

function isSame(one: KnownConversation, other: KnownConversation): boolean {
  return one.control.head === other.control.head && one.secrets.size === other.secrets.size && one.name === other.name;
}
