/** The hashes of the RFC 6962 tree; the twin of `messenger/merkle/tree.py`, which also grows it and makes the proofs. */

import { concat, sha256, type Bytes } from '../protocol/encoding.ts';
import { LogError } from './errors.ts';

export const HASH_SIZE = 32;

/** The largest size that JSON carries exactly (RFC 7493 §2.2). */
export const MAX_TREE_SIZE = Number.MAX_SAFE_INTEGER;

const LEAF = Uint8Array.of(0);
const NODE = Uint8Array.of(1);

/** @throws LogError `bad_hash` unless the value has 32 bytes. */
export function requireHash(value: Uint8Array): void {
  if (value.length !== HASH_SIZE) throw new LogError('bad_hash', `a hash is 32 bytes, this has ${value.length}`);
}

/** The hash of a tree without leaves: SHA-256 of nothing. */
export async function emptyRoot(): Promise<Bytes> {
  return sha256(new Uint8Array(0));
}

/** The 32-byte hash of a leaf's content (RFC 6962 §2.1). */
export async function leafHash(entry: Uint8Array): Promise<Bytes> {
  return sha256(concat(LEAF, entry));
}

/** The 32-byte hash over two subtrees' hashes (RFC 6962 §2.1). @throws LogError `bad_hash` */
export async function nodeHash(left: Uint8Array, right: Uint8Array): Promise<Bytes> {
  requireHash(left);
  requireHash(right);
  return sha256(concat(NODE, left, right));
}
