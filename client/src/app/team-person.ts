/** Somebody in a team as the interface shows them: as what, and for how long where they are cover. */

import type { AccountId } from '../protocol/ids.ts';
import type { TeamChain } from '../protocol/teamChain.ts';
import type { TeamPerson } from '../views/models/clinic.ts';
import type { People } from './people.ts';

export function teamPerson(chain: TeamChain, account: AccountId, people: People): TeamPerson {
  const stay = chain.stays.findLast((one) => one.account === account && one.ended === null);
  const cover = stay?.cover ?? null;
  return {
    ...people.person(account),
    role: stay?.role ?? null,
    covers: cover && { from: new Date(cover.from), until: new Date(cover.until) },
    manages: chain.managers.includes(account),
  };
}
