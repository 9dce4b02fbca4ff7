/** Keeps a reader's place while the list around it changes, and knows what is in sight. */

const NEAR_END_PX = 80;

/** The scroll position of a host's list of `[id]` articles, in whatever box scrolls around it. */
export class ScrollPlace {
  readonly #host: HTMLElement;
  readonly #floor: () => Element | null;
  #anchor: { readonly element: Element; readonly top: number } | null = null;
  #pinned = false;
  #settled: (() => void) | null = null;
  #stop: (() => void) | null = null;

  /** @param floor what may lie over the lower end of the list, such as the composer. */
  constructor(host: HTMLElement, floor: () => Element | null) {
    this.#host = host;
    this.#floor = floor;
  }

  /** The nearest box that scrolls; null when the page itself does. */
  get scroller(): HTMLElement | null {
    for (let box = this.#host.parentElement; box !== null && box !== document.body; box = box.parentElement)
      if (/auto|scroll/.test(getComputedStyle(box).overflowY)) return box;
    return null;
  }

  /** Whether the end of the list is in sight, or nearly. */
  get atEnd(): boolean {
    const box = this.#box();
    return box.scrollHeight - box.scrollTop - box.clientHeight < NEAR_END_PX;
  }

  /** Calls `settled` once a frame while the person scrolls, comes back to the page, or changes its size. */
  watch(settled: () => void): void {
    this.#settled = settled;
    let waiting = 0;
    const soon = (): void => {
      cancelAnimationFrame(waiting);
      waiting = requestAnimationFrame(settled);
    };
    // Captured on the document, so that it serves whichever box scrolls.
    document.addEventListener("scroll", soon, { capture: true, passive: true });
    for (const name of ["focus", "resize"]) window.addEventListener(name, soon);
    this.#stop = () => {
      cancelAnimationFrame(waiting);
      document.removeEventListener("scroll", soon, { capture: true });
      for (const name of ["focus", "resize"]) window.removeEventListener(name, soon);
    };
  }

  forget(): void {
    this.#stop?.();
  }

  /** From the next change on, the end of the list is kept in sight. */
  pinToEnd(): void {
    this.#pinned = true;
  }

  unpin(): void {
    this.#pinned = false;
    this.#anchor = null;
  }

  /**
   * Before a change: what is where. Who is at the end stays there, if the list `reachesEnd`: if what is in the page
   * ends where the list does.
   */
  remember(reachesEnd: boolean): void {
    this.#pinned ||= reachesEnd && this.atEnd;
    const top = this.#sight().top;
    const element = this.#articles().find((article) => article.getBoundingClientRect().bottom > top);
    this.#anchor = element ? { element, top: element.getBoundingClientRect().top } : null;
  }

  /** After a change: put it back. */
  restore(): void {
    const box = this.#box();
    if (this.#pinned) box.scrollTop = box.scrollHeight;
    else if (this.#anchor?.element.isConnected) box.scrollTop += this.#anchor.element.getBoundingClientRect().top - this.#anchor.top;
    this.unpin();
    requestAnimationFrame(() => this.#settled?.());
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

  #articles(): Element[] {
    return [...this.#host.querySelectorAll("article[id]")];
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
