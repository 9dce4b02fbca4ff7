/** Asking a patient to let somebody else read, and how it stands. */
import type { GranteeChoice, Terms } from './who-can-read.ts';

/** What somebody asked for, as a form can begin with it. */
export interface AskedTerms {
  /** A team's id or a person's. */
  readonly grantee: string;
  readonly terms: Terms;
}

/** By verified consents and messages; `unknown`: nobody who cares for patients at this clinic, so that it cannot be answered. */
export type AskState = 'looking' | 'unknown' | 'open' | 'let' | 'ended' | 'not_now' | 'over' | 'blocked';

export interface ReadingAsk extends AskedTerms {
  /** Out of the verified directory, never out of the message. */
  readonly name: string;
  /** A credential, or who is in the team. */
  readonly detail: string;
  readonly from: Date | null;
  /** The last instant; null for no end. */
  readonly until: Date | null;
  /** Who decides. */
  readonly patient: string;
  readonly state: AskState;
}

/** Whom staff can ask for. */
export type AskChoices = { readonly state: 'loading' | 'failed' } | { readonly state: 'ready'; readonly choices: readonly GranteeChoice[] };
