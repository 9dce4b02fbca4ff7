/** The care team's inbox: who waits for an answer, every conversation, and the one that is open. */
import type { Zones } from '../times.ts';
import type { ChromeActions, ChromeModel } from './chrome.ts';
import type { ConversationActions, ConversationModel } from './conversation.ts';
import type { Loading } from './home.ts';
import type { Patient, PatientProfile } from './patient.ts';
import type { CoverLabel } from './person.ts';
import type { Readers } from './readers.ts';

/** The closed list of the message header (docs/protocol.md §6). */
export type Category = 'medicines' | 'symptoms' | 'results' | 'appointments' | 'other';

/** An unanswered question. Its words are shown only where opening them is logged. */
export interface WaitingQuestion {
  /** The message. */
  readonly id: string;
  readonly conversation: string;
  readonly patient: Patient;
  readonly category: Category | null;
  readonly urgent: boolean;
  /** The server's time of receipt. */
  readonly askedAt: Date;
  /** Somebody has said "we have seen it". */
  readonly acknowledged: boolean;
}

/** A conversation in the list beside the queue. */
export interface InboxConversation {
  readonly id: string;
  readonly patient: Patient;
  /** Null while its name cannot be opened on this device. */
  readonly name: string | null;
  /** When the newest message was received; null in a new conversation. */
  readonly lastAt: Date | null;
  readonly unread: number;
  /** Questions in it that nobody has answered. */
  readonly openQuestions: number;
  /** Messages written here that have not gone out. */
  readonly waiting: number;
  /** Something there could not be verified. */
  readonly alarm: boolean;
}

/** What stands beside the open conversation. */
export interface PatientContext {
  readonly patient: Patient;
  /** Null while it cannot be opened. */
  readonly profile: PatientProfile | null;
  /** Oldest first, from all conversations with this patient. */
  readonly questions: readonly WaitingQuestion[];
  /** Null where the person who looks may not read any more. */
  readonly readers: Readers | null;
}

/** The conversation in the middle, with what is known about its patient. */
export interface OpenConversation {
  readonly conversation: ConversationModel;
  readonly context: PatientContext;
}

/** The form that starts a conversation; null in the model while it is closed. */
export interface ConversationStart {
  /** Patients whose consent lets a team of this person start one. */
  readonly patients: readonly Patient[];
  readonly state: 'idle' | 'working' | 'refused' | 'unreachable';
}

export type InboxList = 'questions' | 'conversations';

export interface InboxModel {
  readonly chrome: ChromeModel;
  readonly loading: Loading;
  readonly now: Date;
  readonly zones: Zones;
  readonly clinicPhone: string | null;
  /** Which of the two lists is shown. */
  readonly list: InboxList;
  /** Longest waiting first. */
  readonly questions: readonly WaitingQuestion[];
  /** Newest first. */
  readonly conversations: readonly InboxConversation[];
  readonly open: OpenConversation | null;
  /** Single-key shortcuts, which the person can turn off in the settings. */
  readonly singleKeys: boolean;
  readonly start: ConversationStart | null;
  /** The teams for which this person stands in, and until when. */
  readonly covering: readonly CoverLabel[];
}

export interface InboxActions {
  readonly chrome: ChromeActions;
  /** For the conversation that is open. */
  readonly conversation: ConversationActions;
  tryAgain(): void;
  showList(list: InboxList): void;
  /** Opens the conversation a question stands in, at the question. Opening is logged. */
  openQuestion(question: string, conversation: string): void;
  openConversation(conversation: string): void;
  /** Back to the lists: on a narrow screen the conversation goes. */
  closeConversation(): void;
  beginStart(): void;
  cancelStart(): void;
  /** Makes a conversation with this patient and opens it. An empty name leaves it unnamed. */
  startConversation(patient: string, name: string): void;
}
