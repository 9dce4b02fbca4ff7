/** A patient's word that a ciphertext is their profile, and to whom its key was sealed (docs/protocol.md §5). */

import * as shape from '../shape.ts';
import { MAX_PAYLOAD_BYTES, type Kind } from '../statement.ts';
import { readReader } from './conversation.ts';

const readProfile = shape.where(
  shape.members({
    patient: shape.id('acc'),
    version: shape.integer(1),
    /** The hash of the ciphertext. */
    ciphertext: shape.hash,
    boxes: shape.listOf(readReader),
  }),
  ({ boxes }) => boxes.length > 0 && shape.isSortedSet(boxes.map(({ reader }) => reader)),
  "a profile's readers are sorted, each once",
);

/** One version of a profile. */
export type ProfileBody = shape.Read<typeof readProfile>;

export const PROFILE: Kind<ProfileBody> = {
  kind: 'profile',
  maxBytes: MAX_PAYLOAD_BYTES,
  body: readProfile,
  chain: () => null,
  mayStandAt: () => false,
};
