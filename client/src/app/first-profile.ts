/** What somebody decides who has just joined, before there is an engine: the profile, and emergency access. */

import type { Profile } from '../protocol/profile.ts';
import { isOptedIn } from '../protocol/consentChain.ts';
import { Consents } from '../sync/consents.ts';
import { ControlReader } from '../sync/control-reader.ts';
import { ControlWriter } from '../sync/control-writer.ts';
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

/** There is no conversation yet: each gets its emergency key as it begins. @throws as {@link writeFirstProfile} */
export async function switchEmergencyAccessOn(session: DeviceSession): Promise<void> {
  const directory = new Directory(session);
  // An answer that was lost may have been a yes.
  if (isOptedIn(await directory.consents(session.account))) return;
  const teams = new CareTeams(session, directory);
  const reader = new ControlReader(session, directory, teams);
  const writer = new ControlWriter(session, directory, teams, reader);
  await new Consents({ session, directory, teams, reader, writer }).chooseEmergency(true, () => undefined);
}
