/**
 * An emergency key's seed in shares: split among custodians, sealed to each, sealed again, combined (docs/protocol.md §5).
 *
 * Shamir's scheme over GF(256) gives a wrong secret in silence where a share is changed or is another set's. So a combined seed is believed only where
 * it makes the very key that the patient's statement names. `shamir-secret-sharing`, audited and of no dependencies, makes shares as Python's
 * `pyshamir` does.
 */

import { combine, split } from 'shamir-secret-sharing';

import type { CustodianSet } from './clinicChain.ts';
import { b64u, concat, fromB64u, randomBytes, sha256, type Bytes } from './encoding.ts';
import { ProtocolError } from './errors.ts';
import type { AccountId, ConversationId, EmergencyKeyId } from './ids.ts';
import { THRESHOLD } from './kinds/custodians.ts';
import type { EmergencyReleaseBody, EmergencyRequestBody } from './kinds/emergency.ts';
import type { EmergencyKeyBody, SealedShare } from './kinds/emergencyKey.ts';
import {
  belongsTo,
  emergencyReleaseBoxInfo,
  emergencyShareBoxInfo,
  importSealingPublicKey,
  openBox,
  seal,
  sealingKeyOfSeed,
  type SealingKey,
  type SealingPublicKey,
} from './sealing.ts';

const SEED_LENGTH = 32;

/** One share of a seed: 32 bytes, and the place on the polynomial at which they are its value. */
export interface Share {
  readonly index: number;
  readonly value: Bytes;
}

/** An emergency key just made: what the statement says, and each custodian's box beside it. Its seed is gone. */
export interface NewEmergencyKey {
  readonly body: EmergencyKeyBody;
  readonly boxes: ReadonlyMap<AccountId, Bytes>;
}

/** The shares of a seed: any two make it again, one says nothing of it. */
export async function splitSeed(seed: Bytes, parts: number): Promise<readonly Share[]> {
  const shares = await split(seed, parts, THRESHOLD);
  return shares.map((share) => ({ index: share[SEED_LENGTH] ?? 0, value: concat(share.subarray(0, SEED_LENGTH)) }));
}

/** A new random key of a conversation, its seed split among the custodians, whose sealing keys are `keys`. */
export async function makeEmergencyKey(
  conversation: ConversationId,
  emergencyKey: EmergencyKeyId,
  custodians: CustodianSet,
  keys: ReadonlyMap<AccountId, SealingPublicKey>,
): Promise<NewEmergencyKey> {
  const seed = randomBytes(SEED_LENGTH);
  const { public: made } = await sealingKeyOfSeed(seed);
  const shares = await splitSeed(seed, keys.size);
  const sealed = [...keys].sort(([one], [other]) => (one < other ? -1 : 1)).map(async ([custodian, to], at) => {
    const share = shares[at];
    if (!share) throw new ProtocolError('wrong_custodians', 'a custodian without a share');
    const place = { conversation, emergencyKey, custodianSet: custodians.hash, index: share.index };
    const box = await seal(to, emergencyShareBoxInfo(place, custodian, to.id), share.value);
    return { box, listed: { custodian, index: share.index, key: to.id, box: b64u(await sha256(box)) } };
  });
  const done = await Promise.all(sealed);
  const shared: readonly SealedShare[] = done.map(({ listed }) => listed);
  const named = { conversation, emergency_key: emergencyKey, sealing_key: b64u(made.bytes), custodian_set: custodians.hash };
  return { body: { ...named, shares: shared }, boxes: new Map(done.map(({ box, listed }) => [listed.custodian, box])) };
}

/** A custodian's own share. @throws ProtocolError `wrong_box`, `cannot_open` */
export async function openShare(key: EmergencyKeyBody, custodian: AccountId, own: SealingKey, box: Bytes): Promise<Share> {
  const listed = key.shares.find((share) => share.custodian === custodian);
  if (listed?.key !== own.public.id || listed.box !== b64u(await sha256(box))) {
    throw new ProtocolError('wrong_box', 'not the share that was sealed to this custodian');
  }
  const { index } = listed;
  const place = { conversation: key.conversation, emergencyKey: key.emergency_key, custodianSet: key.custodian_set, index };
  return { index, value: await openBox(own, emergencyShareBoxInfo(place, custodian, own.public.id), box) };
}

function releasePlace(request: EmergencyRequestBody, statement: string, custodian: AccountId, index: number): Bytes {
  return emergencyReleaseBoxInfo(statement, request.emergency_key, index, custodian, request.requester, request.key);
}

/** A share sealed to the requester's key, under the hash of their request. @throws ProtocolError `wrong_box` for another key than it names */
export async function releaseShare(
  request: EmergencyRequestBody,
  statement: string,
  custodian: AccountId,
  share: Share,
  requester: SealingPublicKey,
): Promise<{ readonly body: EmergencyReleaseBody; readonly box: Bytes }> {
  if (requester.id !== request.key) throw new ProtocolError('wrong_box', 'not the key that the request names');
  const box = await seal(requester, releasePlace(request, statement, custodian, share.index), share.value);
  const { emergency, key } = request;
  return { body: { emergency, request: statement, custodian, index: share.index, key, box: b64u(await sha256(box)) }, box };
}

/** A share that was released to this requester. @throws ProtocolError `wrong_box`, `cannot_open` */
export async function openRelease(
  request: EmergencyRequestBody,
  release: EmergencyReleaseBody,
  own: SealingKey,
  box: Bytes,
): Promise<Share> {
  const { index, custodian } = release;
  if (release.key !== own.public.id || release.box !== b64u(await sha256(box))) {
    throw new ProtocolError('wrong_box', 'not the share that was released');
  }
  return { index, value: await openBox(own, releasePlace(request, release.request, custodian, index), box) };
}

/** The private emergency key. @throws ProtocolError `wrong_commitment` where the shares are not all of it */
export async function combineShares(key: EmergencyKeyBody, shares: readonly Share[]): Promise<SealingKey> {
  const made = await sealingKeyOfSeed(await combined(shares));
  if (!belongsTo(made, await importSealingPublicKey(fromB64u(key.sealing_key)))) {
    throw new ProtocolError('wrong_commitment', "another key than the patient's client made");
  }
  return made;
}

async function combined(shares: readonly Share[]): Promise<Bytes> {
  try {
    return concat(await combine(shares.map(({ index, value }) => concat(value, Uint8Array.of(index)))));
  } catch {
    throw new ProtocolError('wrong_commitment', 'shares that do not make a key');
  }
}
