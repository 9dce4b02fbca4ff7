/** Before a person is in: signing in, unlocking. */
import type { Language } from '../words.ts';
import type { Appearance, Emergency } from './chrome.ts';

/** What every page outside the lock shows. */
export interface DoorModel {
  /** Null where the service holds several clinics and none is known yet. */
  readonly clinicName: string | null;
  readonly emergency: Emergency;
  readonly appearance: Appearance;
}

export interface DoorActions {
  chooseLanguage(language: Language): void;
  chooseAppearance(appearance: Appearance): void;
}

/**
 * Why signing in or unlocking did not work. `wrong` is one answer for an unknown name, a wrong password and a
 * vault that does not open, so that nobody learns which.
 */
export type SignInFailure =
  | { readonly code: 'wrong' }
  | { readonly code: 'too_many_tries'; readonly minutes: number }
  | { readonly code: 'unreachable' }
  | { readonly code: 'clock'; readonly minutes: number }
  | { readonly code: 'our_fault'; readonly reference: string };

/** How a session came to its end. */
export type Ended = 'signed_out' | 'revoked' | 'expired';

export interface SignInModel extends DoorModel {
  /** The name to begin with; remembered by the browser's password manager, not by us. */
  readonly name: string;
  /** True while the password is worked on, which takes a second or two by design. */
  readonly working: boolean;
  readonly failure: SignInFailure | null;
  /** Said above the form: why the person is here again. */
  readonly ended: Ended | null;
}

export interface SignInActions extends DoorActions {
  signIn(name: string, password: string): void;
  /** "I can't sign in": with the recovery code. */
  recover(): void;
}

export interface UnlockModel extends DoorModel {
  /** The preferred name where this device may still know it; else the sign-in name. */
  readonly name: string;
  readonly working: boolean;
  readonly failure: SignInFailure | null;
  /** Minutes without use after which it locked; null when the person locked it. */
  readonly idleMinutes: number | null;
  /** Said above the form: why the session is over, where neither idleness nor the person ended it. */
  readonly ended: Ended | null;
  /** Messages that wait, locked, on this device. */
  readonly waiting: number;
}

export interface UnlockActions extends DoorActions {
  unlock(password: string): void;
  recover(): void;
  /** "This isn't me": sign out, with the question what to do with waiting messages. */
  signOut(): void;
}
