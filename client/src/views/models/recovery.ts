/** Back in with the recovery code, after a lost password or device. */
import type { DoorActions, DoorModel, SignInFailure } from './door.ts';
import type { PasswordVerdict } from './join.ts';

/** `code`: name and code are asked for; `password`: the code was right, a new password is chosen. */
export interface RecoverModel extends DoorModel {
  readonly clinicPhone: string | null;
  readonly step: 'code' | 'password' | 'done';
  readonly name: string;
  readonly working: boolean;
  /** One answer for an unknown name and a wrong code. */
  readonly failure: SignInFailure | null;
  /** The code cannot be one: its own checksum says so. Said before anything is sent. */
  readonly mistyped: boolean;
  /** Null before anything was typed. */
  readonly verdict: PasswordVerdict | null;
}

export interface RecoverActions extends DoorActions {
  /** The code as typed, groups and spaces in any way. */
  tryCode(name: string, code: string): void;
  judgePassword(password: string): void;
  choosePassword(password: string): void;
  /** To the first page. */
  finish(): void;
  /** Back to signing in with the password. */
  back(): void;
}
