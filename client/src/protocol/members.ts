/** Who is a reader: one pure function, the same everywhere, with vectors of its own (docs/protocol.md §5). */

import type { AccountId, EmergencyKeyId, GranteeId, ReaderId } from './ids.ts';
import type { ConsentBody } from './kinds/consent.ts';

/** One conversation, or `all`: then only consents to everything count. */
export type Scope = ConsentBody['scope'];

/** Whether a consent covers a conversation at an instant (a protocol time: such texts sort as the instants do). */
export function isActive(consent: ConsentBody, conversation: Scope, at: string): boolean {
  const running = consent.not_before <= at && (consent.until === null || at < consent.until);
  return running && (consent.scope === 'all' || consent.scope === conversation);
}

/**
 * The readers of a conversation at an instant, sorted by id: the patient, whom active consents name, and the conversation's emergency key where the
 * patient has opted in and one stands.
 */
export function members(patient: AccountId, consents: Iterable<ConsentBody>, conversation: Scope, at: string): readonly GranteeId[];
export function members(
  patient: AccountId,
  consents: Iterable<ConsentBody>,
  conversation: Scope,
  at: string,
  emergency: EmergencyKeyId | null,
): readonly ReaderId[];
export function members(
  patient: AccountId,
  consents: Iterable<ConsentBody>,
  conversation: Scope,
  at: string,
  emergency: EmergencyKeyId | null = null,
): readonly ReaderId[] {
  const grantees = [...consents].filter((consent) => isActive(consent, conversation, at)).map(({ grantee }) => grantee);
  return [...new Set<ReaderId>([patient, ...grantees, ...(emergency === null ? [] : [emergency])])].sort();
}
