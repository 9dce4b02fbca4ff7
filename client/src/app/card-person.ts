/** Staff as their verified card names them, before anybody is in. */

import type { Card } from '../protocol/commitment.ts';
import type { AccountId } from '../protocol/ids.ts';
import type { Person } from '../views/models/person.ts';
import { idOf, initialsOf, toneOf } from './people.ts';

/** `otherwise` is the name where no card was verified: the clinic's. */
export function cardPerson(account: AccountId, card: Card | null | undefined, otherwise: string): Person {
  const name = card?.name ?? otherwise;
  const person = { id: idOf(account), name, initials: initialsOf(name), shape: 'clinic', tone: toneOf(account) } as const;
  return card && card.credential !== '' ? { ...person, credential: card.credential } : person;
}
