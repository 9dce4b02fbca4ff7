/** What an account's holder says of its keys: version 1 at joining, a new version when they may have been stolen. */

import * as shape from '../shape.ts';
import { MAX_PAYLOAD_BYTES, type Kind } from '../statement.ts';

const readKey = shape.where(
  shape.members({
    account: shape.id('acc'),
    clinic: shape.id('cln'),
    version: shape.integer(1),
    signing_key: shape.signingKey,
    sealing_key: shape.sealingKey,
    reason: shape.oneOf('first', 'stolen'),
  }),
  (body) => (body.version === 1) === (body.reason === 'first'),
  'the first version, and no other, is the first',
);

/** One version of an account's keys; the version is its place in the account's chain. */
export type KeyBody = shape.Read<typeof readKey>;

export const KEY: Kind<KeyBody> = {
  kind: 'key',
  maxBytes: MAX_PAYLOAD_BYTES,
  body: readKey,
  chain: (body) => `account:${body.account}`,
  // The invitation is at 0.
  mayStandAt: (sequence, { version }) => sequence === version,
};
