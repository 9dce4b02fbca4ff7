/** An emergency key as a conversation's chain holds it, and when the next epoch must leave it out (docs/protocol.md §5). */

import type { CustodianSet } from './clinicChain.ts';
import { ProtocolError } from './errors.ts';
import type { EmergencyKeyId } from './ids.ts';
import type { EmergencyKeyBody } from './kinds/emergencyKey.ts';
import type { SealingPublicKey } from './sealing.ts';

/** A verified emergency key and its place in the conversation's chain. */
export interface EmergencyKey {
  readonly statement: string;
  readonly place: number;
  readonly body: EmergencyKeyBody;
  readonly sealing: SealingPublicKey;
}

/** What a conversation's emergency keys are judged by. */
export interface EmergencyState {
  /** The sets of custodians that the clinic has named, by the hash of their statement. */
  readonly sets: ReadonlyMap<string, CustodianSet>;
  /** The one that runs. */
  readonly running: CustodianSet | null;
  /** Emergency keys that two custodians have released. */
  readonly used: readonly EmergencyKeyId[];
}

export const NO_EMERGENCIES: EmergencyState = { sets: new Map(), running: null, used: [] };

/**
 * Whether a patient's emergency key may follow those before it in its conversation's chain.
 *
 * @throws ProtocolError `unknown_custodians`; `wrong_custodians` for a share too many, too few, or to another key than the clinic named;
 * `custodians_went_back`, `key_reused`
 */
export function checkEmergencyKey(body: EmergencyKeyBody, before: readonly EmergencyKey[], sets: EmergencyState['sets']): void {
  const named = sets.get(body.custodian_set);
  if (!named) throw new ProtocolError('unknown_custodians', 'custodians whom the clinic has not named');
  const asNamed = body.shares.every(({ custodian, key }) => named.keys.get(custodian) === key);
  if (!asNamed || body.shares.length !== named.keys.size) {
    throw new ProtocolError('wrong_custodians', 'shares that are not sealed to the custodians the clinic named');
  }
  if (before.some((key) => (sets.get(key.body.custodian_set)?.place ?? 0) > named.place)) {
    throw new ProtocolError('custodians_went_back', 'a key for custodians whom the clinic has replaced');
  }
  if (before.some((key) => key.body.emergency_key === body.emergency_key || key.body.sealing_key === body.sealing_key)) {
    throw new ProtocolError('key_reused', 'an emergency key that was replaced has come back');
  }
}

/** Whether nothing more may be sealed to a key: it was used, or its custodians are not the running ones. */
export function isSpent(key: EmergencyKey, { running, used }: EmergencyState): boolean {
  return used.includes(key.body.emergency_key) || key.body.custodian_set !== running?.hash;
}
