/** One conversation, for both faces. */
import type { Zones } from '../times.ts';
import type { AskChoices, AskedTerms } from './ask.ts';
import type { ChromeActions, ChromeModel, Emergency, Face } from './chrome.ts';
import type { ComposerModel, Draft } from './composer.ts';
import type { Loading } from './home.ts';
import type { Person } from './person.ts';
import type { Readers } from './readers.ts';
import type { ThreadEntry } from './thread.ts';

/** Who writes just now. Patients are told of the team, colleagues of the person. */
export type Typing = { readonly who: 'team' } | { readonly who: 'people'; readonly names: readonly string[] } | null;

/** What stands above the thread until it is settled. */
export type ConversationAlarm =
  /** A person's keys are new; nothing is sent until the person says that they have checked. */
  | { readonly what: 'key_changed'; readonly who: Person }
  /** This device's clock and the service's differ; sending stops. */
  | { readonly what: 'clock'; readonly minutes: number }
  /** The record that lies outside everybody's reach does not fit what this device has seen. */
  | { readonly what: 'log_forked' }
  | { readonly what: 'log_unreachable' }
  /** The list of readers the service gave does not follow from the consents. */
  | { readonly what: 'readers_invalid' }
  /** The service showed an older state than this device has seen. */
  | { readonly what: 'rolled_back' };

export interface ConversationModel {
  readonly face: Face;
  readonly emergency: Emergency;
  readonly loading: Loading;
  /** No consent lets this person read it, not any more perhaps: nothing of it is shown. */
  readonly closed: boolean;
  readonly now: Date;
  readonly zones: Zones;
  readonly clinicPhone: string | null;
  readonly id: string;
  /** Null where the name cannot be opened. */
  readonly name: string | null;
  readonly renaming: 'idle' | 'working' | 'failed';
  /** The patient the conversation is about; staff see the name, patients do not see this. */
  readonly patient: Person;
  readonly readers: Readers;
  readonly alarms: readonly ConversationAlarm[];
  /** Oldest first, without holes: what is not here yet is older than the first. */
  readonly entries: readonly ThreadEntry[];
  readonly older: 'none' | 'more' | 'loading' | 'failed';
  /** The first entry not read before this visit; null when all was read. */
  readonly firstUnread: string | null;
  readonly typing: Typing;
  /** Whom staff can ask the patient to let read; loaded when they begin to ask. */
  readonly askChoices: AskChoices;
  readonly composer: ComposerModel;
}

export interface ConversationActions {
  tryAgain(): void;
  loadOlder(): void;
  /** Everything up to this entry has been on the screen while the page had focus. */
  markRead(entry: string): void;
  send(draft: Draft): void;
  /** Kept, encrypted, on this device as it is written. */
  keepDraft(draft: Draft): void;
  /** True at the first keystroke, false when the person stops, sends or leaves. */
  tellTyping(typing: boolean): void;
  sendAgain(entry: string): void;
  /** Drops a message that has not gone out. */
  discard(entry: string): void;
  takeBack(entry: string): void;
  correct(entry: string, text: string, reason: string): void;
  checkAgain(entry: string): void;
  /** The person insists on reading what could not be verified. */
  showAnyway(entry: string): void;
  rename(name: string): void;
  /** The person compared the safety code with this reader, and it was the same. */
  markCompared(person: string): void;
  /** The codes differ. */
  reportDifferent(person: string): void;
  /** "I have checked": sending may go on. */
  acknowledgeKeyChange(person: string): void;
  /** Opens a link to another message: brings it on the screen, loading what lies between. */
  goTo(entry: string): void;
  loadAskChoices(): void;
  /** Sends a message that asks the patient to let somebody read, and why. */
  ask(asked: AskedTerms, text: string): void;
  /** The patient reads what was asked in a form and decides there. */
  decide(asked: AskedTerms): void;
  /** The patient says to an ask, in a message, that it is not to be now. */
  sayNotNow(entry: string): void;
}

/** The page of a patient's conversation; staff see the same view as a pane of the inbox. */
export interface ConversationPageModel {
  readonly chrome: ChromeModel;
  readonly conversation: ConversationModel;
}

export interface ConversationPageActions {
  readonly chrome: ChromeActions;
  readonly conversation: ConversationActions;
}
