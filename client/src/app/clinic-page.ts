/** /clinic: invitations, people, teams, and the clinic's key in two pairs of hands. */

import { getClinic, getInvitations, type ClinicAnswer, type InvitationRow as ServedInvitation } from '../api/directory.ts';
import { ApiError, Unreachable } from '../api/http.ts';
import { verifyClinicChain, type ClinicChain } from '../protocol/clinicChain.ts';
import { formatTime } from '../protocol/encoding.ts';
import type { AccountId, InvitationId, TeamId } from '../protocol/ids.ts';
import { clinicCode, safetyCode, type SafetyCode } from '../protocol/safetyCode.ts';
import type { TeamChain } from '../protocol/teamChain.ts';
import { nextMembers } from '../protocol/teamDue.ts';
import { NotTheKeyHolder } from '../sync/clinic-key.ts';
import { nameCustodians } from '../sync/custodians.ts';
import { Alarm } from '../sync/alarm.ts';
import type {
  ClinicActions,
  ClinicKey,
  ClinicModel,
  InvitationRequest,
  InvitationRow,
  InvitedRole,
  InviteFailure,
  Inviting,
  Newcomer,
  StaffMember,
  Team,
  Undertaking,
} from '../views/models/clinic.ts';
import type { Loading } from '../views/models/home.ts';
import { ClinicPage } from '../views/pages/clinic-page.ts';
import { t } from '../views/words.ts';
import type { App, PageController } from './app.ts';
import { clinicCustodians } from './clinic-custodians.ts';
import { accountOf } from './people.ts';
import { teamPerson } from './team-person.ts';

const BY_ADMINISTRATORS: readonly InvitedRole[] = ['administrator', 'provider', 'nurse', 'front_desk', 'cover', 'compliance', 'custodian', 'patient'];
const STATES = { open: 'open', used: 'joined', expired: 'expired', cancelled: 'cancelled' } as const;

class ClinicController implements PageController {
  readonly element = new ClinicPage();
  private loading: Loading = { state: 'loading' };
  private clinic: ClinicAnswer | null = null;
  private chain: ClinicChain | null = null;
  private invitations: readonly ServedInvitation[] = [];
  private readonly notes = new Map<InvitationId, string | null>();
  private readonly codes = new Map<AccountId, SafetyCode>();
  private code: SafetyCode = [];
  private inviting: Inviting | null = null;
  private undertaking: Undertaking | null = null;

  constructor(private readonly app: App) {
    this.element.actions = this.actions;
    void this.load();
  }

  draw(): void {
    const { app } = this;
    this.element.model = {
      chrome: app.chrome('clinic'),
      ...{ loading: this.loading, now: new Date(), zones: app.zones, clinicPhone: app.clinicPhone },
      ...{ inviting: this.inviting, undertaking: this.undertaking, clinicCode: this.code },
      clinicName: app.engine.session.clinic.name,
      view: this.isAdministrator ? 'administrator' : 'care_staff',
      key: this.isAdministrator ? this.key() : null,
      custodians: this.isAdministrator ? clinicCustodians(this.chain, this.clinic, this.app.people) : null,
      people: this.people(),
      teams: [...app.engine.teams.chains.values()].map((team) => this.team(team)),
      invitations: this.invitations.map((row) => this.invitation(row)),
      renewal: app.engine.renewal.progress,
      mayInvite: this.isAdministrator ? BY_ADMINISTRATORS : ['patient'],
    } satisfies ClinicModel;
  }

  stop(): void {
    this.inviting = null;
  }

  private get isAdministrator(): boolean {
    return this.app.engine.session.role === 'administrator';
  }

