/** A new recovery code: the present password first; the code counts once it was typed back. */

import { checkPassword } from '../sync/credentials.ts';
import type { Engine } from '../sync/engine.ts';
import { newRecoveryCredential, type NewRecovery } from '../sync/new-account.ts';
import type { RecoveryChange } from '../views/models/settings.ts';
import { changeFailure, newestSession, putCredential } from './own-vault.ts';

export class RecoveryChanging {
  state: RecoveryChange = { step: 'closed', changed: false };
  private recovery: NewRecovery | null = null;

  constructor(
    private readonly engine: Engine,
    private readonly changed: () => void,
  ) {}

  begin(): void {
    this.set({ step: 'present', working: false, failure: null });
  }

  cancel(): void {
    this.recovery = null;
    this.set({ step: 'closed', changed: false });
  }

  async make(present: string): Promise<void> {
    this.set({ step: 'present', working: true, failure: null });
    try {
      await checkPassword(newestSession(this.engine), present);
      this.recovery = await newRecoveryCredential();
      this.set({ step: 'code', code: this.recovery.code, check: 'untried', working: false, failure: null });
    } catch (error) {
      this.set({ step: 'present', working: false, failure: changeFailure(error) });
    }
  }

  async check(typed: string): Promise<void> {
    const right = await this.recovery?.isRight(typed);
    if (this.state.step === 'code') this.set({ ...this.state, check: right ? 'right' : 'wrong' });
  }

  async keep(): Promise<void> {
    if (!this.recovery || this.state.step !== 'code') return;
    const { code } = this.recovery;
    this.set({ step: 'code', code, check: 'right', working: true, failure: null });
    try {
      await putCredential(this.engine, this.recovery);
      this.recovery = null;
      this.set({ step: 'closed', changed: true });
    } catch (error) {
      this.set({ step: 'code', code, check: 'right', working: false, failure: changeFailure(error) });
    }
  }

  private set(state: RecoveryChange): void {
    this.state = state;
    this.changed();
  }
}
