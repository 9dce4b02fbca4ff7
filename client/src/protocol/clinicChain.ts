/** A clinic, as far as its own key vouches for it: who it is, its log, who holds its key. */

import { ChainWalk, firstOf } from './chain.ts';
import { ProtocolError } from './errors.ts';
import type { AccountId, ClinicId } from './ids.ts';
import { signingKeyOfText, type SigningPublicKey } from './keys.ts';
import { CLINIC, CLINIC_KEY_SHARE, type ClinicKeyShareBody } from './kinds/clinic.ts';
import { CUSTODIANS } from './kinds/custodians.ts';
import { payloadType, peekBody, verify, type Envelope } from './statement.ts';

/** Custodians as the clinic named them at a place of its chain, each with the id of the key that shares are sealed to. */
export interface CustodianSet {
  readonly hash: string;
  readonly place: number;
  /** When the clinic named them. */
  readonly time: string;
  readonly keys: ReadonlyMap<AccountId, string>;
}

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
  /** Every set of custodians, the running one last. */
  readonly custodianSets: readonly CustodianSet[];
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
  const custodianSets: CustodianSet[] = [];
  for (const envelope of envelopes.slice(1)) {
    if (await walk.takeIfNewer(envelope)) continue;
    if (envelope.type === payloadType(CUSTODIANS.kind)) {
      const named = await verify(envelope, CUSTODIANS, { clinic: key });
      walk.take(named.header, named.hash);
      const keys = new Map(named.body.custodians.map((one) => [one.account, one.key]));
      custodianSets.push({ hash: named.hash, place: walk.hashes.length - 1, time: named.header.time, keys });
      continue;
    }
    const share = await verify(envelope, CLINIC_KEY_SHARE, { clinic: key });
    walk.take(share.header, share.hash);
    shares.push(share.body);
  }
  const { clinic, name, log_key: logKey, origin, founder } = body;
  const keyHolders = [...new Set([founder, ...shares.map(({ account }) => account)])];
  return { clinic, name, key, logKey, origin, founder, shares, keyHolders, custodianSets, hashes: walk.hashes };
}
