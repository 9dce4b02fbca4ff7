/** Where people write. */
import type { MessageKind, QuestionLink } from './thread.ts';

/** What a member of the care team's message does with an open question. */
export type ReplyMode = 'answers' | 'acknowledges' | 'plain';

/** What has been written so far; also what is sent. */
export interface Draft {
  readonly text: string;
  /** Patients choose it; a member of the care team always sends an update. */
  readonly kind: MessageKind;
  /** Staff only; patients send `plain`. */
  readonly mode: ReplyMode;
  /** The question that `mode` is about; null with `plain`. */
  readonly question: string | null;
}

/** Why nothing can be sent; said beside the disabled button. Writing goes on in every case. */
export type SendBlock =
  | 'key_changed'
  | 'clock'
  | 'log_forked'
  | 'readers_invalid'
  | 'rolled_back'
  | 'device_full'
  | 'not_a_reader'
  | 'waiting_for_key';

export interface ComposerModel {
  readonly draft: Draft;
  /** Open questions of this conversation, oldest first; empty for patients. */
  readonly openQuestions: readonly QuestionLink[];
  readonly connection: 'online' | 'offline';
  readonly blocked: SendBlock | null;
  /** The most bytes of UTF-8 one message may have. */
  readonly maxBytes: number;
}
