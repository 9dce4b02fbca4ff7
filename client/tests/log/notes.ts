/** How the shared tables write a note: as text, or where that is impossible as base64. */

import { fromBase64 } from '../protocol/publicVectors.ts';

export interface NoteMember {
  readonly note?: string;
  readonly note_base64?: string;
}

/** The note's bytes. */
export function encodedNote(one: NoteMember): Uint8Array {
  return one.note_base64 === undefined ? new TextEncoder().encode(one.note) : fromBase64(one.note_base64);
}
