import { expect } from 'chai';

import { verifyConsistency, verifyInclusion } from '../../src/log/proof.ts';
import { emptyRoot, leafHash, MAX_TREE_SIZE, nodeHash } from '../../src/log/tree.ts';
import type { Bytes } from '../../src/protocol/encoding.ts';
import { refusalOf, toHex } from '../protocol/publicVectors.ts';

/** The hash of each perfect subtree, by height, of a tree whose leaves are all one and the same. */
async function uniformHashes(height: number): Promise<Bytes[]> {
  const hashes = [await leafHash(new Uint8Array(0))];
  for (let last = hashes[0]; last && hashes.length <= height; last = hashes.at(-1)) hashes.push(await nodeHash(last, last));
  return hashes;
}

describe('the tree', () => {
  it('is the hash of nothing while it is empty', async () => {
    expect(toHex(await emptyRoot())).to.equal('e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855');
  });

  it('hashes an empty leaf as every other log does', async () => {
    expect(toHex(await leafHash(new Uint8Array(0)))).to.equal('6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d');
  });

  it('never takes a leaf for a node', async () => {
    const [left, right] = [await leafHash(Uint8Array.of(1)), await leafHash(Uint8Array.of(2))];
    expect(toHex(await nodeHash(left, right))).not.to.equal(toHex(await leafHash(Uint8Array.of(...left, ...right))));
  });

  for (const length of [0, 31, 33]) {
    it(`hashes no half of ${length} bytes into a node`, async () => {
      expect(await refusalOf(nodeHash(new Uint8Array(length), await emptyRoot()))).to.equal('bad_hash');
      expect(await refusalOf(nodeHash(await emptyRoot(), new Uint8Array(length)))).to.equal('bad_hash');
    });
  }
});

describe('a consistency proof', () => {
  it('never leads from a larger tree to a smaller one, even where the roots are equal', async () => {
    const root = await leafHash(Uint8Array.of(1));
    expect(await refusalOf(verifyConsistency([], { size: 2, root }, { size: 1, root }))).to.equal('bad_proof');
  });

  it('is never there between two trees of one size', async () => {
    const [root, other] = [await leafHash(Uint8Array.of(1)), await leafHash(Uint8Array.of(2))];
    expect(await refusalOf(verifyConsistency([], { size: 7, root }, { size: 7, root: other }))).to.equal('bad_proof');
    expect(await refusalOf(verifyConsistency([root], { size: 7, root }, { size: 7, root }))).to.equal('bad_proof');
  });
});

describe('proofs in trees of more leaves than 32 bits count', () => {
  const height = 40;
  const size = 2 ** height;

  it('hold for the first leaf and the last', async () => {
    const hashes = await uniformHashes(height);
    const [leaf, root] = [hashes[0], hashes[height]];
    if (!leaf || !root) throw new Error('no tree');
    const proof = hashes.slice(0, height);
    for (const index of [0, 1, 2 ** 31, 2 ** 32, 2 ** 32 + 1, size - 1]) {
      expect(await refusalOf(verifyInclusion(proof, leaf, index, { size, root })), `leaf ${index}`).to.equal(null);
    }
    expect(await refusalOf(verifyInclusion(proof, leaf, size, { size, root }))).to.equal('bad_proof');
    expect(await refusalOf(verifyInclusion(proof.slice(1), leaf, 0, { size, root }))).to.equal('bad_proof');
  });

  it('hold from half of it to the whole', async () => {
    const hashes = await uniformHashes(height);
    const [half, root] = [hashes[height - 1], hashes[height]];
    if (!half || !root) throw new Error('no tree');
    const older = { size: size / 2, root: half };
    expect(await refusalOf(verifyConsistency([half], older, { size, root }))).to.equal(null);
    expect(await refusalOf(verifyConsistency([half], { ...older, size: size / 4 }, { size, root }))).to.equal('bad_proof');
  });

  for (const count of [-1, 0.5, Number.NaN, MAX_TREE_SIZE + 1, Number.POSITIVE_INFINITY]) {
    it(`are refused where ${count} is called a place or a size`, async () => {
      const root = await leafHash(new Uint8Array(0));
      expect(await refusalOf(verifyInclusion([], root, count, { size: 1, root }))).to.equal('bad_proof');
      expect(await refusalOf(verifyInclusion([], root, 0, { size: count, root }))).to.equal('bad_proof');
      expect(await refusalOf(verifyConsistency([], { size: count, root }, { size: count, root }))).to.equal('bad_proof');
    });
  }
});
