/** What a person decides about their own account and this device. */
import type { Language } from '../words.ts';
import type { Zones } from '../times.ts';
import type { ChromeActions, ChromeModel } from './chrome.ts';
import type { Loading } from './home.ts';
import type { PasswordVerdict, Profile } from './join.ts';
import type { Person } from './person.ts';

/** Minutes without use after which the page locks; a closed list, so that "never" cannot be chosen. */
export const IDLE_CHOICES = [5, 15, 30, 60] as const;
export type IdleMinutes = (typeof IDLE_CHOICES)[number];

export interface Device {
  readonly id: string;
  /** "Firefox on Android", as the device described itself. */
  readonly label: string;
  readonly addedAt: Date;
  readonly lastSeenAt: Date;
  /** The one the person sits at. */
  readonly current: boolean;
  /** It has a running session. */
  readonly signedIn: boolean;
}

/** `wrong_password` is the present one; `vault_moved`: another device changed it meanwhile. */
export type ChangeFailure = 'wrong_password' | 'vault_moved' | 'unreachable' | 'our_fault';

/** Saving what was written; `saved` until the next change. */
export type Saving = 'idle' | 'working' | 'saved' | 'failed';

/** The present password, then the new one. */
export type PasswordChange =
  | { readonly step: 'closed'; readonly changed: boolean }
  | { readonly step: 'present'; readonly working: boolean; readonly failure: ChangeFailure | null }
  | {
      readonly step: 'fresh';
      readonly working: boolean;
      readonly failure: ChangeFailure | null;
      /** Null before anything was typed. */
      readonly verdict: PasswordVerdict | null;
    };

/** A code is made, shown once and typed back; only then does it replace the one before. */
export type RecoveryChange =
  | { readonly step: 'closed'; readonly changed: boolean }
  | { readonly step: 'present'; readonly working: boolean; readonly failure: ChangeFailure | null }
  | {
      readonly step: 'code';
      /** Nine groups of four. */
      readonly code: readonly string[];
      readonly check: 'untried' | 'wrong' | 'right';
      readonly working: boolean;
      readonly failure: ChangeFailure | null;
    };

/** "My device or password was stolen": new keys, new password, new recovery code, in this order. */
export type StolenChange =
  | { readonly step: 'closed' }
  | { readonly step: 'explain' }
  | { readonly step: 'password'; readonly verdict: PasswordVerdict | null }
  | {
      readonly step: 'code';
      readonly code: readonly string[];
      readonly check: 'untried' | 'wrong' | 'right';
      readonly working: boolean;
      readonly failure: ChangeFailure | null;
    }
  | { readonly step: 'done' };

/** Asked where messages have not gone out yet; otherwise signing out needs no question. */
export type SignOutQuestion =
  | { readonly step: 'closed' }
  | { readonly step: 'asking'; readonly waiting: number; readonly state: 'idle' | 'sending' | 'leaving' | 'not_all_sent' };

/** What to do with messages that have not gone out. */
export type WaitingChoice = 'send_first' | 'keep_locked' | 'delete';

/** A patient's word about emergency access being carried out, or why that failed; `keys_wait`: it is decided, and not every conversation has its key. */
export type EmergencyDeed =
  | { readonly state: 'idle' }
  | { readonly state: 'working'; readonly done: number; readonly all: number }
  | { readonly state: 'failed'; readonly reason: 'unreachable' | 'refused' | 'newer_version' | 'keys_wait' };

export interface EmergencyChoice {
  readonly optedIn: boolean;
  /** Two of these open a conversation together; nobody while the clinic has named nobody. */
  readonly custodians: readonly Person[];
  readonly deed: EmergencyDeed;
}

export interface SettingsModel {
  readonly chrome: ChromeModel;
  readonly loading: Loading;
  readonly now: Date;
  readonly zones: Zones;
  readonly clinicPhone: string | null;
  readonly signInName: string;
  readonly idleMinutes: IdleMinutes;
  /** Null for those whose pages have no single-key shortcuts. */
  readonly singleKeys: boolean | null;
  /** Null for staff, whose names are public in the clinic. */
  readonly profile: { readonly written: Profile; readonly saving: Saving } | null;
  /** Null for staff: it is about patients' own conversations. */
  readonly emergencyChoice: EmergencyChoice | null;
  readonly password: PasswordChange;
  readonly recovery: RecoveryChange;
  readonly stolen: StolenChange;
  readonly devices: readonly Device[];
  /** The device that is being signed out; "others" for all but this one. */
  readonly signingOutDevice: string | null;
  /** The person's own code, to compare in person; six groups of five digits. */
  readonly safetyCode: readonly string[];
  readonly clinicCode: readonly string[];
  readonly signOut: SignOutQuestion;
}

export interface SettingsActions {
  readonly chrome: ChromeActions;
  tryAgain(): void;
  chooseLanguage(language: Language): void;
  chooseIdle(minutes: IdleMinutes): void;
  chooseSingleKeys(on: boolean): void;
  saveProfile(profile: Profile): void;
  /** Opts in to emergency access, or out of it. */
  chooseEmergency(optedIn: boolean): void;

  beginPasswordChange(): void;
  cancelPasswordChange(): void;
  /** The present password, before a new one may be chosen. */
  provePassword(present: string): void;
  /** Called as a new one is typed; the verdict comes back through the model. */
  judgePassword(password: string): void;
  changePassword(fresh: string): void;

  beginRecoveryChange(): void;
  cancelRecoveryChange(): void;
  /** The present password, before a new code is made. */
  makeRecoveryCode(present: string): void;
  /** The code typed back, as typed. */
  checkRecoveryCode(typed: string): void;
  /** The new code counts from here; the old one opens nothing any more. */
  keepRecoveryCode(): void;

  beginStolen(): void;
  cancelStolen(): void;
  /** Read and understood: on to the new password. */
  goOnStolen(): void;
  chooseStolenPassword(fresh: string): void;
  checkStolenCode(typed: string): void;
  /** Makes the new keys and signs every other device out. */
  finishStolen(): void;

  signOutDevice(device: string): void;
  signOutOthers(): void;
  signOut(): void;
  decideWaiting(choice: WaitingChoice): void;
  cancelSignOut(): void;
}
