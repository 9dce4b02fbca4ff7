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

export class Verifier {
  private readonly workers: readonly VerifyingWorker[];

  constructor(count: number = Math.min(MOST_WORKERS, navigator.hardwareConcurrency)) {
    this.workers = Array.from({ length: count }, () => new VerifyingWorker());
  }

  /** Says by what the messages of a conversation are judged from now on. */
  prepare(conversation: ConversationId, reading: ReadingData): void {
    for (const worker of this.workers) worker.tell({ type: 'reading', conversation, reading });
  }

  /** The verdicts on messages, in their order. */
  async judge(conversation: ConversationId, messages: readonly ServedMessage[]): Promise<readonly Verdict[]> {
    // By its number a message comes to the same worker again, which remembers what it verified.
    const shares = this.workers.map((_, place) => messages.filter(({ sequence }) => sequence % this.workers.length === place));
    const judged = await Promise.all(this.workers.map((worker, place) => worker.judge(conversation, shares[place] ?? [])));
    const verdicts = new Map(shares.flatMap((share, place) => share.map((message, at) => [message, judged[place]?.[at]] as const)));
    return messages.flatMap((message) => verdicts.get(message) ?? []);
  }

  stop(): void {
    for (const worker of this.workers) worker.stop();
  }
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

  judge(conversation: ConversationId, messages: readonly ServedMessage[]): Promise<readonly Verdict[]> {
    if (messages.length === 0) return Promise.resolve([]);
    const id = this.next;
    this.next += 1;
    return new Promise((resolve, reject) => {
      this.waiting.set(id, { resolve, reject });
      this.tell({ type: 'judge', id, conversation, messages });
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
