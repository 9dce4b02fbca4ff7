/** /join: an invitation's link opened, verified and followed, step by step. */

import { getService } from '../api/doors.ts';
import { openDatabase } from '../keystore/database.ts';
import type { AccountId } from '../protocol/ids.ts';
import { parseLink } from '../protocol/invitation.ts';
import type { DeviceSession } from '../sync/device-session.ts';
import { Engine } from '../sync/engine.ts';
import { Enrolment, lookAtInvitation, type VerifiedInvitation } from '../sync/enrolment.ts';
import { enter } from '../sync/sign-in.ts';
import { runningGeneration } from '../protocol/teamChain.ts';
import type { Inviter, JoinActions, JoinModel, JoinStep, JoinStop, Profile, TeamCard } from '../views/models/join.ts';
import type { Person } from '../views/models/person.ts';
import { JoinPage } from '../views/pages/join-page.ts';
import { ClinicCodeCheck } from './clinic-code-check.ts';
import { doorActions, doorModel } from './door.ts';
import { onward } from './journey.ts';
import { isAboutName, joinFailure, joinStop, Newcomer } from './newcomer.ts';
import { idOf, initialsOf } from './people.ts';
import { openShell, show, type Shell } from './shell.ts';

const BACK: Readonly<Partial<Record<JoinStep, JoinStep>>> = { password: 'inviter', recovery: 'password', readers: 'recovery' };

export async function startJoin(): Promise<void> {
  const joining = new JoiningPage(await openShell());
  joining.begin(location.href);
}

class JoiningPage {
  private readonly page = new JoinPage();
  private readonly newcomer = new Newcomer(() => { this.draw(); });
  private stage: 'link' | 'checking' | 'stopped' | 'joining' = 'link';
  private step: JoinStep = 'inviter';
  private stop: JoinStop = 'unknown';
  private badLink = false;
  private working = false;
  private failure: 'unreachable' | 'our_fault' | null = null;
  private clinicPhone: string | null = null;
  private invitation: VerifiedInvitation | null = null;
  private enrolment: Enrolment | null = null;
  private session: DeviceSession | null = null;
  private compared = false;

  constructor(private readonly shell: Shell) {
    this.page.actions = this.actions;
    void getService().then(({ clinic_phone: phone }) => {
      this.clinicPhone = phone;
      this.draw();
    }, () => undefined);
  }

  begin(address: string): void {
    if (new URL(address).hash === '') this.draw();
    else void this.open(address);
    show(this.shell, this.page);
  }

  private readonly actions: JoinActions = {
    ...doorActions(() => { this.draw(); }),
    openLink: (link) => void this.open(link),
    confirmClinic: (answer) => {
      this.compared = answer === 'same';
      if (answer === 'different') this.halt('different_code');
      else this.go('password');
    },
    judgePassword: (name, password) => void this.newcomer.judge(name, password),
    choosePassword: (name, password) => void this.attempt(async () => {
      if (await this.newcomer.choose(name, password)) this.go(this.newcomer.state.recoveryCheck === 'right' ? 'readers' : 'recovery');
    }),
    checkRecoveryCode: (typed) => void this.newcomer.checkCode(typed),
    keepRecoveryCode: () => {
      if (this.isPatient) this.go('readers');
      else void this.join();
    },
    agree: () => void this.join(),
    back: () => { this.go(BACK[this.step] ?? this.step); },
    saveProfile: (profile) => void this.saveProfile(profile),
    finish: onward,
  };

  private get isPatient(): boolean {
    return this.invitation?.invitation.role === 'patient';
  }

