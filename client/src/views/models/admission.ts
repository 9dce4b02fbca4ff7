/** A new member of staff who has joined and holds no team's key yet. */
import type { ChromeActions, ChromeModel } from './chrome.ts';
import type { Person } from './person.ts';

export interface AdmissionModel {
  readonly chrome: ChromeModel;
  readonly teams: readonly {
    readonly name: string;
    /** Who can let them in. */
    readonly members: readonly Person[];
  }[];
  /** The newcomer's own safety code; a colleague compares it before letting them in. */
  readonly safetyCode: readonly string[];
}

export interface AdmissionActions {
  readonly chrome: ChromeActions;
}
