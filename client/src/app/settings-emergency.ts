/** Opting in to emergency access and out of it, in the settings. */

import { Unreachable } from '../api/http.ts';
import { ProtocolError } from '../protocol/errors.ts';
import type { AccountId } from '../protocol/ids.ts';
import { KeysNotMade } from '../sync/emergency-choice.ts';
import type { EmergencyChoice, EmergencyDeed } from '../views/models/settings.ts';
import type { App } from './app.ts';

export class EmergencyDeciding {
  private deed: EmergencyDeed = { state: 'idle' };
  private custodians: readonly AccountId[] = [];
  private optedIn = false;

  constructor(
    private readonly app: App,
    private readonly changed: () => void,
  ) {}

  /** Null for staff. */
  get state(): EmergencyChoice | null {
    const { deed, custodians, optedIn, app } = this;
    if (app.face !== 'patient') return null;
    return { deed, optedIn, custodians: custodians.map((account) => app.people.person(account)) };
  }

  /** @throws ApiError, Unreachable, ProtocolError */
  async load(): Promise<void> {
    const { engine, face } = this.app;
    if (face !== 'patient') return;
    const named = await engine.emergencyKeys.custodians();
    await engine.directory.consents(engine.session.account);
    this.custodians = [...(named?.keys.keys() ?? [])];
    await engine.directory.loadAll(this.custodians);
    this.look();
  }

  async choose(optedIn: boolean): Promise<void> {
    const { emergencyChoice: choice, list } = this.app.engine;
    this.become({ state: 'working', done: 0, all: 0 });
    const progress = (done: number, all: number): void => { this.become({ state: 'working', done, all }); };
    try {
      await (optedIn ? choice.optIn(progress) : choice.optOut(progress));
      this.become({ state: 'idle' });
      void list.load();
    } catch (error) {
      // An answer that was lost may have been a yes: what stands is what the chain says.
      await this.load().catch(() => undefined);
      this.become({ state: 'failed', reason: reasonOf(error) });
    }
  }

  private look(): void {
    this.optedIn = this.app.engine.emergencyKeys.isOptedIn;
  }

  private become(deed: EmergencyDeed): void {
    this.deed = deed;
    this.look();
    this.changed();
  }
}

function reasonOf(error: unknown): Extract<EmergencyDeed, { state: 'failed' }>['reason'] {
  if (error instanceof KeysNotMade) return 'keys_wait';
  if (error instanceof Unreachable) return 'unreachable';
  return error instanceof ProtocolError && error.code === 'newer_version' ? 'newer_version' : 'refused';
}
