/** A clinic, as far as its own key vouches for it: who it is, its log, who holds its key. */

import { ChainWalk, firstOf } from './chain.ts';
import { ProtocolError } from './errors.ts';
import type { AccountId, ClinicId } from './ids.ts';
import { signingKeyOfText, type SigningPublicKey } from './keys.ts';
import { CLINIC, CLINIC_KEY_SHARE, type ClinicKeyShareBody } from './kinds/clinic.ts';
import { peekBody, verify, type Envelope } from './statement.ts';

/** A verified clinic. */
export interface ClinicChain {
  readonly clinic: ClinicId;
  readonly name: string;
  readonly key: SigningPublicKey;
  /** C2SP signed-note verifier key. */
  readonly logKey: string;
  readonly origin: string;
  readonly founder: AccountId;
  readonly shares: readonly ClinicKeyShareBody[];
  /** The administrators who hold the clinic's key: the founder first. */
  readonly keyHolders: readonly AccountId[];
  readonly hashes: readonly string[];
}

/**
 * The clinic whose key has this id: the one a card, a link's fragment or a pin told, never one that was served.
 *
 * @throws ProtocolError `wrong_clinic_key`, `broken_chain`, `empty_chain`, and what `verify` throws.
 */
export async function verifyClinicChain(envelopes: readonly Envelope[], keyId: string): Promise<ClinicChain> {
  const first = firstOf(envelopes);
  const key = await signingKeyOfText(peekBody(first, CLINIC).signing_key);
  if (key.id !== keyId) throw new ProtocolError('wrong_clinic_key', 'not the clinic whose fingerprint was given');
  const { body, header, hash } = await verify(first, CLINIC, { clinic: key });
  const walk = new ChainWalk(CLINIC.chain(body) ?? '');
  walk.take(header, hash);
  const shares: ClinicKeyShareBody[] = [];
  for (const envelope of envelopes.slice(1)) {
    if (await walk.takeIfNewer(envelope)) continue;
    const share = await verify(envelope, CLINIC_KEY_SHARE, { clinic: key });
    walk.take(share.header, share.hash);
    shares.push(share.body);
  }
  const { clinic, name, log_key: logKey, origin, founder } = body;
  const keyHolders = [...new Set([founder, ...shares.map(({ account }) => account)])];
  return { clinic, name, key, logKey, origin, founder, shares, keyHolders, hashes: walk.hashes };
}
