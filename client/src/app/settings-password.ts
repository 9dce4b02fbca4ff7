/** A new password: the present one first, then one that is strong. */

import { checkPassword } from '../sync/credentials.ts';
import type { Engine } from '../sync/engine.ts';
import { newPasswordCredential } from '../sync/new-account.ts';
import type { PasswordChange } from '../views/models/settings.ts';
import { changeFailure, newestSession, putCredential } from './own-vault.ts';
import { judgePassword } from './password-strength.ts';

export class PasswordChanging {
  state: PasswordChange = { step: 'closed', changed: false };
  private judged = 0;

  constructor(
    private readonly engine: Engine,
    private readonly changed: () => void,
  ) {}

  begin(): void {
    this.set({ step: 'present', working: false, failure: null });
  }

  cancel(): void {
    this.set({ step: 'closed', changed: false });
  }

  async prove(present: string): Promise<void> {
    this.set({ step: 'present', working: true, failure: null });
    try {
      await checkPassword(newestSession(this.engine), present);
      this.set({ step: 'fresh', working: false, failure: null, verdict: null });
    } catch (error) {
      this.set({ step: 'present', working: false, failure: changeFailure(error) });
    }
  }

  async judge(password: string): Promise<void> {
    this.judged += 1;
    const turn = this.judged;
    const verdict = password === '' ? null : await judgePassword(password, [this.engine.session.name]);
    if (turn === this.judged && this.state.step === 'fresh') this.set({ ...this.state, verdict });
  }

  async change(fresh: string): Promise<void> {
    this.set({ step: 'fresh', working: true, failure: null, verdict: { state: 'strong' } });
    try {
      await putCredential(this.engine, await newPasswordCredential(fresh));
      this.set({ step: 'closed', changed: true });
    } catch (error) {
      this.set({ step: 'fresh', working: false, failure: changeFailure(error), verdict: { state: 'strong' } });
    }
  }

  private set(state: PasswordChange): void {
    this.state = state;
    this.changed();
  }
}
