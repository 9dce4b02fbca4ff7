/** One epoch of a conversation and who began it: what a control chain is made of (docs/protocol.md §5). */

import type { AccountId, ReaderId } from './ids.ts';
import type { Epoch } from './kinds/conversation.ts';

/** One epoch and the statement that began it. */
export interface Link {
  readonly epoch: Epoch;
  readonly time: string;
  readonly signer: AccountId;
  readonly consentHead: string;
  /** The statement's place in the chain. */
  readonly place: number;
}

/** Each reader's sealing key id. */
export type ReaderKeys = ReadonlyMap<ReaderId, string>;

const keysOfLinks = new WeakMap<Link, ReaderKeys>();

/** The keys to which an epoch was sealed; read once for each link, for every message asks. */
export function readerKeys(link: Link): ReaderKeys {
  let keys = keysOfLinks.get(link);
  if (!keys) {
    keys = new Map(link.epoch.readers.map(({ reader, key }) => [reader, key]));
    keysOfLinks.set(link, keys);
  }
  return keys;
}
