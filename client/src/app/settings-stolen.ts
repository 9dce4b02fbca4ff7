/** "My device or password was stolen": new keys, a new password and a new recovery code; then in again with them. */

import { removeRecords } from '../keystore/sealed-store.ts';
import { replaceEverything } from '../sync/credentials.ts';
import { newPasswordCredential, newRecoveryCredential, type NewCredential, type NewRecovery } from '../sync/new-account.ts';
import { Outbox, type OutboxItem } from '../sync/outbox.ts';
import { signInWith } from '../sync/sign-in.ts';
import type { StolenChange } from '../views/models/settings.ts';
import type { App } from './app.ts';
import { changeFailure, newestSession } from './own-vault.ts';
import { judgePassword } from './password-strength.ts';

/** What was made for the new beginning, until it is used. */
interface Fresh {
  readonly password: string;
  readonly credential: NewCredential;
  readonly recovery: NewRecovery;
}

export class Replacing {
  state: StolenChange = { step: 'closed' };
  private fresh: Fresh | null = null;
  private judged = 0;

  constructor(
    private readonly app: App,
    private readonly changed: () => void,
  ) {}

  get isOpen(): boolean {
    return this.state.step !== 'closed';
  }

  begin(): void {
    this.set({ step: 'explain' });
  }

  /** Back to the settings; after the end on a new page, with the new keys. */
  cancel(): void {
    if (this.state.step === 'done') location.reload();
    this.fresh = null;
    this.set({ step: 'closed' });
  }

  goOn(): void {
    this.set({ step: 'password', verdict: null });
  }

  async judge(password: string): Promise<void> {
    this.judged += 1;
    const turn = this.judged;
    const verdict = password === '' ? null : await judgePassword(password, [this.app.engine.session.name]);
    if (turn === this.judged && this.state.step === 'password') this.set({ step: 'password', verdict });
  }

  async choosePassword(password: string): Promise<void> {
    const [credential, recovery] = await Promise.all([newPasswordCredential(password), newRecoveryCredential()]);
    this.fresh = { password, credential, recovery };
    this.set({ step: 'code', code: recovery.code, check: 'untried', working: false, failure: null });
  }

  async checkCode(typed: string): Promise<void> {
    const right = await this.fresh?.recovery.isRight(typed);
    if (this.state.step === 'code') this.set({ ...this.state, check: right ? 'right' : 'wrong' });
  }

  async finish(): Promise<void> {
    if (!this.fresh || this.state.step !== 'code') return;
    const { code } = this.state;
    this.set({ step: 'code', code, check: 'right', working: true, failure: null });
    try {
      await this.replace(this.fresh);
      this.fresh = null;
      this.set({ step: 'done' });
    } catch (error) {
      this.set({ step: 'code', code, check: 'right', working: false, failure: changeFailure(error) });
    }
  }

  private async replace({ password, credential, recovery }: Fresh): Promise<void> {
    const { engine } = this.app;
    const { database, label, name } = engine.session;
    await engine.sendWaiting();
    const waiting = await engine.waiting();
    await replaceEverything(newestSession(engine), credential, recovery);
    this.app.leave();
    await engine.stop();
    // What is kept here lies under the old master key, which opens nothing from now on.
    await removeRecords(database, label);
    const session = await signInWith(database, name, { slot: 'password', password });
    await keepWaiting(new Outbox(session.store), waiting);
  }

  private set(state: StolenChange): void {
    this.state = state;
    this.changed();
  }
}

/** What has not gone out is signed again, with the new keys, when it does. */
async function keepWaiting(outbox: Outbox, waiting: readonly OutboxItem[]): Promise<void> {
  for (const item of waiting) await outbox.put({ ...item, attempt: null });
}
