/** People and machines as the interface shows them. */

/** Square is the clinic, round is the patient and those close to them, dashed is a machine. */
export type PersonShape = 'clinic' | 'person' | 'machine';
export type Tone = 'plain' | 'pine' | 'sky' | 'plum' | 'honey';

/** For which team somebody stands in, and until when. */
export interface CoverLabel {
  readonly team: string;
  readonly until: Date;
}

export interface Person {
  /** The account, as 32 hex digits. */
  readonly id: string;
  /** The name to call them by: preferred name of a patient, "Dr Amara Okafor" for staff. */
  readonly name: string;
  /** One to three letters, or one Chinese character. */
  readonly initials: string;
  readonly shape: PersonShape;
  readonly tone: Tone;
  /** "Family doctor, MD"; staff only, in the clinic's own words. */
  readonly credential?: string;
  /** The legal name, where it differs from `name` and the viewer may know it. */
  readonly fullName?: string;
  /** Where they act as cover. */
  readonly cover?: CoverLabel;
}
