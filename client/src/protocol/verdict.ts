/** What a reader concludes from one message (docs/protocol.md §6): verified, or not and why. Nothing in between. */

import { keyWithSigningId, type AccountChain } from './accountChain.ts';
import { placeOfConsentHead, type ConsentChain } from './consentChain.ts';
import type { ContentKey } from './content.ts';
import { covers, linkOf, readerKeys, runningAt, type ControlChain, type Link, type Surroundings } from './controlChain.ts';
import { parseTime } from './encoding.ts';
import { ProtocolError } from './errors.ts';
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
}

/** A message of which that cannot be said. `header` and `hash` stand there only if its signature was verified. */
export interface Unverified {
  readonly verified: false;
  readonly reason: UnverifiedReason;
  readonly header: Header | null;
  readonly hash: string | null;
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

function unverified(reason: UnverifiedReason, header: Header | null = null, hash: string | null = null): Unverified {
  return { verified: false, reason, header, hash };
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
  const reason = misplaced(header, sender, reading);
  return reason ? unverified(reason, header, hash) : open(message, header, hash, reading);
}

/** Whether what a message corrects or takes back is its own sender's; a target not loaded yet counts as its own until it is. */
export function aimsAtOwn(header: Header, target: Header | null): boolean {
  if (header.corrects === null && header.takes_back === null) return true;
  return target === null || target.sender === header.sender;
}

function misplaced(header: Header, sender: AccountChain, reading: Reading): UnverifiedReason | null {
  const link = linkOf(reading.control, header.epoch);
  if (!link || !headsAgree(header, link, reading)) return 'wrong_epoch';
  if (!covers(readerKeys(link), header.sender, reading.teams)) return 'not_a_member';
  const used = keyWithSigningId(sender, header.key);
  const next = used && sender.keys.find(({ version }) => version > used.version);
  if (next && next.since <= header.time) return 'unknown_key';
  const ahead = parseTime(header.time).getTime() - parseTime(reading.now).getTime();
  return ahead > LARGEST_SKEW ? 'future_time' : null;
}

/** The control head named is one at which this epoch ran; the consent head named is the patient's, and no older than the link's. */
function headsAgree(header: Header, link: Link, { control, consents }: Reading): boolean {
  if (runningAt(control, header.control_head) !== link) return false;
  try {
    return placeOfConsentHead(consents, header.consent_head) >= placeOfConsentHead(consents, link.consentHead);
  } catch {
    return false;
  }
}

async function open(message: Message, header: Header, hash: string, reading: Reading): Promise<Verdict> {
  if (!message.ciphertext) return unverified('erased', header, hash);
  const key = reading.epochKeys.get(header.epoch);
  if (!key) return unverified('waiting_for_key', header, hash);
  try {
    return { verified: true, header, body: await readBody(message, header, key), hash };
  } catch (error) {
    return unverified(reasonOf(error), header, hash);
  }
}

function reasonOf(error: unknown): UnverifiedReason {
  if (!(error instanceof ProtocolError)) throw error;
  return error.code === 'cannot_decrypt' || error.code === 'newer_version' ? error.code : 'malformed';
}
