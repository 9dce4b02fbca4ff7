/** A conversation's emergency key, made by the patient's client and split among the custodians (docs/protocol.md §5). */

import * as shape from '../shape.ts';
import { MAX_PAYLOAD_BYTES, type Kind } from '../statement.ts';

const LAST_INDEX = 255;

/** One custodian's share: its place on the polynomial (1 to 255), the custodian's sealing key id, the hash of the box. */
const readShare = shape.members({ custodian: shape.id('acc'), index: shape.integer(1), key: shape.hash, box: shape.hash });
export type SealedShare = shape.Read<typeof readShare>;

function fits(shares: readonly SealedShare[]): boolean {
  const indexes = new Set(shares.map(({ index }) => index));
  const inOrder = shares.length > 0 && shape.isSortedSet(shares.map(({ custodian }) => custodian));
  return inOrder && indexes.size === shares.length && Math.max(...indexes) <= LAST_INDEX;
}

const readKey = shape.where(
  shape.members({
    conversation: shape.id('cnv'),
    /** The id under which it is a reader. */
    emergency_key: shape.id('emk'),
    /** Its public part, which commits to the seed. */
    sealing_key: shape.sealingKey,
    /** The hash of the clinic's `custodians` statement. */
    custodian_set: shape.hash,
    shares: shape.listOf(readShare),
  }),
  ({ shares }) => fits(shares),
  'shares are sorted by custodian, each once, each at an index of its own from 1 to 255',
);

/** The key that later epochs are sealed to while the patient is opted in; its seed is in nobody's hands alone. */
export type EmergencyKeyBody = shape.Read<typeof readKey>;

export const EMERGENCY_KEY: Kind<EmergencyKeyBody> = {
  kind: 'emergency-key',
  maxBytes: MAX_PAYLOAD_BYTES,
  body: readKey,
  chain: (body) => `conversation:${body.conversation}`,
  mayStandAt: (sequence) => sequence > 0,
};
