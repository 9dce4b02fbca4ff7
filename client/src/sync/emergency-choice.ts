/** Opting in to emergency access and out of it: the patient's word, and what follows from it in every conversation. */

import type { Consents, Progress } from './consents.ts';
import type { EmergencyKeys } from './emergency-keys.ts';

/** It is decided; not every conversation has its emergency key yet. They are made when the patient is here again. */
export class KeysNotMade extends Error {
  override readonly name = 'KeysNotMade';
}

export class EmergencyChoosing {
  constructor(
    private readonly consents: Pick<Consents, 'chooseEmergency'>,
    private readonly keys: Pick<EmergencyKeys, 'tend'>,
  ) {}

  /** @throws KeysNotMade; ApiError, Unreachable, ProtocolError: then nothing has happened */
  async optIn(progress: Progress): Promise<void> {
    await this.consents.chooseEmergency(true, progress);
    try {
      await this.keys.tend(progress);
    } catch (error) {
      throw new KeysNotMade('made when the patient is here again', { cause: error });
    }
  }

  /** Ends it, with a new epoch for each conversation that was sealed so. @throws ApiError, Unreachable, ProtocolError: then nothing has happened */
  async optOut(progress: Progress): Promise<void> {
    await this.consents.chooseEmergency(false, progress);
  }
}
