/** Calls about emergency access (docs/api.md, Emergency access). */

import type { EmergencyId } from '../protocol/ids.ts';
import * as shape from '../protocol/shape.ts';
import { parseEnvelope } from '../protocol/statement.ts';
import { fields, type Read } from './answers.ts';
import { envelopes } from './doors.ts';
import { call, path } from './http.ts';

const line = {
  emergency: shape.id('eme'),
  patient: shape.id('acc'),
  until: shape.time,
};
const readLine = fields(line);

/** An emergency in the list; what is decided by are its statements. */
export type EmergencyLine = Read<typeof readLine>;

const readEmergency = fields({
  ...line,
  statements: envelopes,
  key: shape.orNull(parseEnvelope),
  text: shape.bytes(),
  text_box: shape.orNull(shape.bytes()),
});

export type EmergencyAnswer = Read<typeof readEmergency>;

/** Those that concern the caller, newest first. */
export async function getEmergencies(): Promise<readonly EmergencyLine[]> {
  return (await call('GET', '/api/emergencies', fields({ emergencies: shape.listOf(readLine) }))).emergencies;
}

/** @throws ApiError `not_found` where it does not concern the caller */
export function getEmergency(emergency: EmergencyId): Promise<EmergencyAnswer> {
  return call('GET', path`/api/emergencies/${emergency}`, readEmergency);
}
