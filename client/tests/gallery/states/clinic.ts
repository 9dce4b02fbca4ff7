/** The clinic's administration. */
import type {
  ClinicActions,
  ClinicModel,
  Custodians,
  InvitationRow,
  InvitedRole,
  Newcomer,
  StaffMember,
  Team,
} from '../../../src/views/models/clinic.ts';
import type { Person } from '../../../src/views/models/person.ts';
import {
  amadi,
  at,
  chromeActions,
  clinicName,
  digits,
  fischer,
  idle,
  lind,
  LONDON,
  NOW,
  okafor,
  PHONE,
  reyes,
  say,
  staffChrome,
  team as teamCard,
  voss,
  watanabe,
} from '../factories.ts';
import { press, type State, type States } from '../state.ts';
import '../../../src/views/pages/clinic-page.ts';

const bauer = (): Person => ({
  id: 'acc_bauer',
  name: say('Karin Bauer', '包凯琳'),
  initials: say('KB', '包'),
  shape: 'clinic',
  tone: 'honey',
  credential: say('Practice manager', '诊所经理'),
});
const duarte = (): Newcomer => ({
  id: 'acc_duarte',
  name: 'Ines Duarte',
  initials: 'ID',
  shape: 'clinic',
  tone: 'plain',
  credential: say('Nurse, RN', '护士'),
  joinedAt: at('03-11T09:40'),
  safetyCode: digits(6),
});
const member = (person: Person, role: StaffMember['role'], holdsClinicKey = false): StaffMember => ({
  ...person,
  role,
  holdsClinicKey,
  joinedAt: at('03-03T09:00'),
});

/** The team most patients write to. */
export const heart = 'tea_heart';

function team(part: Partial<Team> = {}): Team {
  return {
    id: heart,
    name: teamCard().name,
    managers: [okafor()],
    members: [
      { ...okafor(), role: 'physician', covers: null, manages: true },
      { ...reyes(), role: 'nurse', covers: null, manages: false },
      { ...fischer(), role: null, covers: null, manages: false },
      { ...watanabe(), role: 'physician', covers: { from: at('03-11T08:00'), until: at('03-13T18:00') }, manages: false },
    ],
    waiting: [],
    canLetIn: true,
    manage: 'clinic',
    ...part,
  };
}

const teams = (): Team[] => [
  team({ waiting: [duarte()] }),
  team({ id: 'tea_children', name: say('Children', '儿科'), managers: [watanabe()], members: [], waiting: [duarte()], canLetIn: false, manage: null }),
];

function invitation(part: Partial<InvitationRow> = {}): InvitationRow {
  return {
    id: 'inv_1',
    role: 'patient',
    label: say('Mrs Hale, came on Monday', '周一来过的陈女士'),
    teams: [teamCard().name],
    inviter: okafor(),
    expiresAt: at('03-18T10:00'),
    state: 'open',
    ...part,
  };
}

const invitations = (): InvitationRow[] => [
  invitation(),
  invitation({ id: 'inv_2', label: null, inviter: reyes() }),
  invitation({ id: 'inv_3', role: 'nurse', label: 'Ines Duarte', inviter: bauer(), state: 'joined' }),
  invitation({ id: 'inv_4', role: 'administrator', label: 'Paul Ng', teams: [], inviter: bauer(), state: 'expired' }),
  invitation({ id: 'inv_5', label: 'Ola Nilsen', state: 'cancelled' }),
];

/** Three who could be named, of whom some are. */
const custodians = (): Custodians => ({ named: { people: [voss(), amadi(), lind()], since: at('03-03T09:00') }, could: [voss(), amadi(), lind()] });

export const clinicActions: ClinicActions = {
  chrome: chromeActions,
  tryAgain: idle,
  beginInvitation: idle,
  closeInvitation: idle,
  invite: idle,
  copyLink: idle,
  cancelInvitation: idle,
  createTeam: idle,
  appoint: idle,
  removeFromTeam: idle,
  changeTeam: idle,
  letIn: idle,
  shareClinicKey: idle,
  nameCustodians: idle,
};

const ROLES: readonly InvitedRole[] = ['administrator', 'provider', 'nurse', 'front_desk', 'compliance', 'custodian', 'patient'];

export function clinic(part: Partial<ClinicModel> = {}): State {
  const model: ClinicModel = {
    chrome: staffChrome({ place: 'clinic', me: bauer(), clinicName: clinicName() }),
    loading: { state: 'ready' },
    now: NOW,
    zones: LONDON,
    clinicName: clinicName(),
    clinicPhone: PHONE,
    view: 'administrator',
    clinicCode: digits(6),
    key: { heldByMe: true, holders: [bauer(), okafor()], couldHold: [] },
    custodians: custodians(),
    people: [
      member(bauer(), 'administrator', true),
      member(okafor(), 'provider', true),
      member(reyes(), 'nurse'),
      member(fischer(), 'front_desk'),
      member(voss(), 'custodian'),
    ],
    teams: teams(),
    invitations: invitations(),
    mayInvite: ROLES,
    inviting: null,
    undertaking: null,
    renewal: null,
    ...part,
  };
  return { tag: 'clinic-page', model, actions: clinicActions };
}