  private readonly actions: ClinicActions = {
    chrome: this.app.chromeActions,
    tryAgain: () => void this.load(),
    beginInvitation: () => { this.invitingIs({ step: 'form', working: false, failure: null }); },
    closeInvitation: () => { this.invitingIs(null); },
    invite: (request) => void this.invite(request),
    copyLink: () => void this.copyLink(),
    cancelInvitation: (id) => void this.undertake({ what: 'cancel_invitation', on: id }, () => this.app.engine.administration.cancel(id as InvitationId)),
    createTeam: (name, manager) =>
      void this.undertake({ what: 'create_team', on: name }, () => this.app.engine.administration.createTeam(name, accountOf(manager))),
    appoint: (team, { person, role, cover }) =>
      void this.undertake({ what: 'appoint', on: team }, () =>
        this.app.engine.teamPeople.appoint(
          team as TeamId,
          accountOf(person),
          role,
          cover && { from: formatTime(cover.from), until: formatTime(cover.until) },
        ),
      ),
    removeFromTeam: (team, person) => void this.undertake({ what: 'remove', on: team }, () => this.remove(team as TeamId, accountOf(person))),
    changeTeam: (team, { name, managers }) =>
      void this.undertake({ what: 'change_team', on: team }, () =>
        this.app.engine.teamPeople.change(team as TeamId, name, managers.map(accountOf)),
      ),
    letIn: (team, person) =>
      void this.undertake({ what: 'let_in', on: person }, () => this.letIn(team as TeamId, accountOf(person))),
    shareClinicKey: (person) =>
      void this.undertake({ what: 'share_clinic_key', on: person }, () => this.app.engine.administration.shareClinicKey(accountOf(person))),
    nameCustodians: (people) =>
      void this.undertake({ what: 'name_custodians', on: '' }, () =>
        nameCustodians(this.app.engine.session, this.app.engine.directory, people.map(accountOf)),
      ),
  };

  private async load(): Promise<void> {
    const { engine } = this.app;
    try {
      await engine.ready;
      const [clinic, invitations] = await Promise.all([getClinic(), getInvitations()]);
      this.chain = await verifyClinicChain(clinic.statements, engine.session.clinic.key.id);
      this.code = await clinicCode(this.chain.clinic, this.chain.key.bytes);
      await engine.directory.loadAll(clinic.people.map(({ account }) => account));
      await this.openNotes(invitations);
      await this.codesOfWaiting();
      this.clinic = clinic;
      this.invitations = invitations;
      this.loading = { state: 'ready' };
    } catch (error) {
      if (error instanceof Alarm) throw error;
      this.loading = { state: 'failed', reference: error instanceof ApiError ? error.code : null };
    }
    this.draw();
  }

  private async openNotes(invitations: readonly ServedInvitation[]): Promise<void> {
    for (const { invitation, label } of invitations) {
      if (label && !this.notes.has(invitation)) this.notes.set(invitation, await this.app.engine.administration.openNote(invitation, label));
    }
  }

  private async codesOfWaiting(): Promise<void> {
    const { teams, directory } = this.app.engine;
    for (const account of [...teams.chains.keys()].flatMap((team) => teams.waitingFor(team))) {
      const { signing, sealing } = (await directory.account(account)).current;
      this.codes.set(account, await safetyCode(account, signing.bytes, sealing.id));
    }
  }

  private async invite(request: InvitationRequest): Promise<void> {
    this.invitingIs({ step: 'form', working: true, failure: null });
    const { role, name, credential, note, days } = request;
    const isPatient = role === 'patient';
    try {
      const card = isPatient ? null : { name: name.trim(), credential: credential.trim() };
      const label = isPatient ? note.trim() : name.trim();
      const wish = { role, card, days, note: label, teams: request.teams as readonly TeamId[] };
      const { link, expires } = await this.app.engine.administration.invite(wish);
      this.invitingIs({ step: 'result', result: { role, label, link, expiresAt: new Date(expires) } });
      await this.load();
    } catch (error) {
      this.invitingIs({ step: 'form', working: false, failure: inviteFailure(error) });
    }
  }

  private async copyLink(): Promise<void> {
    if (this.inviting?.step !== 'result') return;
    await navigator.clipboard.writeText(this.inviting.result.link);
    this.app.toast(t('sheet.copied'));
  }

