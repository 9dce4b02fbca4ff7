/** A patient's consents, in the patient's own word (docs/protocol.md §5). */

import type { AccountChain } from './accountChain.ts';
import { ChainWalk } from './chain.ts';
import { ProtocolError } from './errors.ts';
import type { AccountId } from './ids.ts';
import { CONSENT, type ConsentBody } from './kinds/consent.ts';
import { Signers } from './signers.ts';
import type { Envelope } from './statement.ts';

/** A consent and where it stands in the chain. */
export interface PlacedConsent {
  readonly place: number;
  readonly body: ConsentBody;
}

/** A patient's verified consents. */
export interface ConsentChain {
  readonly patient: AccountId;
  readonly consents: readonly PlacedConsent[];
  readonly hashes: readonly string[];
}

/** The last statement's hash; null where the patient has consented to nothing. */
export function consentHead(chain: ConsentChain): string | null {
  return chain.hashes.at(-1) ?? null;
}

/** All of a patient's consents, in order. */
export function consentsOf(chain: ConsentChain): readonly ConsentBody[] {
  return chain.consents.map(({ body }) => body);
}

/** Where the statement with this hash stands. @throws ProtocolError `unknown_consent_head` */
export function placeOfConsentHead(chain: ConsentChain, head: string): number {
  const place = chain.hashes.indexOf(head);
  if (place < 0) throw new ProtocolError('unknown_consent_head', "names a consent that the patient's chain does not hold");
  return place;
}

/** The consents up to and including the statement with this hash. @throws ProtocolError `unknown_consent_head` */
export function consentsUntil(chain: ConsentChain, head: string): readonly ConsentBody[] {
  const last = placeOfConsentHead(chain, head);
  return chain.consents.filter(({ place }) => place <= last).map(({ body }) => body);
}

/**
 * The consents of `patient`; an empty chain is one who has consented to nothing.
 *
 * @throws ProtocolError `not_a_patient`, `broken_chain`, `wrong_patient`, `wrong_clinic`, `consent_repeated`, `unknown_signer`, `retired_key`,
 * and what `verify` throws.
 */
export async function verifyConsentChain(envelopes: readonly Envelope[], patient: AccountChain): Promise<ConsentChain> {
  if (patient.role !== 'patient') throw new ProtocolError('not_a_patient', 'only a patient consents');
  const walk = new ChainWalk(`consent:${patient.account}`);
  const signers = new Signers((account) => (account === patient.account ? patient : null));
  const consents: PlacedConsent[] = [];
  for (const envelope of envelopes) {
    if (await walk.takeIfNewer(envelope)) continue;
    const { statement } = await signers.verify(envelope, CONSENT);
    walk.take(statement.header, statement.hash);
    check(statement.body, patient, consents);
    consents.push({ place: walk.hashes.length - 1, body: statement.body });
  }
  return { patient: patient.account, consents, hashes: walk.hashes };
}

function check(body: ConsentBody, patient: AccountChain, consents: readonly PlacedConsent[]): void {
  if (body.patient !== patient.account) throw new ProtocolError('wrong_patient', "another patient's consent");
  if (body.clinic !== patient.clinic) throw new ProtocolError('wrong_clinic', 'a consent for another clinic');
  if (consents.some(({ body: before }) => before.consent === body.consent)) {
    throw new ProtocolError('consent_repeated', 'this consent stands in the chain twice');
  }
}
