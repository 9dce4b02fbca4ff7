/** That a patient keeps one person from reading, whatever else is consented to: their word, in their consent chain (docs/protocol.md §5). */

import * as shape from '../shape.ts';
import { MAX_PAYLOAD_BYTES, type Kind } from '../statement.ts';

const readBlock = shape.where(
  shape.members({ patient: shape.id('acc'), account: shape.id('acc') }),
  ({ patient, account }) => patient !== account,
  'a patient blocks somebody else',
);
export type BlockBody = shape.Read<typeof readBlock>;

/** From this statement on the account is no reader, neither by itself nor through a team. */
export const BLOCK: Kind<BlockBody> = {
  kind: 'block',
  maxBytes: MAX_PAYLOAD_BYTES,
  body: readBlock,
  chain: (body) => `consent:${body.patient}`,
  mayStandAt: () => true,
};

/** From this statement on the account reads again what consents let it read. */
export const UNBLOCK: Kind<BlockBody> = {
  kind: 'unblock',
  maxBytes: MAX_PAYLOAD_BYTES,
  body: readBlock,
  chain: (body) => `consent:${body.patient}`,
  mayStandAt: (sequence) => sequence > 0,
};
