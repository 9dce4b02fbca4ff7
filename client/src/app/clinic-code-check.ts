/** Whether this person has held the clinic's code against the card: reminded of until they have. */

import type { DeviceSession } from '../sync/device-session.ts';

export class ClinicCodeCheck {
  isOpen = false;
  private stopped = false;

  constructor(
    private readonly session: DeviceSession,
    private readonly changed: () => void,
  ) {
    void this.load();
  }

  async compared(): Promise<void> {
    this.isOpen = false;
    this.changed();
    await this.session.store.write({ store: 'settings', name: 'clinic-code', value: 'compared' });
  }

  /** At joining the person put it off. */
  async putOff(): Promise<void> {
    await this.session.store.write({ store: 'settings', name: 'clinic-code', value: 'later' });
  }

  stop(): void {
    this.stopped = true;
  }

  private async load(): Promise<void> {
    this.isOpen = (await this.session.store.get('settings', 'clinic-code')) === 'later';
    if (!this.stopped && this.isOpen) this.changed();
  }
}
