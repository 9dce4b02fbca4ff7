/** The tabs of one account on this device: who may act alone, and what they tell each other. */

/** Runs `task` while no other tab of this account runs one of the same name. A tab that dies lets go. */
export function alone<T>(label: string, name: string, task: () => Promise<T>): Promise<T> {
  return navigator.locks.request(`between:${label}:${name}`, task);
}

/** What one tab tells the others. */
export type TabNews =
  | { readonly what: 'locked' | 'signed-out' | 'pins' | 'active' }
  | { readonly what: 'outbox' | 'draft'; readonly conversation: string };

/** A line between the tabs of one account. */
export class TabChannel {
  private readonly channel: BroadcastChannel;

  constructor(label: string, hear: (news: TabNews) => void) {
    this.channel = new BroadcastChannel(`between:${label}`);
    this.channel.onmessage = ({ data }: MessageEvent<TabNews>) => { hear(data); };
  }

  tell(news: TabNews): void {
    this.channel.postMessage(news);
  }

  close(): void {
    this.channel.close();
  }
}
