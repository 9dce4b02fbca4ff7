/** What a conversation's emergency keys are judged by: the clinic's custodians in its own chain, and which keys were used. */

import { verifyClinicChain, type ClinicChain } from '../protocol/clinicChain.ts';
import type { EmergencyState } from '../protocol/emergencyKey.ts';
import type { EmergencyKeyId } from '../protocol/ids.ts';
import { checkPinnedHead } from '../protocol/pins.ts';
import type { Envelope } from '../protocol/statement.ts';

export interface ServedState {
  readonly clinic: readonly Envelope[];
  readonly used: readonly EmergencyKeyId[];
}

/** By a chain that is never older than the one this session began with. @throws ProtocolError `rolled_back` and as `verifyClinicChain` */
export async function emergencyStateOf({ key, hashes }: ClinicChain, { clinic, used }: ServedState): Promise<EmergencyState> {
  const chain = await verifyClinicChain(clinic, key.id);
  checkPinnedHead(hashes.at(-1), chain.hashes);
  const sets = new Map(chain.custodianSets.map((set) => [set.hash, set]));
  return { sets, running: chain.custodianSets.at(-1) ?? null, used };
}
