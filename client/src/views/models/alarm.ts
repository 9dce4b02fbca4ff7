/** What this browser remembers does not fit what the service says: everything stops here. */
import type { Zones } from '../times.ts';
import type { DoorActions, DoorModel } from './door.ts';
import type { Person } from './person.ts';

/** A signed state of the access log, shown to whoever has to look into it. */
export interface AlarmCheckpoint {
  readonly size: number;
  readonly root: string;
}

export type Alarm =
  /** Two states of the log, both signed, that cannot both be true. */
  | { readonly what: 'log_forked'; readonly remembered: AlarmCheckpoint; readonly served: AlarmCheckpoint }
  /** The log has become shorter than what this browser has seen. */
  | { readonly what: 'log_rolled_back'; readonly remembered: AlarmCheckpoint; readonly served: AlarmCheckpoint }
  /** A log key or origin other than the one that is remembered. */
  | { readonly what: 'log_key_changed' }
  /** The clinic's own key is not the one this browser knows. */
  | { readonly what: 'clinic_key_changed'; readonly remembered: readonly string[]; readonly served: readonly string[] }
  /** Keys were entered under the person's own name that this browser has not made. */
  | { readonly what: 'own_keys_changed' }
  /** Somebody's chain of keys is shorter than, or differs from, what was verified before. */
  | { readonly what: 'chain_rolled_back'; readonly who: Person }
  /** The person's own vault or documents are older than what this browser has seen. */
  | { readonly what: 'vault_rolled_back' };

export interface AlarmModel extends DoorModel {
  readonly clinicPhone: string | null;
  readonly alarm: Alarm;
  readonly noticedAt: Date;
  readonly now: Date;
  readonly zones: Zones;
  /** Messages that wait, locked, on this device. */
  readonly waiting: number;
}

export interface AlarmActions extends DoorActions {
  /** A file with both states and the time, for the clinic; it holds no message, name or key. */
  saveReport(): void;
  lock(): void;
}
