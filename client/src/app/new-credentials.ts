/** The name, password and recovery code that somebody chooses who joins or founds, step by step. */

import { newPasswordCredential, newRecoveryCredential, type JoinerChoice, type NewCredential, type NewRecovery } from '../sync/new-account.ts';
import type { Joining, PasswordVerdict } from '../views/models/join.ts';
import { currentLanguage } from '../views/words.ts';
import { judgePassword } from './password-strength.ts';

/** What the views of joining and founding show of it. */
export type ShownCredentials = Pick<Joining, 'signInName' | 'nameTaken' | 'passwordVerdict' | 'recoveryCode' | 'recoveryCheck'>;

export class NewCredentials {
  private name = '';
  private nameTaken = false;
  private verdict: PasswordVerdict | null = null;
  private check: Joining['recoveryCheck'] = 'untried';
  private password: NewCredential | null = null;
  private recovery: NewRecovery | null = null;
  private judged = 0;

  constructor(
    /** Words that are easy to guess here: the clinic's name. */
    private readonly personal: readonly string[],
    private readonly changed: () => void,
  ) {}

  get shown(): ShownCredentials {
    const { name, nameTaken, verdict, check, recovery } = this;
    return { signInName: name, nameTaken, passwordVerdict: verdict, recoveryCode: recovery?.code ?? [], recoveryCheck: check };
  }

  /** Of two verdicts under way only the one on the newest password counts. */
  async judge(name: string, password: string): Promise<void> {
    this.judged += 1;
    const turn = this.judged;
    const verdict = password === '' ? null : await judgePassword(password, [name, ...this.personal]);
    if (turn !== this.judged) return;
    this.verdict = verdict;
    this.changed();
  }

  /** Derives the password's keys and makes a recovery code, once. @throws NoMemoryForPassword, ProtocolError `password_unusable` */
  async choose(name: string, password: string): Promise<void> {
    this.name = name;
    this.nameTaken = false;
    this.password = await newPasswordCredential(password);
    this.recovery ??= await newRecoveryCredential();
  }

  async tryCode(typed: string): Promise<void> {
    this.check = (await this.recovery?.isRight(typed)) ? 'right' : 'wrong';
    this.changed();
  }

  /** Somebody else has the name. */
  refuseName(): void {
    this.nameTaken = true;
  }

  /** Everything that joining needs. @throws TypeError before the steps were gone through */
  get choice(): JoinerChoice {
    const { name, password, recovery } = this;
    if (!password || !recovery) throw new TypeError('no credentials were chosen');
    return { name, language: currentLanguage(), password, recovery };
  }
}
