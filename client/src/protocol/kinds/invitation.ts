/** What an inviter says of somebody who may join: the first statement of every account's chain. */

import * as shape from '../shape.ts';
import { MAX_PAYLOAD_BYTES, type Kind } from '../statement.ts';

export const ROLES = ['administrator', 'provider', 'nurse', 'front_desk', 'cover', 'compliance', 'custodian', 'patient', 'proxy'] as const;
export type Role = (typeof ROLES)[number];

/** Who stands in care teams and may invite a patient with a key of their own. Everyone else is invited by the clinic. */
export const CARE_STAFF: ReadonlySet<Role> = new Set(['provider', 'nurse', 'front_desk', 'cover']);

const readInvitation = shape.where(
  shape.members({
    invitation: shape.id('inv'),
    account: shape.id('acc'),
    clinic: shape.id('cln'),
    /** The clinic's signing key id. */
    clinic_key: shape.hash,
    role: shape.oneOf(...ROLES),
    teams: shape.ids('tea'),
    /** Of the key made from the link's secret. */
    public_key: shape.signingKey,
    expires: shape.time,
    inviter: shape.id('acc'),
    /** Commitment to a staff member's name and credential; null for a patient, whose name no server holds. */
    card: shape.orNull(shape.hash),
  }),
  (body) => body.role !== 'patient' || (body.teams.length > 0 && body.card === null),
  'a patient is invited by a team and without a card',
);

/** One account's invitation. */
export type InvitationBody = shape.Read<typeof readInvitation>;

export const INVITATION: Kind<InvitationBody> = {
  kind: 'invitation',
  maxBytes: MAX_PAYLOAD_BYTES,
  body: readInvitation,
  chain: (body) => `account:${body.account}`,
  mayStandAt: (sequence) => sequence === 0,
};
