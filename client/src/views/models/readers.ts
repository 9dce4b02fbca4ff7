/** Who can read a conversation besides the person who looks. */
import type { Person } from './person.ts';

/**
 * Whether this device knows that the keys are this person's: vouched for by the clinic's key,
 * compared in person as well, or changed since either.
 */
export type Safety = 'vouched' | 'compared' | 'changed';

export interface Reader extends Person {
  /** Why they can read: "Heart & kidney team", "invited you"; the clinic's words or ours. */
  readonly why: string;
  readonly since: Date;
  /** Null while no end is agreed. */
  readonly until: Date | null;
  readonly safety: Safety;
  /** The code to compare in person, in groups; null where this device holds no key of theirs yet. */
  readonly safetyCode: readonly string[] | null;
}

export interface Readers {
  /** Everybody but the person who looks. */
  readonly people: readonly Reader[];
  readonly changedSinceLastVisit: boolean;
  /** What is written now can be opened in an emergency, by two custodians together. */
  readonly escrowed: boolean;
}
