/** Joining by a verified invitation, from comparing the clinic's code to the first page. */

import { ApiError, Unreachable } from '../api/http.ts';
import type { Database } from '../keystore/database.ts';
import { formatTime } from '../protocol/encoding.ts';
import type { AccountId } from '../protocol/ids.ts';
import { peekHeader } from '../protocol/statement.ts';
import { readersAt } from '../protocol/teamChain.ts';
import type { DeviceSession } from '../sync/device-session.ts';
import { Enrolment, type VerifiedInvitation } from '../sync/enrolment.ts';
import { enter } from '../sync/sign-in.ts';
import type { Joining, JoinStep, JoinStop, Profile, TeamCard } from '../views/models/join.ts';
import type { Person } from '../views/models/person.ts';
import { cardPerson } from './card-person.ts';
import { ClinicCodeCheck } from './clinic-code-check.ts';
import { stopOf } from './invitation-stop.ts';
import { NewCredentials } from './new-credentials.ts';

/** What the page does with what happens here. */
export interface JoiningPage {
  readonly changed: () => void;
  readonly stop: (stop: JoinStop) => void;
}

type JoiningPart = Omit<Joining, 'clinicName' | 'emergency' | 'appearance' | 'clinicPhone'>;

const BEFORE: Readonly<Partial<Record<JoinStep, JoinStep>>> = { password: 'inviter', recovery: 'password', readers: 'recovery' };

export class JoiningSteps {
  readonly credentials: NewCredentials;
  private step: JoinStep = 'inviter';
  private working = false;
  private failure: Joining['failure'] = null;
  private codeCompared = false;
  private enrolment: Enrolment | null = null;
  private session: DeviceSession | null = null;
  /** An answer was lost: the account may be there although nobody said so. */
  private answerLost = false;

  constructor(
    private readonly database: Database,
    private readonly invitation: VerifiedInvitation,
    private readonly page: JoiningPage,
  ) {
    this.credentials = new NewCredentials([invitation.clinic.name], page.changed);
  }

  get clinicName(): string {
    return this.invitation.clinic.name;
  }

  get model(): JoiningPart {
    const { step, working, failure, invitation, credentials } = this;
    return {
      ...{ stage: 'joining', step, working, failure, now: new Date() },
      role: this.isPatient ? 'patient' : 'staff',
      inviter: { ...this.inviter(), invitedAt: new Date(peekHeader(invitation.statement).time) },
      clinicCode: invitation.code,
      ...credentials.shown,
      team: this.isPatient ? this.team() : null,
      offersEmergencyAccess: this.isPatient && this.invitation.clinic.custodianSets.length > 0,
    };
  }

  confirmClinic(answer: 'same' | 'later' | 'different'): void {
    if (answer === 'different') this.page.stop('different_code');
    else {
      this.codeCompared = answer === 'same';
      this.goTo('password');
    }
  }

  choosePassword(name: string, password: string): Promise<void> {
    return this.work(async () => {
      await this.credentials.choose(name, password);
      this.step = 'recovery';
    });
  }

  async keepRecoveryCode(): Promise<void> {
    if (this.isPatient) this.goTo('readers');
    else await this.join();
  }

  join(): Promise<void> {
    return this.work(async () => {
      this.enrolment ??= await Enrolment.begin(this.invitation);
      const { choice } = this.credentials;
      const signedIn = await this.enrolment.join(choice);
      this.session = await enter(this.database, signedIn, 'password', choice.password.secrets);
      // The secret of the link is used up, and has no business in the address or the browser's history any more.
      history.replaceState(null, '', '/join');
      if (!this.codeCompared) await new ClinicCodeCheck(this.session, () => undefined).putOff();
      this.step = 'done';
    });
  }

  back(): void {
    this.goTo(BEFORE[this.step] ?? this.step);
  }

  /** The encrypted profile, for those who can read, and emergency access where it was switched on; then the first page. */
  saveProfile({ legalName, preferredName, pronouns, languageNote }: Profile, emergencyAccess: boolean): Promise<void> {
    return this.work(async () => {
      if (!this.session) return;
      const { switchEmergencyAccessOn, writeFirstProfile } = await import('./first-profile.ts');
      const profile = { legal_name: legalName, preferred_name: preferredName, pronouns, language_note: languageNote };
      await writeFirstProfile(this.session, profile);
      if (emergencyAccess) await switchEmergencyAccessOn(this.session);
      location.replace('/home');
    });
  }

  private get isPatient(): boolean {
    return this.invitation.invitation.role === 'patient';
  }

  private goTo(step: JoinStep): void {
    this.failure = null;
    this.step = step;
    this.page.changed();
  }

  private async work(task: () => Promise<void>): Promise<void> {
    this.working = true;
    this.failure = null;
    this.page.changed();
    try {
      await task();
    } catch (error) {
      await this.refused(error);
    }
    this.working = false;
    this.page.changed();
  }

  private async refused(error: unknown): Promise<void> {
    if (error instanceof Unreachable) {
      this.answerLost = true;
      this.failure = 'unreachable';
      return;
    }
    if (error instanceof ApiError && error.code === 'name_taken') {
      this.credentials.refuseName();
      this.step = 'password';
      return;
    }
    // It was this person who used it, a moment ago: the name and password they chose are theirs.
    if (error instanceof ApiError && error.code === 'invitation_used' && this.answerLost) location.replace('/sign-in');
    const stop = error instanceof ApiError ? await stopOf(error) : null;
    if (stop !== null) this.page.stop(stop);
    else this.failure = 'our_fault';
  }

  private inviter(): Person {
    return this.staff(this.invitation.invitation.inviter);
  }

  private team(): TeamCard | null {
    const [team] = this.invitation.teams.values();
    return team ? { name: team.name, members: readersAt(team, formatTime(new Date())).map((account) => this.staff(account)) } : null;
  }

  private staff(account: AccountId): Person {
    return cardPerson(account, this.invitation.cards.get(account), this.clinicName);
  }
}
