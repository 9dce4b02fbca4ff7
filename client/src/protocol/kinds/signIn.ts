/** The proof of a password or recovery code: a signature over a one-time challenge, for one service (docs/protocol.md §4). */

import * as shape from '../shape.ts';
import { MAX_PAYLOAD_BYTES, type Kind } from '../statement.ts';

const readSignIn = shape.members({
  name: shape.textOfLength(1, 200),
  /** The origin of the service's address: a proof relayed to another service is worth nothing there. */
  service: shape.textOfLength(1, 300),
  challenge: shape.encoded(32),
  slot: shape.oneOf('password', 'recovery'),
  device: shape.id('dev'),
});

/** Who signs in where, against which challenge, with which credential, on which device. */
export type SignInBody = shape.Read<typeof readSignIn>;

export const SIGN_IN: Kind<SignInBody> = {
  kind: 'sign-in',
  maxBytes: MAX_PAYLOAD_BYTES,
  body: readSignIn,
  chain: () => null,
  mayStandAt: () => false,
};
