/** The profile somebody writes who has just joined, before there is an engine. */

import type { Profile } from '../protocol/profile.ts';
import type { DeviceSession } from '../sync/device-session.ts';
import { Directory } from '../sync/directory.ts';
import { Patients } from '../sync/patients.ts';
import { CareTeams } from '../sync/teams.ts';

/** @throws what saving throws: Unreachable, ApiError, ProtocolError */
export async function writeFirstProfile(session: DeviceSession, profile: Profile): Promise<void> {
  const directory = new Directory(session);
  const teams = new CareTeams(session, directory);
  await teams.load();
  const trouble = (error: unknown): void => { reportError(error); };
  await new Patients({ session, directory, teams, trouble }).saveOwn(profile);
}
