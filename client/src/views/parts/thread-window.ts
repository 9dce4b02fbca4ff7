/**
 * Which part of a long thread is in the page. At most {@link MOST} entries stand there, so that ten
 * thousand messages cost no more than a few screens; the window slides as the person scrolls.
 */

/** Indices into the entries: `start` included, `end` not. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

export const MOST = 120;
const AT_FIRST = 60;
const STEP = 30;

/** The newest entries. */
export function newest(length: number): Span {
  return { start: Math.max(0, length - AT_FIRST), end: length };
}

/** Enough around one entry to scroll both ways. */
export function around(index: number, length: number): Span {
  const start = Math.max(0, index - STEP);
  return { start, end: Math.min(length, start + AT_FIRST + STEP) };
}

/** One step towards older entries; what leaves does so at the other end. */
export function earlier({ start, end }: Span): Span {
  const from = Math.max(0, start - STEP);
  return { start: from, end: Math.min(end, from + MOST) };
}

/** One step towards newer entries. */
export function later({ start, end }: Span, length: number): Span {
  const to = Math.min(length, end + STEP);
  return { start: Math.max(start, to - MOST), end: to };
}

/**
 * The same entries after the list has changed: `shift` entries were put before them, and the list is now
 * `length` long. A window that held the newest goes on holding it while the person is `atEnd`, so that what
 * arrives is seen; else nothing on the screen moves. A window that held the oldest takes in some of what came before,
 * so that there is something to scroll up into.
 */
export function carried(span: Span, before: number, shift: number, length: number, atEnd: boolean): Span {
  const start = Math.max(0, span.start + shift - (span.start === 0 && shift > 0 ? STEP : 0));
  const heldNewest = span.end >= before;
  const end = Math.min(length, heldNewest ? length : span.end + shift);
  if (end - start <= MOST) return { start: Math.min(start, end), end };
  return atEnd ? { start: end - MOST, end } : { start, end: start + MOST };
}