  private async open(address: string): Promise<void> {
    this.stage = 'checking';
    this.draw();
    try {
      const link = parseLink(address);
      const invited = await lookAtInvitation(link);
      if (invited.founding) {
        const { startFounding } = await import('./founding-page.ts');
        startFounding(this.shell, invited.link, invited.terms);
        return;
      }
      this.invitation = invited.invitation;
      this.enrolment = await Enrolment.begin(invited.invitation);
      this.stage = 'joining';
      this.draw();
    } catch (error) {
      const stop = joinStop(error);
      this.badLink = stop === 'damaged_link';
      if (this.badLink) this.stage = 'link';
      else this.halt(stop ?? 'unreachable');
      this.draw();
    }
  }

  private async join(): Promise<void> {
    await this.attempt(async () => {
      if (!this.enrolment) return;
      const { choice } = this.newcomer;
      const signedIn = await this.enrolment.join(choice);
      this.session = await enter(await openDatabase(), signedIn, 'password', choice.password.secrets);
      if (!this.compared) await new ClinicCodeCheck(this.session, () => undefined).putOff();
      // The secret has done its work: it stays neither in the address nor in the history.
      history.replaceState(null, '', '/join');
      this.go('done');
    });
  }

  private async saveProfile({ legalName, preferredName, pronouns, languageNote }: Profile): Promise<void> {
    await this.attempt(async () => {
      if (!this.session) return;
      const engine = await Engine.start(this.session);
      await engine.ready;
      const profile = { legal_name: legalName, preferred_name: preferredName, pronouns, language_note: languageNote };
      await engine.patients.saveOwn(profile);
      await engine.stop();
      onward();
    });
  }

  private async attempt(work: () => Promise<void>): Promise<void> {
    this.working = true;
    this.failure = null;
    this.draw();
    try {
      await work();
    } catch (error) {
      const stop = joinStop(error);
      if (isAboutName(error)) {
        this.newcomer.taken();
        this.step = 'password';
      } else if (stop && stop !== 'unreachable') this.halt(stop);
      else this.failure = joinFailure(error);
    } finally {
      this.working = false;
      this.draw();
    }
  }

  private go(step: JoinStep): void {
    this.step = step;
    this.draw();
  }

  private halt(stop: JoinStop): void {
    this.stage = 'stopped';
    this.stop = stop;
    this.draw();
  }

  private draw(): void {
    this.page.model = this.model();
  }

  private model(): JoinModel {
    const { invitation, clinicPhone } = this;
    const base = { ...doorModel(this.shell, invitation?.clinic.name ?? null), clinicPhone };
    if (this.stage === 'link') return { ...base, stage: 'link', badLink: this.badLink };
    if (this.stage === 'stopped') return { ...base, stage: 'stopped', stop: this.stop };
    if (this.stage === 'checking' || !invitation) return { ...base, stage: 'checking' };
    const { step, working, failure } = this;
    return {
      ...base,
      ...this.newcomer.state,
      ...{ stage: 'joining', step, working, failure, now: new Date() },
      role: this.isPatient ? 'patient' : 'staff',
      inviter: inviterOf(invitation),
      clinicCode: invitation.code,
      team: this.isPatient ? teamOf(invitation) : null,
    };
  }
}

function personOf({ cards }: VerifiedInvitation, account: AccountId, fallback: string): Person {
  const card = cards.get(account);
  const name = card?.name ?? fallback;
  const person = { id: idOf(account), name, initials: initialsOf(name), shape: 'clinic', tone: 'pine' } as const;
  return card && card.credential !== '' ? { ...person, credential: card.credential } : person;
}

/** Who invites: a person with a key of their own, else the clinic itself. */
function inviterOf(invitation: VerifiedInvitation): Inviter {
  const { inviter } = invitation.invitation;
  return { ...personOf(invitation, inviter, invitation.clinic.name), invitedAt: new Date(invitation.invitedAt) };
}

function teamOf(invitation: VerifiedInvitation): TeamCard | null {
  const [id] = invitation.invitation.teams;
  const team = id && invitation.teams.get(id);
  const members = team ? [...(runningGeneration(team)?.members.keys() ?? [])] : [];
  return team ? { name: team.name, members: members.map((account) => personOf(invitation, account, team.name)) } : null;
}
