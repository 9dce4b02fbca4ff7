/** Which earlier epochs are still to be opened to readers whose consents reach back to them (docs/protocol.md §5). */

import { termsAt, termsOf, type ConsentChain } from './consentChain.ts';
import type { ControlChain } from './controlChain.ts';
import { opensEpochs } from './history.ts';
import type { ConsentId, GranteeId } from './ids.ts';
import type { ConsentBody } from './kinds/consent.ts';
import { readerKeys } from './link.ts';
import { isActive } from './members.ts';

/** Epochs to be sealed to a reader's sealing key under a consent, in one statement. */
export interface DueHistory {
  readonly consent: ConsentId;
  readonly reader: GranteeId;
  readonly key: string;
  readonly epochs: readonly number[];
}

/**
 * What a reader of the conversation may open to others now, in the order of the consents. A consent counts under its terms of now *and* of the running
 * link, by which every client judges the statement: what was extended since waits for a rotation. What reached a reader once is not due again: it keeps
 * its older keys, and a team's generation holds the key of the one before.
 *
 * @throws ProtocolError `newer_version`
 */
export function historyDue(control: ControlChain, consents: ConsentChain, now: string): readonly DueHistory[] {
  const agreed = new Map(termsAt(consents, control.running.consentHead).map((one) => [one.consent, one]));
  const due: DueHistory[] = [];
  for (const consent of termsOf(consents)) {
    const atLink = opened(control, agreed.get(consent.consent), now);
    const before = new Set([...reached(control, consent.grantee), ...due.flatMap((one) => (one.reader === consent.grantee ? one.epochs : []))]);
    const epochs = opened(control, consent, now).filter((number) => atLink.includes(number) && !before.has(number));
    const key = readerKeys(control.running).get(consent.grantee);
    if (key !== undefined && epochs.length > 0) due.push({ consent: consent.consent, reader: consent.grantee, key, epochs });
  }
  return due;
}

function opened({ links, conversation }: ControlChain, consent: ConsentBody | undefined, now: string): readonly number[] {
  return consent && isActive(consent, conversation, now) ? opensEpochs(links, consent, conversation) : [];
}

/** The epochs whose key was sealed to a reader, under whatever key of its. */
function reached({ links, history }: ControlChain, reader: GranteeId): readonly number[] {
  const listed = links.filter((link) => readerKeys(link).has(reader)).map(({ epoch }) => epoch.number);
  return [...listed, ...history.filter((grant) => grant.reader === reader).flatMap(({ boxes }) => [...boxes.keys()])];
}
