/**
 * Locking after a time without use. Time is measured by the clock and not by timers alone: a device that slept wakes up locked.
 */

const SIGNS_OF_LIFE = ['pointerdown', 'keydown', 'wheel', 'touchstart'] as const;
const LOOK_EVERY = 1_000;
/** How long before it locks the page asks, in milliseconds. */
export const ASK_BEFORE = 60_000;
const TELL_EVERY = 5_000;

/** What the watch does; the page of another tab counts as use too. */
export interface IdleListeners {
  /** Seconds until it locks while the person is being asked, null otherwise. */
  readonly asking: (seconds: number | null) => void;
  readonly lock: () => void;
  /** This tab was used: the others should know. */
  readonly used: () => void;
}

export class IdleWatch {
  private lastUse = Date.now();
  private lastTold = 0;
  private asked = false;
  private readonly timer: ReturnType<typeof setInterval>;
  private readonly onUse = (): void => { if (!this.asked) this.use(); };
  private readonly onVisible = (): void => { this.look(); };

  /** `patience` in milliseconds. */
  constructor(
    private patience: number,
    private readonly listeners: IdleListeners,
  ) {
    for (const sign of SIGNS_OF_LIFE) addEventListener(sign, this.onUse, { passive: true });
    document.addEventListener('visibilitychange', this.onVisible);
    this.timer = setInterval(this.onVisible, LOOK_EVERY);
  }

  setPatience(patience: number): void {
    this.patience = patience;
    this.look();
  }

  /** The person is there. While they are being asked, only the answer counts, and what other tabs tell. */
  use(): void {
    this.lastUse = Date.now();
    if (this.lastUse - this.lastTold > TELL_EVERY) {
      this.lastTold = this.lastUse;
      this.listeners.used();
    }
    this.look();
  }

  /** Another tab was used. */
  usedElsewhere(): void {
    this.lastUse = Date.now();
    this.look();
  }

  stop(): void {
    clearInterval(this.timer);
    for (const sign of SIGNS_OF_LIFE) removeEventListener(sign, this.onUse);
    document.removeEventListener('visibilitychange', this.onVisible);
  }

  private look(): void {
    const left = this.lastUse + this.patience - Date.now();
    if (left <= 0) {
      this.stop();
      this.listeners.lock();
      return;
    }
    const asking = left <= ASK_BEFORE;
    if (asking || this.asked) this.listeners.asking(asking ? Math.ceil(left / 1_000) : null);
    this.asked = asking;
  }
}
