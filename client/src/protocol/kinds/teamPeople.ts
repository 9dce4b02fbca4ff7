/** What is said of who stands in a care team: its name and managers, appointments, cover, removals (docs/protocol.md §2, §5). */

import * as shape from '../shape.ts';
import { MAX_PAYLOAD_BYTES, type Kind } from '../statement.ts';

export const TEAM_ROLES = [
  'physician',
  'nurse',
  'care_navigator',
  'front_desk',
  'pharmacist',
  'therapist',
  'social_worker',
  'interpreter',
] as const;
export type TeamRole = (typeof TEAM_ROLES)[number];

const readPeriod = shape.where(
  shape.members({ from: shape.time, until: shape.time }),
  ({ from, until }) => from < until,
  'a cover ends after it begins',
);

/** From when, inclusive, until when, exclusive, somebody stands in for others (protocol times). */
export type CoverPeriod = shape.Read<typeof readPeriod>;

const readChange = shape.where(
  shape.members({ team: shape.id('tea'), name: shape.textOfLength(1, 200), managers: shape.ids('acc') }),
  ({ managers }) => managers.length > 0 && shape.isSortedSet(managers),
  "a team's managers are sorted, and there is one",
);

/** What a team is called and who manages it from here on, in the clinic's word: all of it, changed or not. */
export type TeamChangeBody = shape.Read<typeof readChange>;

export const TEAM_CHANGE: Kind<TeamChangeBody> = {
  kind: 'team-change',
  maxBytes: MAX_PAYLOAD_BYTES,
  body: readChange,
  chain: (body) => `team:${body.team}`,
  mayStandAt: (sequence) => sequence > 0,
};

const readAppointment = shape.members({
  team: shape.id('tea'),
  account: shape.id('acc'),
  role: shape.oneOf(...TEAM_ROLES),
  cover: shape.orNull(readPeriod),
});

/** Somebody is to stand in the team, as what, and for a time where it is cover. The key comes by an admission. */
export type TeamAppointmentBody = shape.Read<typeof readAppointment>;

export const TEAM_APPOINTMENT: Kind<TeamAppointmentBody> = {
  kind: 'team-appointment',
  maxBytes: MAX_PAYLOAD_BYTES,
  body: readAppointment,
  chain: (body) => `team:${body.team}`,
  mayStandAt: (sequence) => sequence > 0,
};

const readRemoval = shape.members({ team: shape.id('tea'), account: shape.id('acc') });

/** Somebody stands in the team no longer, in the clinic's word; the key without them is for a member to make. */
export type TeamRemovalBody = shape.Read<typeof readRemoval>;

export const TEAM_REMOVAL: Kind<TeamRemovalBody> = {
  kind: 'team-removal',
  maxBytes: MAX_PAYLOAD_BYTES,
  body: readRemoval,
  chain: (body) => `team:${body.team}`,
  mayStandAt: (sequence) => sequence > 0,
};
