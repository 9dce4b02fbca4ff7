/** What stands in a thread, from oldest to newest. */
import type { ReadingAsk } from './ask.ts';
import type { Person } from './person.ts';

export type MessageKind = 'question' | 'update' | 'thanks';

/** How a question stands. No due times yet: this says only what has happened. */
export type QuestionState =
  | { readonly state: 'open' }
  | { readonly state: 'acknowledged'; readonly by: Person; readonly at: Date }
  | { readonly state: 'answered'; readonly by: Person; readonly at: Date };

/** A question that another message points at. */
export interface QuestionLink {
  readonly id: string;
  /** The beginning of its words; null where they cannot be shown. */
  readonly excerpt: string | null;
}

export interface Correction {
  readonly text: string;
  readonly at: Date;
  /** In the author's own words; may be empty. */
  readonly reason: string;
}

/** Why a message of one's own has not gone out. */
export type SendFailure = 'connection' | 'refused' | 'too_large' | 'device_full' | 'server_full' | 'not_a_reader';

export type Delivery =
  | { readonly state: 'waiting' }
  | { readonly state: 'sending' }
  | { readonly state: 'failed'; readonly reason: SendFailure }
  | { readonly state: 'sent' }
  | { readonly state: 'delivered' }
  | { readonly state: 'read'; readonly by: readonly Person[] };

interface EntryBase {
  /** The message id, or one of our own for what is not a message; unique in the thread. */
  readonly id: string;
  /** The server's time of receipt; for what still waits, when it was written. */
  readonly at: Date;
}

/** A message that was verified. */
export interface MessageEntry extends EntryBase {
  readonly type: 'message';
  readonly sender: Person;
  readonly mine: boolean;
  readonly kind: MessageKind;
  readonly text: string;
  /** Later words of the same author, oldest first; the last one is shown, the others stay readable. */
  readonly corrections: readonly Correction[];
  readonly answers: readonly QuestionLink[];
  readonly acknowledges: readonly QuestionLink[];
  /** Set where `kind` is a question. */
  readonly question: QuestionState | null;
  /** Set where it asks the patient to let somebody read. */
  readonly ask: ReadingAsk | null;
  /** Set where it is one's own. */
  readonly delivery: Delivery | null;
  /** The sender's clock when it was signed, where it is more than ten minutes off `at`. */
  readonly saysWritten: Date | null;
}

/** The codes of docs/protocol.md §6. */
export type UnverifiedReason =
  | 'bad_signature'
  | 'unknown_key'
  | 'not_a_member'
  | 'wrong_conversation'
  | 'wrong_epoch'
  | 'cannot_decrypt'
  | 'malformed'
  | 'forked'
  | 'replayed'
  | 'newer_version'
  | 'waiting_for_key'
  | 'future_time'
  | 'not_the_author';

/** A message that could not be verified or opened. Its words are held back until they are asked for. */
export interface UnverifiedEntry extends EntryBase {
  readonly type: 'unverified';
  /** Whom it says it is from; null where even that cannot be read. */
  readonly claims: string | null;
  readonly reason: UnverifiedReason;
  /** The words, where they could be opened; only shown when the person insists. */
  readonly heldBack: string | null;
  readonly shown: boolean;
  readonly checking: boolean;
}

export interface TakenBackEntry extends EntryBase {
  readonly type: 'taken_back';
  readonly sender: Person;
  readonly mine: boolean;
}

/** Its ciphertext is gone from the server; header, signature and hash remain. */
export interface ErasedEntry extends EntryBase {
  readonly type: 'erased';
  readonly sender: Person;
}

/** Messages that should be here and are not. */
export interface GapEntry extends EntryBase {
  readonly type: 'gap';
  readonly missing: number;
  /** Whose; null for a gap in the conversation's own numbering. */
  readonly sender: Person | null;
  readonly state: 'fetching' | 'missing';
}

/** Two different messages under one place of one sender: somebody shows people different things. */
export interface ForkEntry extends EntryBase {
  readonly type: 'fork';
  readonly sender: Person;
}

/** Something that happened to the conversation itself. */
export interface EventEntry extends EntryBase {
  readonly type: 'event';
  readonly event:
    | { readonly what: 'started'; readonly by: Person }
    | { readonly what: 'named'; readonly by: Person; readonly name: string }
    | { readonly what: 'reader_joined'; readonly who: Person }
    | { readonly what: 'reader_left'; readonly who: Person }
    /** The patient decided something about a reader; `mine` where it is the patient who looks. */
    | {
        readonly what: 'consent_given' | 'consent_changed' | 'consent_ended' | 'reader_blocked' | 'reader_unblocked';
        readonly by: Person;
        readonly mine: boolean;
        /** A team's name or a person's. */
        readonly name: string;
      }
    /** The patient switched emergency access on or off. */
    | { readonly what: 'emergency_on' | 'emergency_off'; readonly by: Person; readonly mine: boolean }
    /** Somebody asked to read in an emergency, was let in, and it ended: for the patient's eyes. */
    | { readonly what: 'emergency_asked' | 'emergency_over'; readonly who: Person }
    | { readonly what: 'emergency_open'; readonly who: Person; readonly until: Date }
    | { readonly what: 'consent_ran_out' | 'history_opened'; readonly name: string }
    /** Somebody came to read for a team among the readers, or left it. */
    | { readonly what: 'team_joined' | 'team_left'; readonly who: Person; readonly team: string }
    | { readonly what: 'team_covers'; readonly who: Person; readonly team: string; readonly from: Date; readonly until: Date }
    /** Messages that stand here and were written before this person could read. */
    | { readonly what: 'before_my_time'; readonly count: number }
    | { readonly what: 'opening_logged' }
    | { readonly what: 'key_changed'; readonly who: Person }
    /** The message below was written before one that came earlier. */
    | { readonly what: 'reordered'; readonly who: Person }
    | { readonly what: 'newer_version' };
}

export type ThreadEntry = MessageEntry | UnverifiedEntry | TakenBackEntry | ErasedEntry | GapEntry | ForkEntry | EventEntry;
