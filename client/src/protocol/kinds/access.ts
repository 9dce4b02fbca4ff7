/** What a reader signs to be served content: the opening of a conversation and the renewal of its lease (docs/protocol.md §2, §7). */

import * as shape from '../shape.ts';
import { MAX_PAYLOAD_BYTES, type Kind } from '../statement.ts';

const readOpen = shape.members({
  account: shape.id('acc'),
  device: shape.id('dev'),
  conversation: shape.id('cnv'),
  purpose: shape.oneOf('answer', 'read', 'write', 'automatic'),
  nonce: shape.encoded(32),
});

/** A reader's request to be served a conversation; its hash stands in the access log. */
export type OpenBody = shape.Read<typeof readOpen>;
export type OpenPurpose = OpenBody['purpose'];

export const OPEN: Kind<OpenBody> = {
  kind: 'open',
  maxBytes: MAX_PAYLOAD_BYTES,
  body: readOpen,
  chain: () => null,
  mayStandAt: () => false,
};

const readRenewal = shape.members({
  account: shape.id('acc'),
  device: shape.id('dev'),
  conversation: shape.id('cnv'),
  /** The statement hash of the opening that is renewed. */
  open: shape.hash,
  nonce: shape.encoded(32),
});

/** A following client's request to go on being served what is written. */
export type LeaseRenewalBody = shape.Read<typeof readRenewal>;

export const LEASE_RENEWAL: Kind<LeaseRenewalBody> = {
  kind: 'lease-renewal',
  maxBytes: MAX_PAYLOAD_BYTES,
  body: readRenewal,
  chain: () => null,
  mayStandAt: () => false,
};
