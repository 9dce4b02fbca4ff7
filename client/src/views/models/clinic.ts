/** The clinic's administration; care staff see of it what they need to invite a patient. */
import type { Zones } from '../times.ts';
import type { ChromeActions, ChromeModel } from './chrome.ts';
import type { Loading } from './home.ts';
import type { Person } from './person.ts';

/** Who can be invited; `messenger/roles.py` holds the same words. */
export type InvitedRole = 'administrator' | 'provider' | 'nurse' | 'front_desk' | 'cover' | 'compliance' | 'custodian' | 'patient';

export type InvitationState = 'open' | 'joined' | 'expired' | 'cancelled';

export interface InvitationRow {
  readonly id: string;
  readonly role: InvitedRole;
  /** Staff: the name on the card. Patients: the inviter's own note, opened by this browser; null where it is not theirs. */
  readonly label: string | null;
  readonly teams: readonly string[];
  readonly inviter: Person;
  readonly expiresAt: Date;
  readonly state: InvitationState;
}

/** What is asked for when somebody is invited. */
export interface InvitationRequest {
  readonly role: InvitedRole;
  /** Team ids; a patient is invited to exactly one. */
  readonly teams: readonly string[];
  /** Staff: public in the clinic. */
  readonly name: string;
  readonly credential: string;
  /** Patients: a note that stays readable to the inviter alone. */
  readonly note: string;
  /** Days until it ends. */
  readonly days: number;
}

/** The secret is in the link; it is shown once and kept nowhere else. */
export interface InvitationResult {
  readonly role: InvitedRole;
  /** Whom it is for, as the inviter wrote it. */
  readonly label: string;
  readonly link: string;
  readonly expiresAt: Date;
}

export type InviteFailure = 'two_administrators_needed' | 'not_allowed' | 'unreachable' | 'our_fault';

/** Inviting, step by step; null in the model while nobody is being invited. */
export type Inviting =
  | { readonly step: 'form'; readonly working: boolean; readonly failure: InviteFailure | null }
  | { readonly step: 'result'; readonly result: InvitationResult };

export interface StaffMember extends Person {
  readonly role: Exclude<InvitedRole, 'patient'>;
  readonly joinedAt: Date;
  /** A copy of the clinic's key is locked in this person's account. */
  readonly holdsClinicKey: boolean;
}

/** Joined the clinic for a team and cannot read yet, until a member lets them in. */
export interface Newcomer extends Person {
  readonly joinedAt: Date;
  /** Six groups of five digits, to compare in person before letting them in. */
  readonly safetyCode: readonly string[];
}

/** What somebody is in a team; closed, so that patients read it in their language. */
export type TeamRole =
  | 'physician'
  | 'nurse'
  | 'care_navigator'
  | 'front_desk'
  | 'pharmacist'
  | 'therapist'
  | 'social_worker'
  | 'interpreter';

/** When somebody stands in for others: from, inclusive, until, exclusive. */
export interface CoverTime {
  readonly from: Date;
  readonly until: Date;
}

/** Somebody in a team. */
export interface TeamPerson extends Person {
  /** Null where nobody has said. */
  readonly role: TeamRole | null;
  readonly covers: CoverTime | null;
  readonly manages: boolean;
}

/** Somebody to stand in a team, as what, and for how long where it is cover. */
export interface Appointment {
  readonly person: string;
  readonly role: TeamRole;
  readonly cover: CoverTime | null;
}

/** What a team is called and who manages it. */
export interface TeamTerms {
  readonly name: string;
  readonly managers: readonly string[];
}

export interface Team {
  readonly id: string;
  readonly name: string;
  readonly managers: readonly Person[];
  readonly members: readonly TeamPerson[];
  readonly waiting: readonly Newcomer[];
  /** Whether this person holds the team's key, so that they can let others in. */
  readonly canLetIn: boolean;
  /** By what this person says who stands in the team: the clinic's key, or as its manager; null where they do not. */
  readonly manage: 'clinic' | 'manager' | null;
}

/** A long step on a team or on the clinic's key. `on` names the person or team it is about. */
export interface Undertaking {
  readonly what: 'create_team' | 'change_team' | 'appoint' | 'remove' | 'let_in' | 'share_clinic_key' | 'cancel_invitation' | 'name_custodians';
  readonly on: string;
  readonly state: 'working' | 'failed';
}

/** Who holds the clinic's key. Patients can be invited once two administrators do. */
export interface ClinicKey {
  readonly heldByMe: boolean;
  readonly holders: readonly Person[];
  /** Administrators who have joined and could be given it. */
  readonly couldHold: readonly Person[];
}

/** Who keeps the shares of patients' emergency keys, in the clinic's word. */
export interface Custodians {
  /** Null before the first are named. */
  readonly named: { readonly people: readonly Person[]; readonly since: Date } | null;
  /** Everybody who has joined as a custodian. */
  readonly could: readonly Person[];
}

export interface ClinicModel {
  readonly chrome: ChromeModel;
  readonly loading: Loading;
  readonly now: Date;
  readonly zones: Zones;
  readonly clinicName: string;
  readonly clinicPhone: string | null;
  /** Administrators see everything; care staff see inviting a patient. */
  readonly view: 'administrator' | 'care_staff';
  /** Six groups of five digits. */
  readonly clinicCode: readonly string[];
  /** Null for care staff. */
  readonly key: ClinicKey | null;
  /** Null for care staff. */
  readonly custodians: Custodians | null;
  readonly people: readonly StaffMember[];
  readonly teams: readonly Team[];
  readonly invitations: readonly InvitationRow[];
  /** The roles this person may invite. */
  readonly mayInvite: readonly InvitedRole[];
  readonly inviting: Inviting | null;
  readonly undertaking: Undertaking | null;
  /** Conversations that a team's new key gives new keys to; null while that is not under way. */
  readonly renewal: { readonly done: number; readonly all: number } | null;
}

export interface ClinicActions {
  readonly chrome: ChromeActions;
  tryAgain(): void;
  beginInvitation(): void;
  /** Also forgets the link. */
  closeInvitation(): void;
  invite(request: InvitationRequest): void;
  copyLink(): void;
  cancelInvitation(id: string): void;
  createTeam(name: string, manager: string): void;
  /** Somebody is to stand in a team. They read once a member has let them in. */
  appoint(team: string, appointment: Appointment): void;
  /** Somebody reads for a team no longer, at once. */
  removeFromTeam(team: string, person: string): void;
  changeTeam(team: string, terms: TeamTerms): void;
  /** Seals the team's key to somebody who waits; from then on they can read what the team can. */
  letIn(team: string, person: string): void;
  /** Seals the clinic's key to another administrator. */
  shareClinicKey(person: string): void;
  /** Names these in the place of the custodians before. */
  nameCustodians(people: readonly string[]): void;
}
