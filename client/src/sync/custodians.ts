/** Custodians of emergency keys, named by the clinic in its own word (docs/protocol.md §5). */

import { getClinic, postCustodians } from '../api/directory.ts';
import { verifyClinicChain } from '../protocol/clinicChain.ts';
import { formatTime } from '../protocol/encoding.ts';
import { ProtocolError } from '../protocol/errors.ts';
import type { AccountId } from '../protocol/ids.ts';
import { CUSTODIANS, THRESHOLD } from '../protocol/kinds/custodians.ts';
import { checkPinnedHead } from '../protocol/pins.ts';
import { makeStatement } from '../protocol/statement.ts';
import { openClinicKey } from './clinic-key.ts';
import type { DeviceSession } from './device-session.ts';
import type { Directory } from './directory.ts';

/**
 * Names a new set of custodians in the place of the one before.
 *
 * @throws NotTheKeyHolder; ProtocolError `key_changed`, `not_a_custodian`, `bad_members` for fewer than three; ApiError `chain_moved`; Unreachable
 */
export async function nameCustodians(session: DeviceSession, directory: Directory, people: readonly AccountId[]): Promise<void> {
  const { key } = await openClinicKey(session);
  const custodians = await Promise.all(people.toSorted().map(async (account) => ({ account, key: await keyOf(directory, account) })));
  const chain = await verifyClinicChain((await getClinic()).statements, session.clinic.key.id);
  checkPinnedHead(session.clinic.hashes.at(-1), chain.hashes);
  const place = { account: session.account, time: formatTime(new Date()), sequence: chain.hashes.length, previous: chain.hashes.at(-1) ?? null };
  const body = { clinic: chain.clinic, threshold: THRESHOLD, custodians } as const;
  await postCustodians(await makeStatement(CUSTODIANS, body, { clinic: key }, place));
}

async function keyOf(directory: Directory, account: AccountId): Promise<string> {
  const chain = await directory.refresh(account);
  if (chain.role !== 'custodian') throw new ProtocolError('not_a_custodian', 'somebody named is no custodian');
  if (directory.standing(account) === 'key_changed') throw new ProtocolError('key_changed', 'new keys nobody has looked at');
  return chain.current.sealing.id;
}
