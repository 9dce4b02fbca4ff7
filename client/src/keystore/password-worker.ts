/**
 * Argon2id in a worker of its own: the one place whose response allows WebAssembly, and 64 MiB and a fifth of a second
 * that the page does not stand still for.
 */

import { argon2id } from 'hash-wasm';

import { ARGON2 } from '../protocol/password.ts';
import type { HashingAnswer, HashingRequest } from './password-hashing.ts';

declare const self: DedicatedWorkerGlobalScope;

self.onmessage = ({ data }: MessageEvent<HashingRequest>): void => {
  void answer(data).then((answered) => {
    self.postMessage(answered);
  });
};

async function answer({ password, salt }: HashingRequest): Promise<HashingAnswer> {
  const { m, t, p, hashLength } = ARGON2;
  try {
    const hash = await argon2id({ password, salt, memorySize: m, iterations: t, parallelism: p, hashLength, outputType: 'binary' });
    return { hash: hash.slice() };
  } catch {
    // Not enough memory is the one cause; its message could hold a password's length and nothing anybody needs.
    return { hash: null };
  } finally {
    password.fill(0);
  }
}
