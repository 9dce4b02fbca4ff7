/** What is said of a care team: that it is, who holds its key, who was let in (docs/protocol.md §2, §5). */

import * as shape from '../shape.ts';
import { MAX_PAYLOAD_BYTES, type Kind } from '../statement.ts';

const readCreate = shape.members({
  team: shape.id('tea'),
  clinic: shape.id('cln'),
  name: shape.textOfLength(1, 200),
  manager: shape.id('acc'),
});

/** A team and who manages it, in the clinic's word. */
export type TeamCreateBody = shape.Read<typeof readCreate>;

export const TEAM_CREATE: Kind<TeamCreateBody> = {
  kind: 'team-create',
  maxBytes: MAX_PAYLOAD_BYTES,
  body: readCreate,
  chain: (body) => `team:${body.team}`,
  mayStandAt: (sequence) => sequence === 0,
};

const readMember = shape.members({ account: shape.id('acc'), key: shape.hash, box: shape.hash });

/** Somebody to whom a generation's seed was sealed: the member's sealing key id, the hash of the box. */
export type TeamMember = shape.Read<typeof readMember>;

const readGeneration = shape.where(
  shape.members({
    team: shape.id('tea'),
    generation: shape.integer(1),
    sealing_key: shape.sealingKey,
    members: shape.listOf(readMember),
    /** The hash of the ciphertext that holds the seed of the generation before; null at generation 1. */
    link: shape.orNull(shape.hash),
  }),
  (body) =>
    body.members.length > 0 &&
    shape.isSortedSet(body.members.map(({ account }) => account)) &&
    (body.generation === 1) === (body.link === null),
  "a team's members are sorted, each once; every generation but the first links to the one before",
);

/** A new team key, sealed to each member. */
export type TeamGenerationBody = shape.Read<typeof readGeneration>;

export const TEAM_GENERATION: Kind<TeamGenerationBody> = {
  kind: 'team-generation',
  maxBytes: MAX_PAYLOAD_BYTES,
  body: readGeneration,
  chain: (body) => `team:${body.team}`,
  mayStandAt: (sequence) => sequence > 0,
};

const readAdmission = shape.members({
  team: shape.id('tea'),
  generation: shape.integer(1),
  account: shape.id('acc'),
  key: shape.hash,
  box: shape.hash,
});

/** The running team key, sealed to somebody who joined after it was made. */
export type TeamAdmissionBody = shape.Read<typeof readAdmission>;

export const TEAM_ADMISSION: Kind<TeamAdmissionBody> = {
  kind: 'team-admission',
  maxBytes: MAX_PAYLOAD_BYTES,
  body: readAdmission,
  chain: (body) => `team:${body.team}`,
  mayStandAt: (sequence) => sequence > 1,
};
