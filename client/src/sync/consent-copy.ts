/** A copy of one's decisions to keep or to hand on (docs/interchange.md). */

import { getConsentCopy } from '../api/consent-copy.ts';
import type { AccountId } from '../protocol/ids.ts';
import { statementHash } from '../protocol/statement.ts';
import type { Directory } from './directory.ts';

/** The copy lacks a decision that this client has verified, or holds another in its place: it would be kept as proof of something else. */
export class CopyDiffers extends Error {
  override readonly name = 'CopyDiffers';
}

/**
 * The file as the server hands it out, once it is seen to hold every decision: that none is left out at its end is what nobody else can check.
 * Everything before that is checked by whoever is handed the file. @throws CopyDiffers, ApiError, Unreachable, ProtocolError
 */
export async function copyOfDecisions(directory: Pick<Directory, 'consents'>, patient: AccountId): Promise<string> {
  const { hashes } = await directory.consents(patient);
  const { file, consents } = await getConsentCopy(patient);
  const held = await Promise.all(consents.map(statementHash));
  if (hashes.some((hash, place) => held[place] !== hash)) throw new CopyDiffers('the copy holds other decisions');
  return file;
}
