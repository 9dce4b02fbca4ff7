/** Argon2id through the password worker. */

import type { Bytes } from '../protocol/encoding.ts';
import { startWorker } from './workers.ts';

export interface HashingRequest {
  readonly password: Bytes;
  readonly salt: Bytes;
}

export interface HashingAnswer {
  /** 32 bytes, or null where the device had no memory for it. */
  readonly hash: Bytes | null;
}

/** This device could not make the 64 MiB that hashing a password takes. */
export class NoMemoryForPassword extends Error {
  override readonly name = 'NoMemoryForPassword';
}

/** Argon2id with the protocol's own parameters. A worker for each call: its memory, password included, ends with it. @throws NoMemoryForPassword */
export async function argon2idInWorker(password: Bytes, salt: Bytes): Promise<Bytes> {
  const worker = startWorker('password-worker');
  try {
    const { hash } = await askOnce(worker, { password, salt });
    if (!hash) throw new NoMemoryForPassword('not enough memory');
    return hash;
  } finally {
    worker.terminate();
  }
}

function askOnce(worker: Worker, request: HashingRequest): Promise<HashingAnswer> {
  return new Promise((resolve, reject) => {
    worker.onmessage = ({ data }: MessageEvent<HashingAnswer>) => { resolve(data); };
    worker.onerror = () => { reject(new NoMemoryForPassword('the worker did not start')); };
    worker.postMessage(request, [request.password.buffer]);
  });
}
