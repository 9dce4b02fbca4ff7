/** The first administrator's link: this browser makes the clinic's key. */
import type { DoorActions, DoorModel } from './door.ts';
import type { JoinStop, PasswordVerdict } from './join.ts';

export type FoundingStep = 'begin' | 'card' | 'password' | 'recovery' | 'fingerprint';

/** What a founder says about themselves; public in the clinic. */
export interface FounderCard {
  readonly name: string;
  readonly credential: string;
}

export interface FoundingModel extends DoorModel {
  /** Where the link leads nowhere; `step` then stands still. */
  readonly stop: JoinStop | null;
  /** The name that was given on the command line. */
  readonly newClinic: string;
  readonly step: FoundingStep;
  readonly card: FounderCard;
  readonly signInName: string;
  readonly nameTaken: boolean;
  /** Null before anything was typed. */
  readonly passwordVerdict: PasswordVerdict | null;
  /** Nine groups of four; empty until it is made. */
  readonly recoveryCode: readonly string[];
  readonly recoveryCheck: 'untried' | 'wrong' | 'right';
  /** The new clinic's code, six groups of five digits; empty until its key is made. */
  readonly clinicCode: readonly string[];
  readonly working: boolean;
  readonly failure: 'unreachable' | 'our_fault' | null;
}

export interface FoundingActions extends DoorActions {
  begin(): void;
  saveCard(card: FounderCard): void;
  /** Called as the password is typed; the verdict comes back through the model. */
  judgePassword(name: string, password: string): void;
  choosePassword(name: string, password: string): void;
  /** The code typed back, as typed. */
  checkRecoveryCode(typed: string): void;
  /** Makes the clinic's key and the account. */
  found(): void;
  back(): void;
  /** To the administration, where the second administrator is invited. */
  finish(): void;
}