  private async undertake(undertaking: Omit<Undertaking, 'state'>, work: () => Promise<void>): Promise<void> {
    this.undertaking = { ...undertaking, state: 'working' };
    this.draw();
    try {
      await work();
      this.undertaking = null;
      await this.load();
    } catch (error) {
      if (error instanceof Alarm) throw error;
      this.undertaking = { ...undertaking, state: 'failed' };
      this.draw();
    }
  }

  /** With the new epochs of the team's conversations in the same sitting, where this person reads them. */
  private async remove(team: TeamId, account: AccountId): Promise<void> {
    const { teamPeople, teams, renewal } = this.app.engine;
    await teamPeople.remove(team, account);
    if (teams.isMember(team)) void renewal.run([team]);
  }

  /** Where a patient keeps somebody of the team from reading, who comes has to be sealed to by themselves. */
  private async letIn(team: TeamId, account: AccountId): Promise<void> {
    const { administration, renewal } = this.app.engine;
    await administration.letIn(team, account);
    void renewal.letInApart();
  }

  private invitingIs(inviting: Inviting | null): void {
    this.inviting = inviting;
    this.draw();
  }

  private key(): ClinicKey {
    const holders = this.chain?.keyHolders ?? [];
    const { people } = this.app;
    const could = (this.clinic?.people ?? []).filter(({ role, account }) => role === 'administrator' && !holders.includes(account));
    return {
      heldByMe: holders.includes(this.app.engine.session.account),
      holders: holders.map((account) => people.person(account)),
      couldHold: could.map(({ account }) => people.person(account)),
    };
  }

  private people(): readonly StaffMember[] {
    const holders = this.chain?.keyHolders ?? [];
    return (this.clinic?.people ?? []).flatMap(({ account, role, joined }) => {
      if (role === 'patient') return [];
      return [{ ...this.app.people.person(account), role: role as StaffMember['role'], joinedAt: new Date(joined), holdsClinicKey: holders.includes(account) }];
    });
  }

  private team(chain: TeamChain): Team {
    const { engine, people } = this.app;
    const members = nextMembers(chain, formatTime(new Date()));
    const byKey = this.isAdministrator && (this.chain?.keyHolders.includes(engine.session.account) ?? false);
    return {
      id: chain.team,
      name: chain.name,
      managers: chain.managers.map((account) => people.person(account)),
      members: members.map((account) => teamPerson(chain, account, people)),
      waiting: engine.teams.waitingFor(chain.team).filter((account) => !members.includes(account)).map((account) => this.newcomer(account)),
      canLetIn: engine.teams.isMember(chain.team),
      manage: byKey ? 'clinic' : engine.teamPeople.manages(chain.team) ? 'manager' : null,
    };
  }

  private newcomer(account: AccountId): Newcomer {
    const joined = this.clinic?.people.find((person) => person.account === account)?.joined;
    return { ...this.app.people.person(account), joinedAt: joined ? new Date(joined) : new Date(), safetyCode: this.codes.get(account) ?? [] };
  }

  private invitation(row: ServedInvitation): InvitationRow {
    const { invitation, role, teams, inviter, expires, state, account } = row;
    const names = teams.map((team) => this.app.engine.teams.chains.get(team)?.name ?? '');
    const card = account && state === 'used' ? this.app.engine.directory.cardOf(account)?.name : undefined;
    return {
      id: invitation,
      role: role as InvitedRole,
      label: card ?? this.notes.get(invitation) ?? null,
      teams: names,
      inviter: this.app.people.person(inviter),
      expiresAt: new Date(expires),
      state: STATES[state],
    };
  }
}

function inviteFailure(error: unknown): InviteFailure {
  if (error instanceof Unreachable) return 'unreachable';
  if (error instanceof NotTheKeyHolder) return 'not_allowed';
  if (error instanceof ApiError && error.code === 'two_administrators_needed') return 'two_administrators_needed';
  return error instanceof ApiError && error.status === 403 ? 'not_allowed' : 'our_fault';
}

export function clinicPage(app: App): PageController {
  return new ClinicController(app);
}
