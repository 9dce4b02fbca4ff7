/** Who can read a patient's messages: what is agreed, and what becomes of it. */
import type { Zones } from '../times.ts';
import type { AskedTerms } from './ask.ts';
import type { ChromeActions, ChromeModel } from './chrome.ts';
import type { Loading } from './home.ts';
import type { Person } from './person.ts';

export const PURPOSES = ['treatment', 'coordination', 'billing', 'complaint'] as const;
export type Purpose = (typeof PURPOSES)[number];

/** What was written before somebody could read: closed, open, or open back to a day. */
export const HISTORIES = ['none', 'all', 'from'] as const;
export type History = (typeof HISTORIES)[number];

/** The codes of docs/protocol.md §5. */
export type ChangeCode =
  | 'start_narrowed'
  | 'start_extended'
  | 'end_narrowed'
  | 'end_extended'
  | 'scope_narrowed'
  | 'scope_extended'
  | 'history_narrowed'
  | 'history_extended'
  | 'may_open_narrowed'
  | 'may_open_extended'
  | 'purpose_changed';

/** Days as a date field holds them, "2025-03-10", in the reader's own zone; empty where there is none. */
export interface Terms {
  /** `all`, or the id of one conversation. */
  readonly scope: string;
  readonly purpose: Purpose;
  readonly history: History;
  readonly from: string;
  /** The last day; empty for no end. */
  readonly until: string;
  readonly mayOpen: boolean;
}

/** A team or a person who can read, or will. */
export interface Grant {
  readonly id: string;
  readonly name: string;
  /** The person; null for a team. */
  readonly person: Person | null;
  /** Who reads for the team; nobody for a person. */
  readonly members: readonly Person[];
  /** The person is kept from reading, so that the agreement lets nobody in. */
  readonly blocked: boolean;
  readonly state: 'active' | 'ending' | 'future';
  readonly terms: Terms;
  /** The one conversation's name; null for all of them, or where its name cannot be opened. */
  readonly conversation: string | null;
  readonly begins: Date;
  readonly from: Date | null;
  /** The last instant; null for no end. */
  readonly until: Date | null;
  /** Other agreements by which the same person would still read. */
  readonly alsoThrough: readonly string[];
}

/** Something that was decided, or ended by itself. */
export interface ConsentEvent {
  readonly id: string;
  readonly at: Date;
  readonly name: string;
  readonly did: 'given' | 'changed' | 'taken_off' | 'ended' | 'team_joined' | 'team_covers' | 'team_left' | 'blocked' | 'unblocked' | 'emergency_on' | 'emergency_off';
  /** Of whose people somebody is, where that is what changed. */
  readonly team?: string;
  readonly cover?: { readonly from: Date; readonly until: Date };
  /** What differed, where it was changed. */
  readonly codes: readonly ChangeCode[];
}

export interface GranteeChoice {
  readonly id: string;
  readonly name: string;
  /** A credential, or who is in the team. */
  readonly detail: string;
  readonly what: 'team' | 'person';
}

export interface NamedConversation {
  readonly id: string;
  readonly name: string | null;
}

/** Carrying out what was decided; `refused`: nothing happened; `earlier_waits`: it counts, and what was written before is opened later. */
export type Deed =
  | { readonly state: 'idle' }
  | { readonly state: 'working'; readonly done: number; readonly all: number }
  | { readonly state: 'failed'; readonly reason: 'unreachable' | 'refused' | 'newer_version' | 'earlier_waits' };

/** Saving a copy of all decisions; `differs`: what was handed out is not what this person decided. */
export type Copying =
  | { readonly state: 'idle' | 'working' }
  | { readonly state: 'failed'; readonly reason: 'unreachable' | 'refused' | 'differs' };

export interface WhoCanReadModel {
  readonly chrome: ChromeModel;
  readonly loading: Loading;
  readonly now: Date;
  readonly zones: Zones;
  readonly clinicPhone: string | null;
  readonly grants: readonly Grant[];
  /** Whom the patient keeps from reading, by whatever agreement. */
  readonly blocked: readonly Person[];
  /** Two custodians of the clinic together can open what the patient writes now. */
  readonly emergencyAccess: boolean;
  /** Newest first. */
  readonly events: readonly ConsentEvent[];
  readonly choices: readonly GranteeChoice[];
  /** What somebody of the care team asked for and the patient came here to decide; null where they came by themselves. */
  readonly asked: AskedTerms | null;
  readonly conversations: readonly NamedConversation[];
  readonly deed: Deed;
  readonly copying: Copying;
}

export interface WhoCanReadActions {
  readonly chrome: ChromeActions;
  tryAgain(): void;
  /** The person begins or leaves an undertaking: what failed before is not said again. */
  forgetFailure(): void;
  give(grantee: string, terms: Terms): void;
  change(grant: string, terms: Terms): void;
  takeOff(grant: string): void;
  /** By the person's id. */
  block(person: string): void;
  unblock(person: string): void;
  saveCopy(): void;
  /** What would differ under other terms; nothing where none does. */
  effects(grant: string, terms: Terms): readonly ChangeCode[];
}
