/** Keeps a reader's place while the list around it changes, and knows what is in sight. */

const NEAR_END_PX = 80;

/** The scroll position of a host's list of `article[id]`, in whatever box scrolls around it. */
export class ScrollPlace {
  readonly #host: HTMLElement;
  readonly #floor: () => Element | null;
  #scroller: HTMLElement | null | undefined;
  #anchor: { readonly element: Element; readonly top: number } | null = null;
  #following = false;
  #settled: (() => void) | null = null;
  #stop: (() => void) | null = null;

  /** @param floor what may lie over the lower end of the list, such as the composer. */
  constructor(host: HTMLElement, floor: () => Element | null) {
    this.#host = host;
    this.#floor = floor;
  }

  /** The nearest box that scrolls; null when the page itself does. */
  get scroller(): HTMLElement | null {
    // Asking for styles makes the browser work them out, so it is asked once per size of the window.
    if (this.#scroller === undefined) this.#scroller = this.#findScroller();
    return this.#scroller;
  }

  /** Whether the end of the list is in sight, or nearly. */
  get atEnd(): boolean {
    const box = this.#box();
    return box.scrollHeight - box.scrollTop - box.clientHeight < NEAR_END_PX;
  }

  /** Whether the end of the list is kept in sight whatever grows: the person is there and has not left. */
  get following(): boolean {
    return this.#following;
  }

  /** Calls `settled` once a frame while the person scrolls, comes back to the page, or sizes change. */
  watch(settled: () => void): void {
    this.#settled = settled;
    let frame = 0;
    const soon = (): void => {
      cancelAnimationFrame(frame);
      frame = requestAnimationFrame(settled);
    };
    let top = this.#box().scrollTop;
    const scrolled = (): void => {
      // Only going up is leaving: what grows below moves the end away without the person doing anything.
      const now = this.#box().scrollTop;
      if (now < top && !this.atEnd) this.#following = false;
      top = now;
      soon();
    };
    const sizes = new ResizeObserver(() => {
      this.#scroller = undefined; // a narrower window may have another box scroll
      if (this.#following) this.#toEnd();
      soon();
    });
    for (const element of [this.#host, this.scroller ?? document.body]) sizes.observe(element);
    // Captured on the document, so that it serves whichever box scrolls.
    document.addEventListener('scroll', scrolled, { capture: true, passive: true });
    window.addEventListener('focus', soon);
    this.#stop = () => {
      cancelAnimationFrame(frame);
      sizes.disconnect();
      document.removeEventListener('scroll', scrolled, { capture: true });
      window.removeEventListener('focus', soon);
    };
  }

  forget(): void {
    this.#stop?.();
    this.#scroller = undefined;
  }

  /** From now on the end of the list is kept in sight, until the person leaves it. */
  follow(): void {
    this.#following = true;
  }

  /** Stays where it is, whatever comes below. */
  stay(): void {
    this.#following = false;
    this.#anchor = null;
  }

  /**
   * Before a change: what is where. Who is at the end stays there, if the list `reachesEnd`: if what is in the page
   * ends where the list does.
   */
  remember(reachesEnd: boolean): void {
    this.#following = reachesEnd && (this.#following || this.atEnd);
    const element = this.firstInSight();
    this.#anchor = element ? { element, top: element.getBoundingClientRect().top } : null;
  }

  /** After a change: put it back. */
  restore(): void {
    if (this.#following) this.#toEnd();
    else if (this.#anchor?.element.isConnected)
      this.#box().scrollTop += this.#anchor.element.getBoundingClientRect().top - this.#anchor.top;
    this.#anchor = null;
    requestAnimationFrame(() => this.#settled?.());
  }

  /** The first article of which anything is on the screen. */
  firstInSight(): HTMLElement | undefined {
    const { top } = this.#sight();
    return this.#articles().find((article) => article.getBoundingClientRect().bottom > top);
  }

  /** The id of the last article whose end is on the screen; null when none is. */
  lastInSight(): string | null {
    const { top, bottom } = this.#sight();
    const seen = this.#articles().findLast((article) => {
      const box = article.getBoundingClientRect();
      return box.bottom <= bottom + 1 && box.bottom > top;
    });
    return seen?.id ?? null;
  }

  #findScroller(): HTMLElement | null {
    for (let box = this.#host.parentElement; box !== null && box !== document.body; box = box.parentElement)
      if (/auto|scroll/.test(getComputedStyle(box).overflowY)) return box;
    return null;
  }

  #toEnd(): void {
    const box = this.#box();
    box.scrollTop = box.scrollHeight;
  }

  #articles(): HTMLElement[] {
    return [...this.#host.getElementsByTagName('article')];
  }

  #box(): Element {
    return this.scroller ?? document.scrollingElement ?? document.documentElement;
  }

  /** The part of the window in which the list can be seen. */
  #sight(): { readonly top: number; readonly bottom: number } {
    const box = this.scroller?.getBoundingClientRect();
    const { top, bottom } = box ?? { top: 0, bottom: window.innerHeight };
    return { top, bottom: Math.min(bottom, this.#floor()?.getBoundingClientRect().top ?? bottom) };
  }
}
