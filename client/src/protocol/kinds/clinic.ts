/** What a clinic says with its own key: itself, and who else holds that key. */

import * as shape from '../shape.ts';
import { MAX_PAYLOAD_BYTES, type Kind } from '../statement.ts';

const readClinic = shape.members({
  clinic: shape.id('cln'),
  name: shape.textOfLength(1, 200),
  signing_key: shape.signingKey,
  /** The log's verifier key as C2SP signed-note writes it; its name is `origin`. */
  log_key: shape.textOfLength(1, 500),
  origin: shape.textOfLength(1, 300),
  founder: shape.id('acc'),
});

/** The first statement of a clinic: its key, its access log's key and origin, its founder. */
export type ClinicBody = shape.Read<typeof readClinic>;

export const CLINIC: Kind<ClinicBody> = {
  kind: 'clinic',
  maxBytes: MAX_PAYLOAD_BYTES,
  body: readClinic,
  chain: (body) => `clinic:${body.clinic}`,
  mayStandAt: (sequence) => sequence === 0,
};

const readShare = shape.members({
  clinic: shape.id('cln'),
  account: shape.id('acc'),
  /** The administrator's sealing key id. */
  key: shape.hash,
  /** The hash of the box. */
  box: shape.hash,
});

/** The clinic's key, sealed to another administrator. */
export type ClinicKeyShareBody = shape.Read<typeof readShare>;

export const CLINIC_KEY_SHARE: Kind<ClinicKeyShareBody> = {
  kind: 'clinic-key-share',
  maxBytes: MAX_PAYLOAD_BYTES,
  body: readShare,
  chain: (body) => `clinic:${body.clinic}`,
  mayStandAt: (sequence) => sequence > 0,
};
