/** Who writes just now, as far as the server tells: patients hear of 'the team', colleagues of the person. */

import type { AccountId } from '../protocol/ids.ts';

/** A sign that was not repeated is over: whoever lost the connection writes no more. */
const LASTS = 6_000;

export class TypingList {
  private readonly timers = new Map<AccountId | 'team', ReturnType<typeof setTimeout>>();

  constructor(private readonly changed: () => void) {}

  get team(): boolean {
    return this.timers.has('team');
  }

  get people(): readonly AccountId[] {
    return [...this.timers.keys()].filter((who) => who !== 'team');
  }

  hear(account: AccountId | null, typing: boolean): void {
    const who = account ?? 'team';
    const timer = this.timers.get(who);
    if (timer !== undefined) clearTimeout(timer);
    this.timers.delete(who);
    if (typing) this.timers.set(who, setTimeout(() => { this.hear(account, false); }, LASTS));
    this.changed();
  }

  clear(): void {
    for (const timer of this.timers.values()) clearTimeout(timer);
    this.timers.clear();
  }
}
