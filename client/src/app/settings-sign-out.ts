/** Signing out: nothing of the account stays on this device but what the person says should, and nothing unsent goes without a word. */

import { endSession } from '../api/self.ts';
import type { StoreName } from '../keystore/sealed-store.ts';
import { forgetAccount } from '../sync/resume.ts';
import type { SignOutQuestion, WaitingChoice } from '../views/models/settings.ts';
import type { App } from './app.ts';
import { toTheDoor } from './journey.ts';

/** What waiting messages need to go out later: themselves, and where this device's chains stand. */
const WAITING_STORES: readonly StoreName[] = ['outbox', 'device-heads'];

export class SigningOut {
  state: SignOutQuestion = { step: 'closed' };

  constructor(
    private readonly app: App,
    private readonly changed: () => void,
  ) {}

  async ask(): Promise<void> {
    const waiting = (await this.app.engine.waiting()).length;
    if (waiting === 0) await this.leave([]);
    else this.set({ step: 'asking', waiting, state: 'idle' });
  }

  cancel(): void {
    this.set({ step: 'closed' });
  }

  async decide(choice: WaitingChoice): Promise<void> {
    if (choice === 'send_first') await this.sendFirst();
    else await this.leave(choice === 'keep_locked' ? WAITING_STORES : []);
  }

  private async sendFirst(): Promise<void> {
    if (this.state.step !== 'asking') return;
    const { waiting } = this.state;
    this.set({ step: 'asking', waiting, state: 'sending' });
    await this.app.engine.sendWaiting();
    const left = (await this.app.engine.waiting()).length;
    if (left === 0) await this.leave([]);
    else this.set({ step: 'asking', waiting: left, state: 'not_all_sent' });
  }

  private async leave(keep: readonly StoreName[]): Promise<void> {
    if (this.state.step === 'asking') this.set({ ...this.state, state: 'leaving' });
    if (!this.app.leave()) return;
    const { engine } = this.app;
    const { database, label, store } = engine.session;
    engine.tell({ what: 'signed-out' });
    await engine.stop();
    store.close();
    await forgetAccount(database, label, keep);
    // Without a connection the session ends by itself on the server; without its keys it is worth nothing here.
    await endSession('end').catch(() => undefined);
    toTheDoor('signed_out');
  }

  private set(state: SignOutQuestion): void {
    this.state = state;
    this.changed();
  }
}