const alone = { heldByMe: true, holders: [bauer()], couldHold: [] };
const form = { step: 'form', working: false, failure: null } as const;
const link =
  'http://localhost:8000/join#i.inv_0195d3a1b2c37d4e8f90a1b2c3d4e5f6.q8s1kU0r3Jm9yQ2vT5xWzA.m3Zk7Vb2N9cQ1xR8tY5uW0aS4dF6gH7jK2lP3oI9eE8';
const careStaff = { view: 'care_staff', key: null, custodians: null, people: [], mayInvite: ['patient'] } as const;
const submit = press('invite-form button[type=submit]');

export const clinicStates: States = {
  clinic: () => clinic(),
  'clinic-loading': () => clinic({ loading: { state: 'loading' } }),
  'clinic-failed': () => clinic({ loading: { state: 'failed', reference: 'R-4417' } }),
  'clinic-new': () => clinic({ key: alone, people: [member(bauer(), 'administrator', true)], teams: [], invitations: [], custodians: { named: null, could: [voss()] } }),
  'clinic-second-joined': () =>
    clinic({ key: { ...alone, couldHold: [okafor()] }, undertaking: { what: 'share_clinic_key', on: 'acc_okafor', state: 'failed' } }),
  'clinic-key-not-mine': () => clinic({ key: { heldByMe: false, holders: [okafor()], couldHold: [bauer()] } }),
  'clinic-share-key': () => ({ ...clinic({ key: { ...alone, couldHold: [okafor()] } }), before: press('#key .btn') }),
  'clinic-letting-in': () => clinic({ undertaking: { what: 'let_in', on: 'acc_duarte', state: 'working' } }),
  'clinic-let-in': () => ({ ...clinic(), before: press('#teams .rows .btn') }),
  'clinic-cancel': () => ({ ...clinic(), before: press('#invitations td .btn') }),
  'clinic-new-team': () => ({ ...clinic(), before: press('#teams .panel__head .btn') }),
  'clinic-team-add': () => ({
    ...clinic(),
    before: async (element) => {
      press('#teams .rows > li > .row:not(.row--apart) .btn')(element);
      await new Promise(requestAnimationFrame);
      press('appointment-form input[value=cover]')(element);
      await new Promise(requestAnimationFrame);
      press('appointment-form [type=submit]')(element);
    },
  }),
  'clinic-team-terms': () => ({ ...clinic(), before: press('#teams .rows > li > .row:not(.row--apart) .btn:last-child') }),
  'clinic-team-remove': () => ({ ...clinic(), before: press('#teams .rows .rows .btn:last-child') }),
  'clinic-custodians': () => ({ ...clinic({ custodians: { named: null, could: custodians().could } }), before: press('#custodians .btn') }),
  'clinic-custodians-others': () => ({
    ...clinic(),
    before: async (element) => {
      press('#custodians .btn')(element);
      await new Promise(requestAnimationFrame);
      press('custodians-form input')(element);
      await new Promise(requestAnimationFrame);
      press('custodians-form [type=submit]')(element);
    },
  }),
  'clinic-naming-custodians': () => clinic({ undertaking: { what: 'name_custodians', on: '', state: 'working' } }),
  'clinic-team-renewing': () => clinic({ renewal: { done: 12, all: 40 } }),
  'clinic-manager': () =>
    clinic({
      ...careStaff,
      chrome: staffChrome({ place: 'clinic' }),
      people: [member(reyes(), 'nurse'), member(fischer(), 'front_desk')],
      teams: [team({ manage: 'manager' })],
      invitations: [],
    }),
  'clinic-new-team-failed': () => ({
    ...clinic({ undertaking: { what: 'create_team', on: '', state: 'failed' } }),
    before: async (element) => {
      press('#teams .panel__head .btn')(element);
      await new Promise(requestAnimationFrame);
      press('team-form button[type=submit]')(element);
    },
  }),
  'clinic-care-staff': () =>
    clinic({
      ...careStaff,
      chrome: staffChrome({ place: 'clinic' }),
      teams: [team({ waiting: [duarte()] })],
      invitations: invitations().slice(0, 1),
    }),
  'clinic-invite': () => clinic({ inviting: form }),
  'clinic-invite-patient': () => clinic({ ...careStaff, inviting: form }),
  'clinic-invite-incomplete': () => ({ ...clinic({ inviting: form }), before: submit }),
  'clinic-invite-staff': () => ({
    ...clinic({ inviting: form }),
    before: async (element) => {
      press('input[value=nurse]')(element);
      await new Promise(requestAnimationFrame);
      submit(element);
    },
  }),
  'clinic-invite-two-needed': () => clinic({ inviting: { ...form, failure: 'two_administrators_needed' } }),
  'clinic-invite-no-teams': () => clinic({ inviting: { ...form, failure: 'unreachable' }, teams: [] }),
  'clinic-invitation': () =>
    clinic({
      inviting: {
        step: 'result',
        result: { role: 'patient', label: say('Mrs Hale, came on Monday', '周一来过的陈女士'), link, expiresAt: at('03-18T10:00') },
      },
    }),
};
