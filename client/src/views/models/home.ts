/** The patient's first screen. It carries no message text: that is shown where its opening is logged. */
import type { Zones } from '../times.ts';
import type { ChromeActions, ChromeModel } from './chrome.ts';
import type { Person } from './person.ts';
import type { TeamCard } from './join.ts';
import type { QuestionState } from './thread.ts';
import type { ToldEmergency } from './told-emergency.ts';

export interface ConversationRow {
  readonly id: string;
  /** Null while its name cannot be opened on this device. */
  readonly name: string | null;
  /** Who can read it, besides the person who looks. */
  readonly people: readonly Person[];
  /** When the newest message was received; null in a new conversation. */
  readonly lastAt: Date | null;
  readonly unread: number;
  /** Messages written here that have not gone out. */
  readonly waiting: number;
  /** Something there could not be verified. */
  readonly alarm: boolean;
}

export interface OwnQuestion {
  readonly id: string;
  readonly conversation: string;
  readonly conversationName: string | null;
  readonly askedAt: Date;
  readonly state: QuestionState;
}

export type Loading =
  { readonly state: 'loading' } | { readonly state: 'ready' } | { readonly state: 'failed'; readonly reference: string | null };

export interface HomeModel {
  readonly chrome: ChromeModel;
  readonly loading: Loading;
  readonly now: Date;
  readonly zones: Zones;
  readonly clinicPhone: string | null;
  /** Open ones first, then those answered in the last days. */
  readonly questions: readonly OwnQuestion[];
  /** Newest first. */
  readonly conversations: readonly ConversationRow[];
  /** The team a new conversation goes to; null while none is agreed. */
  readonly team: TeamCard | null;
  /** Newest first; those that are over for a few days more. */
  readonly emergencies: readonly ToldEmergency[];
  /** How many the service lists that do not verify. */
  readonly doubtfulEmergencies: number;
  /** A clinic code that was never compared, to be reminded of. */
  readonly clinicCodeUnchecked: boolean;
  readonly starting: 'idle' | 'working' | 'unreachable';
}

export interface HomeActions {
  readonly chrome: ChromeActions;
  tryAgain(): void;
  /** Makes a conversation with a name of the person's own, then opens it. */
  startConversation(name: string): void;
  openConversation(id: string): void;
  /** The person says that the clinic's code is the one on the card. */
  compareClinicCode(): void;
}
