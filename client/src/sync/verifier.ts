/** The page's side of the verifying workers. */

import type { ServedMessage } from '../api/conversations.ts';
import type { ConversationId } from '../protocol/ids.ts';
import type { Verdict } from '../protocol/verdict.ts';
import { startWorker } from '../keystore/workers.ts';
import type { ReadingData, VerifyAnswer, VerifyRequest } from './verifying.ts';

/** Two halve the time where there are two cores; more would take them from the page and from everything else. */
const MOST_WORKERS = 2;

interface Waiting {
  readonly resolve: (verdicts: readonly Verdict[]) => void;
  readonly reject: (error: Error) => void;
}

interface Judged {
  readonly message: ServedMessage;
  readonly verdict: Verdict;
}

export class Verifier {
  private readonly workers: readonly VerifyingWorker[];
  /** What was verified, by its number: going back and forth in a thread costs nothing. */
  private readonly verified = new Map<ConversationId, Map<number, Judged>>();

  constructor(count: number = Math.min(MOST_WORKERS, navigator.hardwareConcurrency)) {
    this.workers = Array.from({ length: count }, () => new VerifyingWorker());
  }

  /** Says by what the messages of a conversation are judged from now on. */
  prepare(conversation: ConversationId, reading: ReadingData): void {
    for (const worker of this.workers) worker.tell({ type: 'reading', conversation, reading });
  }

  /** The verdicts on messages, in their order. */
  async judge(conversation: ConversationId, messages: readonly ServedMessage[]): Promise<readonly Verdict[]> {
    const verdicts = new Map<ServedMessage, Verdict>();
    const verified = this.verifiedIn(conversation);
    for (const message of messages) {
      const known = verified.get(message.sequence);
      if (known && isSame(known.message, message)) verdicts.set(message, known.verdict);
    }
    for (const judged of await this.judgeAnew(conversation, messages.filter((message) => !verdicts.has(message)))) {
      const { message, verdict } = judged;
      verdicts.set(message, verdict);
      // Chains only grow: what was verified stays so. What was not may be, once a key or a chain has come.
      if (verdict.verified) verified.set(message.sequence, judged);
    }
    return messages.flatMap((message) => verdicts.get(message) ?? []);
  }

  /** Ends the workers, and forgets. */
  stop(): void {
    for (const worker of this.workers) worker.stop();
    this.verified.clear();
  }

  private verifiedIn(conversation: ConversationId): Map<number, Judged> {
    const verified = this.verified.get(conversation) ?? new Map<number, Judged>();
    this.verified.set(conversation, verified);
    return verified;
  }

  /** Every worker has every other message, or every third: long ones and short ones come in stretches. */
  private async judgeAnew(conversation: ConversationId, messages: readonly ServedMessage[]): Promise<readonly Judged[]> {
    const shares = this.workers.map((_, place) => messages.filter((_, at) => at % this.workers.length === place));
    return (await Promise.all(this.workers.map((worker, place) => worker.judge(conversation, shares[place] ?? [])))).flat();
  }
}

function isSame(one: ServedMessage, other: ServedMessage): boolean {
  return one.signature === other.signature && one.ciphertext === other.ciphertext && one.header === other.header;
}

class VerifyingWorker {
  private readonly worker: Worker = startWorker('verify-worker');
  private readonly waiting = new Map<number, Waiting>();
  private next = 1;

  constructor() {
    this.worker.onmessage = ({ data }: MessageEvent<VerifyAnswer>) => {
      this.settle(data);
    };
    this.worker.onerror = () => {
      for (const { reject } of this.waiting.values()) reject(new Error('the verifying worker failed'));
      this.waiting.clear();
    };
  }

  tell(request: VerifyRequest): void {
    this.worker.postMessage(request);
  }

  async judge(conversation: ConversationId, messages: readonly ServedMessage[]): Promise<readonly Judged[]> {
    if (messages.length === 0) return [];
    const id = this.next;
    this.next += 1;
    const verdicts = await new Promise<readonly Verdict[]>((resolve, reject) => {
      this.waiting.set(id, { resolve, reject });
      this.tell({ type: 'judge', id, conversation, messages });
    });
    return messages.flatMap((message, at) => {
      const verdict = verdicts[at];
      return verdict ? [{ message, verdict }] : [];
    });
  }

  stop(): void {
    this.worker.terminate();
  }

  private settle({ id, verdicts }: VerifyAnswer): void {
    const waiting = this.waiting.get(id);
    this.waiting.delete(id);
    if (verdicts) waiting?.resolve(verdicts);
    else waiting?.reject(new Error('the verifying worker failed'));
  }
}
