/** Who could read a conversation when this person last looked, kept encrypted on this device. */

import type { SealedStore } from '../keystore/sealed-store.ts';
import type { AccountId, ConversationId } from '../protocol/ids.ts';

export class ReadersSeen {
  /** As of the visit before; null before it was read, and where there was none. */
  private before: readonly AccountId[] | null = null;
  private kept = '';
  private readonly recalled: Promise<void>;

  constructor(
    private readonly store: SealedStore,
    private readonly conversation: ConversationId,
    changed: () => void,
  ) {
    this.recalled = this.recall().then(changed, () => undefined);
  }

  /** Whether others can read now than at the visit before; looking at them makes them those of this visit. */
  differ(readers: readonly AccountId[]): boolean {
    const now = [...readers].sort();
    void this.keep(now);
    return this.before !== null && this.before.join() !== now.join();
  }

  private async recall(): Promise<void> {
    this.before = await this.store.get<readonly AccountId[]>('settings', this.name);
  }

  private async keep(readers: readonly AccountId[]): Promise<void> {
    await this.recalled;
    if (this.kept === readers.join()) return;
    this.kept = readers.join();
    // On a full device the next visit says that something changed which had: better than the other way round.
    await this.store.write({ store: 'settings', name: this.name, value: [...readers] }).catch(() => undefined);
  }

  private get name(): string {
    return `readers:${this.conversation}`;
  }
}
