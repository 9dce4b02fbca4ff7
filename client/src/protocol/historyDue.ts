/** Which earlier epochs are still to be opened to readers whose consents reach back to them (docs/protocol.md §5). */

import { blockedAt, termsAt, termsOf, type ConsentChain } from './consentChain.ts';
import type { ControlChain } from './controlChain.ts';
import { opensEpochs } from './history.ts';
import { isId, type ConsentId, type GranteeId } from './ids.ts';
import type { ConsentBody } from './kinds/consent.ts';
import { readerKeys } from './link.ts';
import { isActive, readersBy } from './members.ts';
import { peopleOf, type TeamChain, type Teams } from './teamChain.ts';

/** Epochs to be sealed to a reader's sealing key under a consent, in one statement. */
export interface DueHistory {
  readonly consent: ConsentId;
  readonly reader: GranteeId;
  readonly key: string;
  readonly epochs: readonly number[];
}

/**
 * What a reader of the conversation may open to others now, in the order of the consents, then of the readers. A consent counts under its terms of now *and* of the running
 * link, by which every client judges the statement: what was extended since waits for a rotation. What reached a reader once is not due again: it keeps
 * its older keys, a team's generation holds the key of the one before, and who reads in a team's place holds the team's.
 *
 * @throws ProtocolError `newer_version`
 */
export function historyDue(control: ControlChain, consents: ConsentChain, teams: Teams, now: string): readonly DueHistory[] {
  const agreed = new Map(termsAt(consents, control.running.consentHead).map((one) => [one.consent, one]));
  const running = readerKeys(control.running);
  const due: DueHistory[] = [];
  for (const consent of termsOf(consents)) {
    const team = isId(consent.grantee, 'tea') ? teams.get(consent.grantee) : undefined;
    for (const reader of [...readersBy(consent, blockedAt(consents), team ? peopleOf(team) : new Map(), now)].sort()) {
      const atLink = opened(control, agreed.get(consent.consent), reader, now);
      const held = team && reader !== team.team ? heldBy(control, team, reader) : [];
      const before = new Set([...reached(control, reader), ...held, ...due.flatMap((one) => (one.reader === reader ? one.epochs : []))]);
      const epochs = opened(control, consent, reader, now).filter((number) => atLink.includes(number) && !before.has(number));
      const key = running.get(reader);
      if (key !== undefined && epochs.length > 0) due.push({ consent: consent.consent, reader, key, epochs });
    }
  }
  return due;
}

function opened({ links, conversation }: ControlChain, consent: ConsentBody | undefined, reader: GranteeId, now: string): readonly number[] {
  return consent && isActive(consent, conversation, now) ? opensEpochs(links, consent, reader, conversation) : [];
}

/** The epochs that a reader in a team's place opens with the team's key: it was given that, or a later one. */
function heldBy({ links }: ControlChain, { team, generations }: TeamChain, reader: GranteeId): readonly number[] {
  const given = generations.findLastIndex(({ members }) => isId(reader, 'acc') && members.has(reader));
  const keys = new Set(generations.slice(0, given + 1).map(({ sealingKey }) => sealingKey.id));
  return links.filter((link) => keys.has(readerKeys(link).get(team) ?? '')).map(({ epoch }) => epoch.number);
}

/** The epochs whose key was sealed to a reader, under whatever key of its. */
function reached({ links, history }: ControlChain, reader: GranteeId): readonly number[] {
  const listed = links.filter((link) => readerKeys(link).has(reader)).map(({ epoch }) => epoch.number);
  return [...listed, ...history.filter((grant) => grant.reader === reader).flatMap(({ boxes }) => [...boxes.keys()])];
}
