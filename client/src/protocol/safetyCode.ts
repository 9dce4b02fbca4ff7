/** The code two people compare in the clinic, and the clinic's own on its card (docs/protocol.md §1). */

import { fromB64u, labelledHash, utf8, type Bytes } from './encoding.ts';
import { ProtocolError } from './errors.ts';

const GROUPS = 6;
const GROUP_BYTES = 5;

/** Groups of five digits. */
export type SafetyCode = readonly string[];

async function numeric(owner: string, signingKey: Uint8Array, sealing: Uint8Array): Promise<SafetyCode> {
  if (signingKey.length !== 32 || sealing.length !== 32) {
    throw new ProtocolError('malformed_key', 'a safety code is made of two times 32 bytes');
  }
  const digest = await labelledHash('safety-code', utf8(`${owner}\0`), signingKey, sealing);
  return Array.from({ length: GROUPS }, (_, group) => {
    const bytes = digest.subarray(group * GROUP_BYTES, (group + 1) * GROUP_BYTES);
    const number = bytes.reduce((sum, byte) => sum * 256 + byte, 0);
    return (number % 100_000).toString().padStart(5, '0');
  });
}

/** Six groups of an account's current keys; `sealingKeyId` in its 43 characters. @throws ProtocolError `malformed_key` */
export function safetyCode(owner: string, signingKey: Bytes, sealingKeyId: string): Promise<SafetyCode> {
  return numeric(owner, signingKey, fromB64u(sealingKeyId));
}

/** Six groups of a clinic's key. @throws ProtocolError `malformed_key` */
export function clinicCode(clinic: string, signingKey: Bytes): Promise<SafetyCode> {
  return numeric(clinic, signingKey, new Uint8Array(32));
}

/** Twelve groups, the same on both screens: the smaller code first. */
export function sharedCode(one: SafetyCode, other: SafetyCode): SafetyCode {
  return one.join(' ') < other.join(' ') ? [...one, ...other] : [...other, ...one];
}
