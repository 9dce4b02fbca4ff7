/** What a verifier checks of a proof; the twin of `messenger/merkle/proof.py`. It never trusts a length that it was sent. */

import { equalBytes } from '../protocol/encoding.ts';
import { LogError } from './errors.ts';
import { nodeHash, requireHash } from './tree.ts';

/** A tree's head: so many leaves under a 32-byte root. */
export interface TreeHead {
  readonly size: number;
  readonly root: Uint8Array;
}

/**
 * Checks that the leaf hash `leaf` is leaf number `index` of the tree (RFC 9162 §2.1.3.2).
 *
 * @throws LogError `bad_hash` when any hash is not 32 bytes, `bad_proof` otherwise.
 */
export async function verifyInclusion(
  proof: readonly Uint8Array[],
  leaf: Uint8Array,
  index: number,
  tree: TreeHead,
): Promise<void> {
  for (const value of [leaf, tree.root, ...proof]) requireHash(value);
  if (!isCount(index) || !isCount(tree.size) || index >= tree.size) {
    throw new LogError('bad_proof', `leaf ${index} cannot be in a tree of ${tree.size} leaves`);
  }
  const climb = new Climb(index, tree.size - 1);
  let computed = leaf;
  for (const sibling of proof) {
    computed = climb.next() === 'left' ? await nodeHash(sibling, computed) : await nodeHash(computed, sibling);
  }
  climb.end();
  if (!equalBytes(computed, tree.root)) throw new LogError('bad_proof', 'the inclusion proof leads to another root');
}

/**
 * Checks that the newer tree begins with the whole older one (RFC 9162 §2.1.4.2). Nothing is proved about the empty tree,
 * so an older tree of size 0 is refused.
 *
 * @throws LogError `bad_hash` when any hash is not 32 bytes, `bad_proof` otherwise.
 */
export async function verifyConsistency(
  proof: readonly Uint8Array[],
  older: TreeHead,
  newer: TreeHead,
): Promise<void> {
  for (const value of [older.root, newer.root, ...proof]) requireHash(value);
  if (!isCount(older.size) || !isCount(newer.size) || older.size === 0 || older.size > newer.size) {
    throw new LogError('bad_proof', `no tree of ${newer.size} leaves can be shown to continue one of ${older.size}`);
  }
  if (older.size === newer.size) {
    if (proof.length > 0 || !equalBytes(older.root, newer.root)) {
      throw new LogError('bad_proof', 'two trees of one size are the same tree, with an empty proof, or they are not');
    }
    return;
  }
  const [oldRoot, newRoot] = await rootsOf(proof, older, newer.size);
  if (!equalBytes(oldRoot, older.root) || !equalBytes(newRoot, newer.root)) {
    throw new LogError('bad_proof', 'the consistency proof leads to other roots');
  }
}

/** The two roots that a consistency proof leads to, for 0 < older.size < newSize. */
async function rootsOf(
  proof: readonly Uint8Array[],
  older: TreeHead,
  newSize: number,
): Promise<[Uint8Array, Uint8Array]> {
  const climb = new Climb(older.size - 1, newSize - 1);
  climb.skipRightTurns();
  // An old tree that is one perfect subtree is left out of the proof: the verifier holds its root.
  const [first, ...rest] = climb.isAtLeftEdge() ? [older.root, ...proof] : proof;
  if (first === undefined) throw new LogError('bad_proof', 'the consistency proof is empty');
  let [oldRoot, newRoot] = [first, first];
  for (const sibling of rest) {
    if (climb.next() === 'left') {
      [oldRoot, newRoot] = [await nodeHash(sibling, oldRoot), await nodeHash(sibling, newRoot)];
    } else {
      newRoot = await nodeHash(newRoot, sibling);
    }
  }
  climb.end();
  return [oldRoot, newRoot];
}

/** The way from a subtree to the root, told by its place and the place of the last subtree beside it: RFC 9162's fn and sn. */
class Climb {
  constructor(
    private place: number,
    private last: number,
  ) {}

  /** On which side the next sibling stands. @throws LogError `bad_proof` at the root. */
  next(): 'left' | 'right' {
    if (this.last === 0) throw new LogError('bad_proof', 'the proof is too long');
    const side = isOdd(this.place) || this.place === this.last ? 'left' : 'right';
    if (side === 'left') while (this.place > 0 && !isOdd(this.place)) this.rise();
    this.rise();
    return side;
  }

  /** @throws LogError `bad_proof` before the root. */
  end(): void {
    if (this.last !== 0) throw new LogError('bad_proof', 'the proof is too short');
  }

  skipRightTurns(): void {
    while (isOdd(this.place)) this.rise();
  }

  isAtLeftEdge(): boolean {
    return this.place === 0;
  }

  // Halved, not shifted: JavaScript shifts 32 bits, and a tree may have 2⁵³ leaves.
  private rise(): void {
    this.place = Math.floor(this.place / 2);
    this.last = Math.floor(this.last / 2);
  }
}

function isOdd(value: number): boolean {
  return value % 2 === 1;
}

function isCount(value: number): boolean {
  return Number.isSafeInteger(value) && value >= 0;
}
