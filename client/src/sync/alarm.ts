/** What this device remembers does not fit what the service says. Everything stops; the page says what it is and what to do. */

import type { ReaderId } from '../protocol/ids.ts';

export interface CheckpointHead {
  readonly size: number;
  /** base64, as in the signed note. */
  readonly root: string;
}

export type AlarmCause =
  /** Two states of the log, both signed, that cannot both be true. */
  | { readonly what: 'log_forked' | 'log_rolled_back'; readonly remembered: CheckpointHead; readonly served: CheckpointHead }
  | { readonly what: 'log_key_changed' }
  /** Safety codes of the clinic that is remembered and the one that was served. */
  | { readonly what: 'clinic_key_changed'; readonly remembered: string; readonly served: string }
  | { readonly what: 'own_keys_changed' }
  | { readonly what: 'chain_rolled_back'; readonly of: ReaderId }
  | { readonly what: 'vault_rolled_back' };

export class Alarm extends Error {
  override readonly name = 'Alarm';

  constructor(readonly alarm: AlarmCause) {
    super(alarm.what);
  }
}
