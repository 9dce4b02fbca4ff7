/** Asking for emergency access, step by step: whose, whether there is a way, what for. */

import type { EmergencyWay } from '../api/emergencies.ts';
import { isId } from '../protocol/ids.ts';
import type { Emergencies } from '../sync/emergencies.ts';
import type { EmergencyAsking, EmergencyTrouble, EmergencyWish } from '../views/models/emergencies.ts';
import type { App } from './app.ts';
import { begunAt, troubleOf } from './emergency-rows.ts';

const HOUR = 60 * 60 * 1000;

export class Asking {
  private step: 'patient' | 'found' | null = null;
  private way: EmergencyWay | null = null;
  private working = false;
  private trouble: EmergencyTrouble | null = null;

  constructor(
    private readonly app: App,
    private readonly emergencies: Emergencies,
    private readonly page: { changed(): void; meets(error: unknown): boolean },
  ) {}

  get model(): EmergencyAsking | null {
    const { app, way, working, trouble } = this;
    if (this.step === null) return null;
    if (this.step === 'patient' || !way) {
      const known = app.engine.patients.all.map(({ account }) => app.people.person(account));
      return { step: 'patient', patients: known, working, trouble };
    }
    const patient = app.people.person(way.patient);
    if (!way.opted_in || way.conversations.length === 0) return { step: 'no_way', patient, optedIn: way.opted_in };
    const conversations = way.conversations.map(({ conversation }) => ({ id: conversation, begunAt: begunAt(conversation) }));
    const custodians = [...new Set(way.conversations.flatMap((one) => one.custodians))].map((account) => app.people.person(account));
    return { step: 'request', patient, conversations, custodians, working, trouble };
  }

  begin(): void {
    [this.step, this.way, this.trouble] = ['patient', null, null];
    this.page.changed();
  }

  stop(): void {
    this.step = null;
    this.page.changed();
  }

  async lookUp(patient: string): Promise<void> {
    await this.attempt(async () => {
      this.way = await this.emergencies.lookUp(asAddressed(patient));
      this.step = 'found';
    });
  }

  async ask({ conversation, reason, text, hours }: EmergencyWish): Promise<void> {
    const { way } = this;
    const chosen = way?.conversations.find((one) => one.conversation === conversation);
    if (!way || !chosen) return;
    await this.attempt(async () => {
      await this.emergencies.ask({ way, conversation: chosen, reason, text, lasting: hours * HOUR });
      this.step = null;
    });
  }

  private async attempt(act: () => Promise<void>): Promise<void> {
    [this.working, this.trouble] = [true, null];
    this.page.changed();
    try {
      await act();
    } catch (error) {
      if (!this.page.meets(error)) this.trouble = troubleOf(error, this.app.people);
    } finally {
      this.working = false;
      this.page.changed();
    }
  }
}

/** As the service is asked: an account's id, or the characters that staff read out. */
function asAddressed(patient: string): string {
  const written = patient.toLowerCase();
  const whole = written.startsWith('acc_') ? written : `acc_${written}`;
  return isId(whole, 'acc') ? whole : whole.slice(4);
}
