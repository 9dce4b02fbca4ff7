/** What the page and the bare worker say to each other. */

import type { Bytes } from '../../client/src/protocol/encoding.ts';

/** A message as bytes that need no reading: what is left of the work is WebCrypto's. */
export interface BareMessage {
  readonly ciphertext: Bytes;
  readonly signed: Bytes;
  readonly signature: Bytes;
}

/**
 * `floor`: one SHA-256, one Ed25519 verification, one AES-GCM decryption under a key that is there. `format`: every call that the format asks for,
 * so also the message's own key (HKDF-Expand by two HMACs, an import) and the message's hash.
 */
export type BareVariant = 'floor' | 'format';

export type BareRequest =
  | { readonly type: 'keys'; readonly verifying: CryptoKey; readonly opening: CryptoKey; readonly deriving: CryptoKey; readonly variant: BareVariant }
  | { readonly type: 'open'; readonly messages: readonly BareMessage[] };
