/** The page of `python -m bench sealing`: an epoch key sealed to many readers as the client does it, and by bare HPKE over the same keys. */

import { contextLines, randomBytes, type Bytes } from '../../client/src/protocol/encoding.ts';
import { makeEpoch } from '../../client/src/protocol/epoch.ts';
import { newId, type ReaderId } from '../../client/src/protocol/ids.ts';
import { sealerFrom, sealingKeyOfSeed, type KemSource, type SealingPublicKey } from '../../client/src/protocol/sealing.ts';

const conversation = newId('cnv');
let readers: ReadonlyMap<ReaderId, SealingPublicKey> = new Map();
let source: KemSource = 'native';

/** Keys of this many readers; where the KEM comes from. */
async function prepare(count: number): Promise<KemSource> {
  const keyed = async (): Promise<[ReaderId, SealingPublicKey]> => [newId('acc'), (await sealingKeyOfSeed(randomBytes(32))).public];
  readers = new Map(await Promise.all(Array.from({ length: count }, keyed)));
  source = await sealerFrom('native')
    .then(async ({ publicKeyOfSeed }) => publicKeyOfSeed(randomBytes(32)))
    .then((): KemSource => 'native', (): KemSource => 'script');
  return source;
}

/** Milliseconds of the client's own new epoch: key, commitment, boxes and their hashes. */
async function asClient(): Promise<number> {
  const began = performance.now();
  await makeEpoch(conversation, 1, readers);
  return performance.now() - began;
}

/** Milliseconds of the least: a public key taken in and one HPKE seal for each reader. */
async function bare(): Promise<number> {
  const { suite } = await sealerFrom(source);
  const [secret, info] = [randomBytes(32), contextLines('bench', conversation)];
  const began = performance.now();
  await Promise.all([...readers.values()].map(({ bytes }) => sealed(suite, bytes, info, secret)));
  return performance.now() - began;
}

type Suite = Awaited<ReturnType<typeof sealerFrom>>['suite'];

async function sealed(suite: Suite, bytes: Bytes, info: Bytes, secret: Bytes): Promise<unknown> {
  return suite.Seal(await suite.DeserializePublicKey(bytes), secret, { info });
}

Object.assign(globalThis, { bench: { prepare, asClient, bare } });
