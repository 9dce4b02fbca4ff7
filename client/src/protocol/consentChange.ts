/** What a change of a consent does, for people to read and for nobody to dispute (docs/protocol.md §5). */

import type { ConsentBody } from './kinds/consent.ts';

export type ChangeCode =
  | 'start_narrowed'
  | 'start_extended'
  | 'end_narrowed'
  | 'end_extended'
  | 'scope_narrowed'
  | 'scope_extended'
  | 'history_narrowed'
  | 'history_extended'
  | 'may_open_narrowed'
  | 'may_open_extended'
  | 'purpose_changed';

/** After every protocol time: such texts sort as the instants do. */
const NEVER = '~';

/**
 * Everything that differs between two states of one consent, in the order of the codes; nothing where none does.
 * One conversation in another's place is both narrower and wider; another purpose is neither.
 */
export function changeOf(before: ConsentBody, after: ConsentBody): readonly ChangeCode[] {
  const [historyBefore, historyAfter] = [readableFrom(before), readableFrom(after)];
  const [endBefore, endAfter] = [before.until ?? NEVER, after.until ?? NEVER];
  const moved = before.scope !== after.scope;
  const holds: Readonly<Record<ChangeCode, boolean>> = {
    start_narrowed: after.not_before > before.not_before,
    start_extended: after.not_before < before.not_before,
    end_narrowed: endAfter < endBefore,
    end_extended: endAfter > endBefore,
    scope_narrowed: moved && after.scope !== 'all',
    scope_extended: moved && before.scope !== 'all',
    history_narrowed: historyAfter > historyBefore,
    history_extended: historyAfter < historyBefore,
    may_open_narrowed: before.may_open && !after.may_open,
    may_open_extended: after.may_open && !before.may_open,
    purpose_changed: after.purpose !== before.purpose,
  };
  return (Object.keys(holds) as ChangeCode[]).filter((code) => holds[code]);
}

/** The instant from which on a consent opens what was written before it: none < from later < from earlier < all. */
function readableFrom({ history, from }: ConsentBody): string {
  return history === 'all' ? '' : (from ?? NEVER);
}
