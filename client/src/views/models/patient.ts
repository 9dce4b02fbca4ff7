/** A patient as a member of staff may know them. */
import type { Person } from './person.ts';

/** The name is locked; whoever may not open it, or has not opened it yet, sees the number. */
export interface Patient {
  readonly account: string;
  /** A few letters and digits of the account that staff can read out to each other. */
  readonly number: string;
  /** Who it is, once this browser has opened the profile; null before. */
  readonly person: Person | null;
  /** Why there is no name: it is being opened, or nobody here may open it. Null where `person` is known. */
  readonly closed: 'opening' | 'not_for_me' | null;
}

/** What the patient wrote about themselves, opened by this browser. Empty where they wrote nothing. */
export interface PatientProfile {
  readonly legalName: string;
  readonly preferredName: string;
  readonly pronouns: string;
  readonly languageNote: string;
}
