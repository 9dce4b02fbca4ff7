/** Salted commitments: names and free text stand beside a statement that holds their hash, and so can be erased. */

import { b64u, fromB64u, labelledHash, randomBytes, textOf, utf8 } from './encoding.ts';
import { ProtocolError } from './errors.ts';
import * as shape from './shape.ts';
import { parseStrictJson, writeJson } from './strictJson.ts';

const SALT_LENGTH = 32;

/** `{"salt", "text"}` as it travels. */
export const readCommittedText = shape.members({ salt: shape.encoded(SALT_LENGTH), text: shape.textOfLength(0, 4000) });

/** A text and the salt under which a statement commits to it. */
export type CommittedText = shape.Read<typeof readCommittedText>;

/** `H("commitment", salt ‖ text)`, 43 characters. */
export async function commitmentOf({ salt, text }: CommittedText): Promise<string> {
  return b64u(await labelledHash('commitment', fromB64u(salt), utf8(text)));
}

const readCard = shape.members({ name: shape.textOfLength(1, 200), credential: shape.textOfLength(0, 100) });

/** A staff member's name and credential ("RN"), public within the clinic. */
export type Card = shape.Read<typeof readCard>;

/** A card under a fresh salt. @throws ProtocolError `bad_members` for an empty or too long name. */
export function commitCard(card: Card): CommittedText {
  const { name, credential } = readCard({ ...card });
  return { salt: b64u(randomBytes(SALT_LENGTH)), text: textOf(writeJson({ name, credential })) };
}

/** The card that an invitation commits to. @throws ProtocolError `wrong_commitment`, or what reading refuses. */
export async function openCard(committed: CommittedText, commitment: string | null): Promise<Card> {
  if (commitment === null || (await commitmentOf(committed)) !== commitment) {
    throw new ProtocolError('wrong_commitment', 'not the text that the statement commits to');
  }
  return readCard(parseStrictJson(utf8(committed.text)));
}
