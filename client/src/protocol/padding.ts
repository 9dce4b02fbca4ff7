/** Padding that hides lengths: u32be length ‖ content ‖ zeros to max(256, Padmé(4 + length)), docs/protocol.md §6. */

import { concat, u32be, type Bytes } from './encoding.ts';
import { ProtocolError } from './errors.ts';

const SHORTEST = 256;

/** Padmé (Nikitin et al., PETS 2019, §4.2): at most 12 % longer, and few different lengths. Lengths in bytes. */
export function padme(length: number): number {
  const exponent = 31 - Math.clz32(length);
  const significant = 32 - Math.clz32(exponent);
  const unit = 2 ** Math.max(0, exponent - significant);
  return Math.ceil(length / unit) * unit;
}

export function pad(content: Uint8Array): Bytes {
  const padded = new Uint8Array(Math.max(SHORTEST, padme(4 + content.length)));
  padded.set(concat(u32be(content.length), content));
  return padded;
}

/** @throws ProtocolError `malformed_padding` unless the bytes are exactly what {@link pad} makes of their content. */
export function unpad(padded: Bytes): Bytes {
  if (padded.length < SHORTEST) throw new ProtocolError('malformed_padding', 'shorter than any padded content');
  const length = new DataView(padded.buffer, padded.byteOffset).getUint32(0);
  const expected = 4 + length <= padded.length ? Math.max(SHORTEST, padme(4 + length)) : -1;
  if (expected !== padded.length) throw new ProtocolError('malformed_padding', 'not the padded length of this content');
  if (padded.subarray(4 + length).some((byte) => byte !== 0)) throw new ProtocolError('malformed_padding', 'padding that is not zero');
  return padded.subarray(4, 4 + length);
}
