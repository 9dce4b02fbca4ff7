/** What a reader concludes from one message (docs/protocol.md §6): verified, or not and why. Nothing in between. */

import { keyWithSigningId, type AccountChain } from './accountChain.ts';
import { placeIn } from './chain.ts';
import { placeOfConsentHead, withdrawals, type ConsentChain } from './consentChain.ts';
import type { ContentKey } from './content.ts';
import { covers, linkOf, runningAt, type ControlChain, type Surroundings } from './controlChain.ts';
import { parseTime } from './encoding.ts';
import { ProtocolError } from './errors.ts';
import { readerKeys, type Link } from './link.ts';
import { hashIfSignedBy, parseHeader, readBody, type Body, type Header, type Message } from './message.ts';

const LARGEST_SKEW = 10 * 60 * 1000;

export type UnverifiedReason =
  | 'malformed'
  | 'newer_version'
  | 'wrong_conversation'
  | 'unknown_key'
  | 'bad_signature'
  | 'wrong_epoch'
  | 'not_a_member'
  | 'future_time'
  | 'erased'
  | 'waiting_for_key'
  | 'cannot_decrypt'
  | 'forked'
  | 'replayed'
  | 'not_the_author';

/** A message that its sender wrote, here, as a reader of this conversation. */
export interface Verified {
  readonly verified: true;
  readonly header: Header;
  readonly body: Body;
  readonly hash: string;
  /** How much had been withdrawn from this conversation at the consent head that the sender had seen. */
  readonly withdrawals: number;
}

/**
 * A message of which that cannot be said. `header` and `hash` stand there only if its signature was verified, and `withdrawals` only if the consent
 * head that it names stands in the patient's chain.
 */
export interface Unverified {
  readonly verified: false;
  readonly reason: UnverifiedReason;
  readonly header: Header | null;
  readonly hash: string | null;
  readonly withdrawals: number | null;
}

export type Verdict = Verified | Unverified;

/** What a reader has verified about a conversation before it looks at messages. */
export interface Reading extends Surroundings {
  readonly control: ControlChain;
  readonly consents: ConsentChain;
  /** The later of the reader's clock and the newest verified log time. */
  readonly now: string;
  readonly epochKeys: ReadonlyMap<number, ContentKey>;
}

export function unverified(
  reason: UnverifiedReason,
  header: Header | null = null,
  hash: string | null = null,
  withdrawn: number | null = null,
): Unverified {
  return { verified: false, reason, header, hash, withdrawals: withdrawn };
}

/** The verdict on one message, whatever its neighbours: continuity is `deviceChain.ts`'s to judge. */
export async function judge(message: Message, reading: Reading): Promise<Verdict> {
  let header: Header;
  try {
    header = parseHeader(message.header);
  } catch (error) {
    return unverified(reasonOf(error));
  }
  if (header.conversation !== reading.control.conversation) return unverified('wrong_conversation');
  const sender = reading.accounts(header.sender);
  const key = sender && keyWithSigningId(sender, header.key);
  if (!key) return unverified('unknown_key');
  const hash = await hashIfSignedBy(message, key.signing);
  if (hash === null) return unverified('bad_signature');
  const withdrawn = withdrawnAt(header, reading);
  if (withdrawn === null) return unverified('wrong_epoch', header, hash);
  const found = misplaced(header, sender, reading) ?? (await open(message, header, reading));
  if (typeof found === 'string') return unverified(found, header, hash, withdrawn);
  return { verified: true, header, body: found, hash, withdrawals: withdrawn };
}

/** Whether what a message corrects or takes back is its own sender's; a target not loaded yet counts as its own until it is. */
export function aimsAtOwn(header: Header, target: Header | null): boolean {
  if (header.corrects === null && header.takes_back === null) return true;
  return target === null || target.sender === header.sender;
}

function misplaced(header: Header, sender: AccountChain, reading: Reading): UnverifiedReason | null {
  const link = linkOf(reading.control, header.epoch);
  if (!link || !headsAgree(header, link, reading)) return 'wrong_epoch';
  if (!covers(readerKeys(link), header.sender, reading.teams, header.time)) return 'not_a_member';
  const used = keyWithSigningId(sender, header.key);
  const next = used && sender.keys.find(({ version }) => version > used.version);
  if (next && next.since <= header.time) return 'unknown_key';
  if (header.time <= reading.now) return null;
  const ahead = parseTime(header.time).getTime() - parseTime(reading.now).getTime();
  return ahead > LARGEST_SKEW ? 'future_time' : null;
}

/** How much had been withdrawn at the message's consent head; null where the patient's chain does not hold it. */
function withdrawnAt({ consent_head: head, conversation }: Header, { consents }: Reading): number | null {
  return placeIn(consents.hashes, head) === null ? null : withdrawals(consents, head, conversation);
}

/** The control head named is one at which this epoch ran; the consent head named is no older than the link's. */
function headsAgree(header: Header, link: Link, { control, consents }: Reading): boolean {
  if (runningAt(control, header.control_head) !== link) return false;
  return placeOfConsentHead(consents, header.consent_head) >= placeOfConsentHead(consents, link.consentHead);
}

async function open(message: Message, header: Header, reading: Reading): Promise<Body | UnverifiedReason> {
  if (!message.ciphertext) return 'erased';
  const key = reading.epochKeys.get(header.epoch);
  if (!key) return 'waiting_for_key';
  try {
    const body = await readBody(message, header, key);
    // A patient decides about readers and asks nobody for them.
    return body.type === 'ask' && header.sender === reading.control.patient ? 'malformed' : body;
  } catch (error) {
    return reasonOf(error);
  }
}

function reasonOf(error: unknown): UnverifiedReason {
  if (!(error instanceof ProtocolError)) throw error;
  return error.code === 'cannot_decrypt' || error.code === 'newer_version' ? error.code : 'malformed';
}
