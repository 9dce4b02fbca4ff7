/** Bare WebCrypto over the same bytes, in a worker and as many at once as the client's: what no client could go below. */

import type { BareMessage, BareRequest } from './bare.ts';

declare const self: DedicatedWorkerGlobalScope;

const AT_ONCE = 64;
const NONCE = { name: 'AES-GCM', iv: new Uint8Array(12) };
/** As long as what the format expands a message's key from: a label, a salt and the header. */
const EXPANDED_FROM = 600;

type Keys = Extract<BareRequest, { type: 'keys' }>;
let keys: Keys | null = null;

self.onmessage = ({ data }: MessageEvent<BareRequest>): void => {
  if (data.type === 'keys') keys = data;
  else if (keys) void openAll(data.messages, keys);
};

async function openAll(messages: readonly BareMessage[], given: Keys): Promise<void> {
  const opened: Uint8Array[] = [];
  for (let at = 0; at < messages.length; at += AT_ONCE) {
    opened.push(...(await Promise.all(messages.slice(at, at + AT_ONCE).map((message) => open(message, given)))));
  }
  self.postMessage(opened);
}

async function open({ ciphertext, signed, signature }: BareMessage, { verifying, opening, deriving, variant }: Keys): Promise<Uint8Array> {
  const { subtle } = crypto;
  await subtle.digest('SHA-256', ciphertext);
  if (!(await subtle.verify('Ed25519', verifying, signature, signed))) throw new Error('not signed');
  if (variant === 'format') {
    await subtle.digest('SHA-256', signed);
    for (let block = 0; block < 2; block += 1) await subtle.sign('HMAC', deriving, new Uint8Array(EXPANDED_FROM));
    await subtle.importKey('raw', new Uint8Array(32), 'AES-GCM', false, ['decrypt']);
  }
  return new Uint8Array(await subtle.decrypt(NONCE, opening, ciphertext));
}
