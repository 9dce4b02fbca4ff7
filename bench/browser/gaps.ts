/** How long a page was not drawn and did not answer, while something else went on. */

export interface Gaps {
  /** The longest time between two animation frames, in milliseconds. */
  readonly frames: number;
  /** The longest time in which the page's thread did nothing else, in milliseconds. */
  readonly thread: number;
}

/** Runs `work` and tells the longest gaps meanwhile. */
export async function gapsDuring(work: () => Promise<unknown>): Promise<Gaps> {
  const gaps = { frames: 0, thread: 0 };
  let running = true;
  const watch = (name: keyof Gaps, again: (tick: () => void) => void): void => {
    let last = performance.now();
    const tick = (): void => {
      const now = performance.now();
      gaps[name] = Math.max(gaps[name], now - last);
      last = now;
      if (running) again(tick);
    };
    again(tick);
  };
  watch('frames', (tick) => requestAnimationFrame(tick));
  watch('thread', (tick) => setTimeout(tick));
  await work();
  running = false;
  return gaps;
}
