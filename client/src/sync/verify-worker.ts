/**
 * Verifies and decrypts off the page's own thread: a loop of `await crypto.subtle…` never lets a page draw. Remembers what it verified, so that going back
 * and forth in a thread costs nothing.
 */

import type { ServedMessage } from '../api/conversations.ts';
import type { ConversationId } from '../protocol/ids.ts';
import { ProtocolError } from '../protocol/errors.ts';
import { parseServedMessage } from '../protocol/message.ts';
import { judge, unverified, type Reading, type Verdict } from '../protocol/verdict.ts';
import type { ReadingData, VerifyAnswer, VerifyRequest } from './verifying.ts';

declare const self: DedicatedWorkerGlobalScope;

/** As many at once as keep WebCrypto's own threads busy without holding everything in memory. */
const AT_ONCE = 64;

interface Judged {
  readonly message: ServedMessage;
  readonly verdict: Verdict;
}

interface Thread {
  reading: Reading;
  readonly verified: Map<number, Judged>;
}

const threads = new Map<ConversationId, Thread>();

self.onmessage = ({ data }: MessageEvent<VerifyRequest>): void => {
  if (data.type === 'reading') prepare(data.conversation, data.reading);
  else void answer(data);
};

function prepare(conversation: ConversationId, { accounts, ...data }: ReadingData): void {
  const chains = new Map(accounts.map((chain) => [chain.account, chain]));
  const reading = { ...data, accounts: (account: (typeof accounts)[number]['account']) => chains.get(account) ?? null };
  const thread = threads.get(conversation);
  if (thread) thread.reading = reading;
  else threads.set(conversation, { reading, verified: new Map() });
}

async function answer({ id, conversation, messages }: Extract<VerifyRequest, { type: 'judge' }>): Promise<void> {
  const thread = threads.get(conversation);
  let verdicts: readonly Verdict[] | null = null;
  try {
    verdicts = thread ? await judgeAll(messages, thread) : null;
  } finally {
    const said: VerifyAnswer = { id, verdicts };
    self.postMessage(said);
  }
}

async function judgeAll(messages: readonly ServedMessage[], thread: Thread): Promise<readonly Verdict[]> {
  const verdicts: Verdict[] = [];
  for (let at = 0; at < messages.length; at += AT_ONCE) {
    const some = messages.slice(at, at + AT_ONCE).map((message) => verdictOn(message, thread));
    verdicts.push(...(await Promise.all(some)));
  }
  return verdicts;
}

async function verdictOn(message: ServedMessage, { reading, verified }: Thread): Promise<Verdict> {
  const known = verified.get(message.sequence);
  if (known && isSame(known.message, message)) return known.verdict;
  const verdict = await judged(message, reading);
  // Chains only grow: what was verified stays so. What was not may be, once a key or a chain has come.
  if (verdict.verified) verified.set(message.sequence, { message, verdict });
  return verdict;
}

function isSame(one: ServedMessage, other: ServedMessage): boolean {
  return one.signature === other.signature && one.ciphertext === other.ciphertext && one.header === other.header;
}

async function judged({ header, ciphertext, ciphertext_hash, signature }: ServedMessage, reading: Reading): Promise<Verdict> {
  try {
    return await judge(await parseServedMessage({ header, ciphertext, ciphertext_hash, signature }), reading);
  } catch (error) {
    if (error instanceof ProtocolError) return unverified('malformed');
    throw error;
  }
}
