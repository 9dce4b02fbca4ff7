/** Verifies and decrypts off the page's own thread: a loop of `await crypto.subtle…` never lets a page draw. It remembers by what it judges, and no message. */

import type { ServedMessage } from '../api/conversations.ts';
import type { ConversationId } from '../protocol/ids.ts';
import { ProtocolError } from '../protocol/errors.ts';
import { parseServedMessage } from '../protocol/message.ts';
import { judge, unverified, type Reading, type Verdict } from '../protocol/verdict.ts';
import type { ReadingData, VerifyAnswer, VerifyRequest } from './verifying.ts';

declare const self: DedicatedWorkerGlobalScope;

/** As many at once as keep WebCrypto's own threads busy without holding everything in memory. */
const AT_ONCE = 64;

const readings = new Map<ConversationId, Reading>();

self.onmessage = ({ data }: MessageEvent<VerifyRequest>): void => {
  if (data.type === 'reading') prepare(data.conversation, data.reading);
  else void answer(data);
};

function prepare(conversation: ConversationId, { accounts, ...data }: ReadingData): void {
  const chains = new Map(accounts.map((chain) => [chain.account, chain]));
  readings.set(conversation, { ...data, accounts: (account) => chains.get(account) ?? null });
}

async function answer({ id, conversation, messages }: Extract<VerifyRequest, { type: 'judge' }>): Promise<void> {
  const reading = readings.get(conversation);
  let verdicts: readonly Verdict[] | null = null;
  try {
    verdicts = reading ? await judgeAll(messages, reading) : null;
  } finally {
    const said: VerifyAnswer = { id, verdicts };
    self.postMessage(said);
  }
}

async function judgeAll(messages: readonly ServedMessage[], reading: Reading): Promise<readonly Verdict[]> {
  const verdicts: Verdict[] = [];
  for (let at = 0; at < messages.length; at += AT_ONCE) {
    const some = messages.slice(at, at + AT_ONCE).map((message) => judged(message, reading));
    verdicts.push(...(await Promise.all(some)));
  }
  return verdicts;
}

async function judged({ header, ciphertext, ciphertext_hash, signature }: ServedMessage, reading: Reading): Promise<Verdict> {
  try {
    return await judge(await parseServedMessage({ header, ciphertext, ciphertext_hash, signature }), reading);
  } catch (error) {
    if (error instanceof ProtocolError) return unverified('malformed');
    throw error;
  }
}
