/** The page's side of the verifying worker. */

import type { ServedMessage } from '../api/conversations.ts';
import type { ConversationId } from '../protocol/ids.ts';
import type { Verdict } from '../protocol/verdict.ts';
import { startWorker } from '../keystore/workers.ts';
import type { ReadingData, VerifyAnswer, VerifyRequest } from './verifying.ts';

interface Waiting {
  readonly resolve: (verdicts: readonly Verdict[]) => void;
  readonly reject: (error: Error) => void;
}

export class Verifier {
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

  /** Says by what the messages of a conversation are judged from now on. */
  prepare(conversation: ConversationId, reading: ReadingData): void {
    this.tell({ type: 'reading', conversation, reading });
  }

  /** The verdicts on messages, in their order. */
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

  private tell(request: VerifyRequest): void {
    this.worker.postMessage(request);
  }

  private settle({ id, verdicts }: VerifyAnswer): void {
    const waiting = this.waiting.get(id);
    this.waiting.delete(id);
    if (verdicts) waiting?.resolve(verdicts);
    else waiting?.reject(new Error('the verifying worker failed'));
  }
}
