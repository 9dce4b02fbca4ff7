/** Who keeps the clinic's shares of emergency keys, in the clinic's word (docs/protocol.md §5). */

import * as shape from '../shape.ts';
import { MAX_PAYLOAD_BYTES, type Kind } from '../statement.ts';

/** How many custodians open an emergency key together; this version knows no other number. */
export const THRESHOLD = 2;
const FEWEST = 3;
const MOST = 20;

/** One custodian and the sealing key (its id) that shares are sealed to. */
const readCustodian = shape.members({ account: shape.id('acc'), key: shape.hash });

const readCustodians = shape.where(
  shape.members({ clinic: shape.id('cln'), threshold: shape.oneOf(THRESHOLD), custodians: shape.listOf(readCustodian) }),
  ({ custodians }) =>
    custodians.length >= FEWEST && custodians.length <= MOST && shape.isSortedSet(custodians.map(({ account }) => account)),
  'emergency access takes 2 of at least 3 custodians, sorted, each once',
);

/** A new set of custodians, in the place of the one before; the statement's hash is the set's name. */
export type CustodiansBody = shape.Read<typeof readCustodians>;

export const CUSTODIANS: Kind<CustodiansBody> = {
  kind: 'custodians',
  maxBytes: MAX_PAYLOAD_BYTES,
  body: readCustodians,
  chain: (body) => `clinic:${body.clinic}`,
  mayStandAt: (sequence) => sequence > 0,
};
