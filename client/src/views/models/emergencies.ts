/** Emergency access as staff take part in it: who asks, who releases, who closes. */
import type { Zones } from '../times.ts';
import type { ChromeActions, ChromeModel } from './chrome.ts';
import type { Loading } from './home.ts';
import type { Person } from './person.ts';
import type { ThreadEntry } from './thread.ts';

/** Why somebody asks; `messenger/protocol/kinds/emergency.py` holds the same words. */
export type EmergencyReason = 'unconscious' | 'danger' | 'medicines' | 'unreachable';
export type Finding = 'justified' | 'avoidable' | 'misuse';

/** `waiting` for custodians, `open` to the requester, `over` by time or by the closing. */
export type EmergencyState = 'waiting' | 'open' | 'over';

/** Something that somebody did about it. */
export interface EmergencyStep {
  readonly by: Person;
  readonly at: Date;
}

/** What this person can do about it. */
export type EmergencyDeed = 'release' | 'read' | 'close';

export interface EmergencyRow {
  readonly id: string;
  readonly patient: Person;
  readonly requester: Person;
  readonly reason: EmergencyReason;
  /** Null where it was not written for this person. */
  readonly text: string | null;
  readonly requestedAt: Date;
  readonly until: Date;
  readonly state: EmergencyState;
  /** Two open it. */
  readonly releases: readonly EmergencyStep[];
  /** This person is among those who released. */
  readonly releasedByMe: boolean;
  readonly closing: (EmergencyStep & { readonly finding: Finding }) | null;
  readonly deed: EmergencyDeed | null;
}

/** One that the service lists and whose statements do not hold. */
export interface DoubtfulEmergency {
  readonly id: string;
  readonly requestedAt: Date;
}

export type EmergencyFailure =
  /** The log does not hold the request: nothing was released. */
  | 'not_in_log'
  /** The patient has not opted in, or not any more. */
  | 'not_opted_in'
  | 'over'
  /** The shares do not make the patient's key, or what was served does not hold. */
  | 'not_genuine'
  | 'new_keys'
  | 'nobody'
  | 'unreachable'
  | 'our_fault';

export interface EmergencyTrouble {
  readonly why: EmergencyFailure;
  /** Whose keys are new. */
  readonly who: Person | null;
}

export interface EmergencyUndertaking {
  readonly what: EmergencyDeed;
  readonly on: string;
  readonly trouble: EmergencyTrouble | null;
}

/** A conversation that an emergency would open; what it is called is not the requester's to know. */
export interface EscrowedChoice {
  readonly id: string;
  readonly begunAt: Date;
}

/** Asking, step by step; null in the model while nobody is asking. */
export type EmergencyAsking =
  | { readonly step: 'patient'; readonly patients: readonly Person[]; readonly working: boolean; readonly trouble: EmergencyTrouble | null }
  | { readonly step: 'no_way'; readonly patient: Person; readonly optedIn: boolean }
  | {
      readonly step: 'request';
      readonly patient: Person;
      readonly conversations: readonly EscrowedChoice[];
      readonly custodians: readonly Person[];
      readonly working: boolean;
      readonly trouble: EmergencyTrouble | null;
    };

export interface EmergencyWish {
  readonly conversation: string;
  readonly reason: EmergencyReason;
  readonly text: string;
  readonly hours: number;
}

/** What is open to the person who asked. */
export interface EmergencyReading {
  readonly row: EmergencyRow;
  /** The conversation. */
  readonly id: string;
  readonly entries: readonly ThreadEntry[];
}

export interface EmergenciesModel {
  readonly chrome: ChromeModel;
  readonly loading: Loading;
  readonly now: Date;
  readonly zones: Zones;
  readonly clinicPhone: string | null;
  readonly view: 'care_staff' | 'custodian' | 'compliance';
  /** Newest first. */
  readonly rows: readonly EmergencyRow[];
  readonly doubtful: readonly DoubtfulEmergency[];
  readonly asking: EmergencyAsking | null;
  readonly undertaking: EmergencyUndertaking | null;
  readonly reading: EmergencyReading | null;
}

export interface EmergenciesActions {
  readonly chrome: ChromeActions;
  tryAgain(): void;
  beginAsking(): void;
  stopAsking(): void;
  /** Whether there is a way to a patient; that somebody looked is in the patient's access log. `patient` is an account's 32 hex digits, or the six characters. */
  lookUp(patient: string): void;
  ask(wish: EmergencyWish): void;
  release(id: string): void;
  read(id: string): void;
  stopReading(): void;
  close(id: string, finding: Finding): void;
  /** The person has checked that somebody's new keys are theirs. */
  acknowledgeKeys(person: string): void;
  showAnyway(entry: string): void;
}
