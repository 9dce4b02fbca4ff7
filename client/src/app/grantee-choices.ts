/** Whom a patient can let read: the care teams that have a key, and the care staff of the clinic. */

import { getClinic } from '../api/directory.ts';
import type { GranteeId } from '../protocol/ids.ts';
import { CARE_STAFF } from '../protocol/kinds/invitation.ts';
import type { Engine } from '../sync/engine.ts';
import type { GranteeChoice } from '../views/models/who-can-read.ts';
import { joinNames } from '../views/words.ts';
import type { GrantsModel } from './grants-model.ts';
import { accountOf, type People } from './people.ts';

/** Teams first. @throws ApiError, Unreachable, Alarm */
export async function granteeChoices(engine: Engine, people: People, grants: GrantsModel): Promise<readonly GranteeChoice[]> {
  const staff = (await getClinic()).people.filter(({ role }) => CARE_STAFF.has(role)).map(({ account }) => account);
  const members = [...engine.teams.chains.keys()].flatMap((team) => grants.membersOf(team).map(({ id }) => accountOf(id)));
  await engine.directory.loadAll([...staff, ...members]);
  const known = staff
    .filter((account) => engine.directory.known(account))
    .map((account) => people.person(account))
    .map(({ id, name, credential = '' }): GranteeChoice => ({ id: accountOf(id), name, detail: credential, what: 'person' }))
    .sort((one, other) => one.name.localeCompare(other.name));
  return [...teamChoices(engine, grants), ...known];
}

/** Teams whose key somebody holds: to another nothing can be sealed. */
function teamChoices(engine: Engine, grants: GrantsModel): readonly GranteeChoice[] {
  return [...engine.teams.chains.keys()].flatMap((id: GranteeId): readonly GranteeChoice[] => {
    const detail = joinNames(grants.membersOf(id).map(({ name }) => name));
    return detail === '' ? [] : [{ id, name: grants.nameOf(id), detail, what: 'team' }];
  });
}
