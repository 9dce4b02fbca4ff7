/** /security: what anybody can check about this service, signed in or not. */

import { openDatabase } from '../keystore/database.ts';
import { clinicCode } from '../protocol/safetyCode.ts';
import type { DeviceSession } from '../sync/device-session.ts';
import { arrive } from '../sync/resume.ts';
import { Witness } from '../sync/witness.ts';
import type { ClinicTrust, SecurityModel, SeenCheckpoint } from '../views/models/security.ts';
import { SecurityPage } from '../views/pages/security-page.ts';
import { browserZone } from '../views/times.ts';
import { doorActions, doorModel } from './door.ts';
import { openShell, show } from './shell.ts';

export async function startSecurity(): Promise<void> {
  const shell = await openShell();
  const page = new SecurityPage();
  let known: Pick<SecurityModel, 'clinic' | 'checkpoint'> = { clinic: null, checkpoint: null };
  const draw = (): void => {
    const zones = { reader: browserZone(), clinic: browserZone() };
    page.model = { chrome: null, door: doorModel(shell, known.clinic?.name ?? null), now: new Date(), zones, bundle: shell.bundle, ...known };
  };
  page.actions = { chrome: null, door: doorActions(draw) };
  draw();
  show(shell, page);
  const arrival = await arrive(await openDatabase()).catch(() => null);
  if (arrival?.state !== 'in') return;
  known = await whatIsKnown(arrival.session);
  draw();
}

async function whatIsKnown(session: DeviceSession): Promise<{ clinic: ClinicTrust; checkpoint: SeenCheckpoint | null }> {
  const { clinic } = session;
  const { newest } = await Witness.start(session);
  return {
    clinic: { name: clinic.name, code: await clinicCode(clinic.clinic, clinic.key.bytes), logKey: clinic.logKey },
    checkpoint: newest && { origin: newest.origin, size: newest.head.size, root: newest.head.root, seenAt: new Date() },
  };
}
