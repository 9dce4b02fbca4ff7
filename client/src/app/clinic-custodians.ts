/** The clinic's custodians as its page shows them, from the clinic's own verified chain. */

import type { ClinicAnswer } from '../api/directory.ts';
import type { ClinicChain } from '../protocol/clinicChain.ts';
import type { Custodians } from '../views/models/clinic.ts';
import type { People } from './people.ts';

export function clinicCustodians(chain: ClinicChain | null, clinic: ClinicAnswer | null, people: People): Custodians {
  const running = chain?.custodianSets.at(-1);
  const joined = (clinic?.people ?? []).filter(({ role }) => role === 'custodian');
  return {
    named: running ? { people: [...running.keys.keys()].map((account) => people.person(account)), since: new Date(running.time) } : null,
    could: joined.map(({ account }) => people.person(account)),
  };
}
