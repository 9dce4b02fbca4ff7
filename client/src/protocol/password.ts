/**
 * From a password or a recovery code to two halves: what signs in and what opens the slot (docs/protocol.md §4). WebCrypto has no Argon2, so
 * the function comes from outside: in the pages from the one worker that may compile WebAssembly.
 */

import { hkdf, NO_SALT, type Bytes } from './encoding.ts';
import { ProtocolError } from './errors.ts';
import { signingKeyOfSeed, type SigningKey } from './keys.ts';

/** RFC 9106, version 0x13. Memory in KiB, lengths in bytes. */
export interface Argon2Parameters {
  readonly name: 'argon2id';
  readonly m: number;
  readonly t: number;
  readonly p: number;
  readonly salt: Bytes;
}

/** A recovery code has 160 random bits, so that it needs no slow function. */
export interface HkdfParameters {
  readonly name: 'hkdf';
  readonly salt: Bytes;
}

export type KdfParameters = Argon2Parameters | HkdfParameters;

/** Argon2id with the parameters below: 32 bytes. */
export type Argon2id = (password: Bytes, salt: Bytes) => Promise<Bytes>;

/** The floor is the only choice: a server that asks for less would make every password guessable, one that asks for more could stop people. */
export const ARGON2 = { m: 65_536, t: 3, p: 1, hashLength: 32 } as const;
export const SALT_LENGTH = 16;
const LONGEST_PASSWORD = 1024;

/** What a password or recovery code gives. */
export interface SlotSecrets {
  /** Signs the challenge; the server holds its public half. */
  readonly signIn: SigningKey;
  /** Opens the slot and never leaves; 32 bytes. */
  readonly slotKey: Bytes;
}

/** @throws ProtocolError `weak_parameters` for anything but the compiled-in parameters, whoever serves them. */
export function checkParameters(parameters: KdfParameters): void {
  const asFloor = parameters.name === 'hkdf' || (parameters.m === ARGON2.m && parameters.t === ARGON2.t && parameters.p === ARGON2.p);
  if (!asFloor || parameters.salt.length !== SALT_LENGTH) throw new ProtocolError('weak_parameters', 'not the parameters of this protocol');
}

/** NFC in UTF-8, so that one password typed on two keyboards is one. @throws ProtocolError `password_unusable` */
export function normalisePassword(password: string): Bytes {
  const bytes = new TextEncoder().encode(password.normalize('NFC'));
  if (!password.isWellFormed() || bytes.length === 0 || bytes.length > LONGEST_PASSWORD) {
    throw new ProtocolError('password_unusable', 'a password has between 1 and 1,024 bytes of well-formed text');
  }
  return bytes;
}

/** @throws ProtocolError `weak_parameters`, `password_unusable` */
export async function passwordSecrets(password: string, parameters: Argon2Parameters, argon2id: Argon2id): Promise<SlotSecrets> {
  checkParameters(parameters);
  const stretched = await argon2id(normalisePassword(password), parameters.salt);
  const seed = await hkdf(stretched, NO_SALT, 'sign-in-key', 32);
  return { signIn: await signingKeyOfSeed(seed), slotKey: await hkdf(stretched, NO_SALT, 'slot-key', 32) };
}

/** From the recovery code's 20 bytes. @throws ProtocolError `weak_parameters` */
export async function recoverySecrets(secret: Bytes, parameters: HkdfParameters): Promise<SlotSecrets> {
  checkParameters(parameters);
  const seed = await hkdf(secret, parameters.salt, 'recovery-sign-in-key', 32);
  return { signIn: await signingKeyOfSeed(seed), slotKey: await hkdf(secret, parameters.salt, 'recovery-slot-key', 32) };
}
