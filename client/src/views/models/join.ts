/** Joining by invitation. */
import type { DoorActions, DoorModel } from './door.ts';
import type { Person } from './person.ts';

export type JoinStep = 'inviter' | 'password' | 'recovery' | 'readers' | 'done';

/** Why an invitation leads nowhere; each is said in words, with whom to call. */
export type JoinStop =
  | 'unknown'
  | 'expired'
  | 'used'
  | 'cancelled'
  | 'damaged_link'
  | 'wrong_clinic'
  | 'not_genuine'
  | 'different_code'
  | 'clock'
  | 'unreachable';

/** `weak` carries the reason as a word-list code, so that it is said in the person's language. */
export type PasswordVerdict =
  { readonly state: 'strong' } | { readonly state: 'weak'; readonly reason: 'too_short' | 'common' | 'personal' | 'pattern' | 'guessable' };

export interface Inviter extends Person {
  readonly invitedAt: Date;
}

export interface TeamCard {
  readonly name: string;
  readonly members: readonly Person[];
}

export interface Profile {
  readonly legalName: string;
  readonly preferredName: string;
  readonly pronouns: string;
  /** In the person's own words: "First language Polish, English is fine". */
  readonly languageNote: string;
}

interface JoinBase extends DoorModel {
  readonly clinicPhone: string | null;
}

/** Opened without a link: the person can paste it. */
export interface JoinWithoutLink extends JoinBase {
  readonly stage: 'link';
  readonly badLink: boolean;
}

export interface JoinChecking extends JoinBase {
  readonly stage: 'checking';
}

export interface JoinStopped extends JoinBase {
  readonly stage: 'stopped';
  readonly stop: JoinStop;
}

export interface Joining extends JoinBase {
  readonly stage: 'joining';
  /** Patients give a consent; staff do not. */
  readonly role: 'patient' | 'staff';
  readonly step: JoinStep;
  readonly inviter: Inviter;
  /** Six groups of five digits, printed on the visit card and the front desk's sign. */
  readonly clinicCode: readonly string[];
  readonly signInName: string;
  readonly nameTaken: boolean;
  /** Null before anything was typed. */
  readonly passwordVerdict: PasswordVerdict | null;
  /** Nine groups of four; empty until it is made. */
  readonly recoveryCode: readonly string[];
  /** Whether what was typed back opens the account. */
  readonly recoveryCheck: 'untried' | 'wrong' | 'right';
  /** The care team asked for at enrolment; null for staff. */
  readonly team: TeamCard | null;
  /** The clinic has custodians: a patient may let them open what is written in an emergency. */
  readonly offersEmergencyAccess: boolean;
  /** True while keys are made and sent. */
  readonly working: boolean;
  readonly failure: 'unreachable' | 'our_fault' | null;
  readonly now: Date;
}

export type JoinModel = JoinWithoutLink | JoinChecking | JoinStopped | Joining;

export interface JoinActions extends DoorActions {
  openLink(link: string): void;
  /** The codes were compared, or will be; "different" stops for good. */
  confirmClinic(answer: 'same' | 'later' | 'different'): void;
  /** Called as the password is typed; the verdict comes back through the model. */
  judgePassword(name: string, password: string): void;
  choosePassword(name: string, password: string): void;
  /** The code typed back, as typed. */
  checkRecoveryCode(typed: string): void;
  /** Go on from the tested recovery code (staff: this joins). */
  keepRecoveryCode(): void;
  /** The one signed consent; this joins. */
  agree(): void;
  back(): void;
  /** The encrypted profile, and emergency access where it was switched on; then the first page. */
  saveProfile(profile: Profile, emergencyAccess: boolean): void;
  /** Staff: to the inbox. */
  finish(): void;
}
