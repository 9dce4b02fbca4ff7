/** What page and verifying worker say to each other; all of it can be cloned, keys included, none of which can be exported. */

import type { ServedMessage } from '../api/conversations.ts';
import type { AccountChain } from '../protocol/accountChain.ts';
import type { ConsentChain } from '../protocol/consentChain.ts';
import type { ContentKey } from '../protocol/content.ts';
import type { ControlChain } from '../protocol/controlChain.ts';
import type { ConversationId } from '../protocol/ids.ts';
import type { Teams } from '../protocol/teamChain.ts';
import type { Verdict } from '../protocol/verdict.ts';

/** What messages of a conversation are judged by, as it travels. */
export interface ReadingData {
  readonly control: ControlChain;
  readonly consents: ConsentChain;
  readonly teams: Teams;
  readonly accounts: readonly AccountChain[];
  readonly epochKeys: ReadonlyMap<number, ContentKey>;
  readonly now: string;
}

export type VerifyRequest =
  | { readonly type: 'reading'; readonly conversation: ConversationId; readonly reading: ReadingData }
  | { readonly type: 'judge'; readonly id: number; readonly conversation: ConversationId; readonly messages: readonly ServedMessage[] };

/** The verdicts, in the order of the messages; null where the worker failed. */
export interface VerifyAnswer {
  readonly id: number;
  readonly verdicts: readonly Verdict[] | null;
}
