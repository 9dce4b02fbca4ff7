/** What all chains share: each statement follows the one before, and an unknown kind keeps its place (docs/protocol.md §2). */

import { ProtocolError } from './errors.ts';
import { isKnownType } from './kinds/index.ts';
import { peekHeader, statementHash, type Envelope, type Header } from './statement.ts';

/** The statements of one chain taken one after the other; `hashes` are theirs, in order. */
export class ChainWalk {
  readonly hashes: string[];
  /** Places of statements written by a newer version: kept, and nothing concluded from them. */
  readonly newer: number[];

  /** From the beginning, or after what is known already. */
  constructor(
    private readonly chain: string,
    hashes: readonly string[] = [],
    newer: readonly number[] = [],
  ) {
    this.hashes = [...hashes];
    this.newer = [...newer];
  }

  /** The last statement's hash. */
  get head(): string | null {
    return this.hashes.at(-1) ?? null;
  }

  /** Appends. @throws ProtocolError `broken_chain` unless it is of this chain and follows the last one. */
  take(header: Header, hash: string): void {
    if (header.chain !== this.chain || header.sequence !== this.hashes.length || header.previous !== this.head) {
      throw new ProtocolError('broken_chain', 'a statement does not follow the one before it');
    }
    this.hashes.push(hash);
  }

  /** Whether the envelope is of a kind this version does not know; then it is appended unread. */
  async takeIfNewer(envelope: Envelope): Promise<boolean> {
    if (this.hashes.length === 0 || isKnownType(envelope.type)) return false;
    this.take(peekHeader(envelope), await statementHash(envelope));
    this.newer.push(this.hashes.length - 1);
    return true;
  }
}

/** The first of a chain's statements. @throws ProtocolError `empty_chain` */
export function firstOf(envelopes: readonly Envelope[]): Envelope {
  const [first] = envelopes;
  if (!first) throw new ProtocolError('empty_chain', 'a chain without a statement');
  return first;
}

const places = new WeakMap<readonly string[], ReadonlyMap<string, number>>();

/** Where a statement stands in a verified chain, which grows no more under these `hashes`; null where it does not. */
export function placeIn(hashes: readonly string[], hash: string): number | null {
  let known = places.get(hashes);
  if (known?.size !== hashes.length) {
    known = new Map(hashes.map((one, place) => [one, place]));
    places.set(hashes, known);
  }
  return known.get(hash) ?? null;
}
