/** The page of `python -m bench sign-in`'s floor: a password through the client's own hashing worker, with the protocol's parameters. */

import { argon2idInWorker } from '../../client/src/keystore/password-hashing.ts';
import { randomBytes } from '../../client/src/protocol/encoding.ts';
import { SALT_LENGTH } from '../../client/src/protocol/password.ts';

/** Milliseconds from starting the worker to having the hash. */
async function hash(): Promise<number> {
  const began = performance.now();
  await argon2idInWorker(randomBytes(24), randomBytes(SALT_LENGTH));
  return performance.now() - began;
}

Object.assign(globalThis, { bench: { hash } });
