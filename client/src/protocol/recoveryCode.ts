/** The recovery code: 160 bits in Crockford's base32 with a checksum, nine groups of four (docs/protocol.md §4). */

import { labelledHash, type Bytes } from './encoding.ts';
import { ProtocolError } from './errors.ts';

export const RECOVERY_BYTES = 20;
const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const CODE_CHARACTERS = 32;
const CHECK_CHARACTERS = 4;

function bigEndian(bytes: Uint8Array): bigint {
  return bytes.reduce((number, byte) => (number << 8n) | BigInt(byte), 0n);
}

function base32(number: bigint, characters: number): string {
  let text = '';
  for (let place = characters - 1; place >= 0; place -= 1) text += ALPHABET.charAt(Number((number >> BigInt(5 * place)) & 31n));
  return text;
}

async function checksum(secret: Uint8Array): Promise<string> {
  const digest = await labelledHash('recovery-code', secret);
  return base32(bigEndian(digest.subarray(0, 3)) >> 4n, CHECK_CHARACTERS);
}

/** `XXXX-XXXX-…`, nine groups: what is shown once and printed. `secret` has 20 bytes. */
export async function writeRecoveryCode(secret: Bytes): Promise<string> {
  if (secret.length !== RECOVERY_BYTES) throw new RangeError('a recovery code holds 20 bytes');
  const text = base32(bigEndian(secret), CODE_CHARACTERS) + (await checksum(secret));
  return text.replaceAll(/(.{4})(?=.)/g, '$1-');
}

/**
 * The 20 bytes of a code as a person typed it: any case, `O` for 0, `I` and `L` for 1, spaces and dashes anywhere.
 *
 * @throws ProtocolError `recovery_code_malformed` for another length or a sign that is in no code, `recovery_code_mistyped` when the checksum
 * does not fit.
 */
export async function readRecoveryCode(text: string): Promise<Bytes> {
  const characters = text.replaceAll(/[- ]/g, '').toUpperCase().replaceAll('O', '0').replaceAll(/[IL]/g, '1');
  const places = Array.from(characters, (character) => ALPHABET.indexOf(character));
  if (places.length !== CODE_CHARACTERS + CHECK_CHARACTERS || places.includes(-1) || !/^[\x20-\x7e]*$/.test(text)) {
    throw new ProtocolError('recovery_code_malformed', 'a recovery code is nine groups of four letters and digits');
  }
  let number = places.slice(0, CODE_CHARACTERS).reduce((sum, place) => (sum << 5n) | BigInt(place), 0n);
  const secret = new Uint8Array(RECOVERY_BYTES);
  for (let at = RECOVERY_BYTES - 1; at >= 0; at -= 1, number >>= 8n) secret[at] = Number(number & 255n);
  if ((await checksum(secret)) !== characters.slice(CODE_CHARACTERS)) {
    throw new ProtocolError('recovery_code_mistyped', 'the checksum does not fit');
  }
  return secret;
}
