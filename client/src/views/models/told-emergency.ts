/** That somebody asked to read one of a patient's conversations in an emergency, and what became of it. */
import type { Person } from './person.ts';

export interface ToldEmergency {
  readonly id: string;
  readonly conversation: string;
  /** Null while its name cannot be opened on this device. */
  readonly conversationName: string | null;
  readonly who: Person;
  readonly reason: 'unconscious' | 'danger' | 'medicines' | 'unreachable';
  /** What they wrote; null where it does not open. */
  readonly text: string | null;
  /** `waiting` for custodians, `open` to who asked, `over` after that, `lapsed` where it ended before two agreed. */
  readonly state: 'waiting' | 'open' | 'over' | 'lapsed';
  /** The custodians who let their share go. */
  readonly agreed: readonly Person[];
  readonly requestedAt: Date;
  readonly until: Date;
}
