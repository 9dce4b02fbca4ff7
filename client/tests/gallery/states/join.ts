/** Joining by invitation. */
import type { Joining, JoinModel, JoinStop } from '../../../src/views/models/join.ts';
import { clinicName, digits, idle, inviter, NOW, PHONE, RECOVERY_CODE, team } from '../factories.ts';
import { press, type State, type States } from '../state.ts';
import { door, doorActions } from './door.ts';
import '../../../src/views/pages/join-page.ts';

const actions = {
  ...doorActions,
  openLink: idle,
  confirmClinic: idle,
  judgePassword: idle,
  choosePassword: idle,
  checkRecoveryCode: idle,
  keepRecoveryCode: idle,
  agree: idle,
  back: idle,
  saveProfile: idle,
  finish: idle,
};

const page = (model: JoinModel): State => ({ tag: 'join-page', model, actions });

function joining(part: Partial<Joining> = {}): State {
  return page({
    ...door(),
    clinicPhone: PHONE,
    stage: 'joining',
    role: 'patient',
    step: 'inviter',
    inviter: inviter(),
    clinicCode: digits(6),
    signInName: '',
    nameTaken: false,
    passwordVerdict: null,
    recoveryCode: RECOVERY_CODE,
    offersEmergencyAccess: false,
    recoveryCheck: 'untried',
    team: team(),
    working: false,
    failure: null,
    now: NOW,
    ...part,
  });
}

const stopped = (stop: JoinStop): State => page({ ...door(), clinicName: null, clinicPhone: PHONE, stage: 'stopped', stop });
const typeBack = press('recovery-code .join__foot .btn--main');

const STOPS: readonly JoinStop[] = [
  'unknown',
  'expired',
  'used',
  'cancelled',
  'damaged_link',
  'wrong_clinic',
  'not_genuine',
  'different_code',
  'clock',
  'unreachable',
];

export const joinStates: States = {
  'join-link': () => page({ ...door(), clinicName: null, clinicPhone: null, stage: 'link', badLink: false }),
  'join-link-damaged': () => page({ ...door(), clinicName: null, clinicPhone: null, stage: 'link', badLink: true }),
  'join-checking': () => page({ ...door(), clinicName: null, clinicPhone: null, stage: 'checking' }),
  'join-inviter': () => joining(),
  'join-inviter-different': () => ({ ...joining(), before: press('input[value=different]') }),
  'join-password': () => joining({ step: 'password' }),
  'join-password-weak': () => ({
    ...joining({ step: 'password', signInName: 'peggy.h', passwordVerdict: { state: 'weak', reason: 'common' } }),
    before: press('new-password button[type=submit]'),
  }),
  'join-password-strong': () => joining({ step: 'password', signInName: 'peggy.h', passwordVerdict: { state: 'strong' } }),
  'join-password-name-taken': () =>
    joining({ step: 'password', signInName: 'peggy', nameTaken: true, passwordVerdict: { state: 'strong' } }),
  'join-recovery': () => joining({ step: 'recovery' }),
  'join-recovery-wrong': () => ({ ...joining({ step: 'recovery', recoveryCheck: 'wrong' }), before: typeBack }),
  'join-recovery-right': () => ({ ...joining({ step: 'recovery', recoveryCheck: 'right' }), before: typeBack }),
  'join-readers': () => joining({ step: 'readers' }),
  'join-readers-unreachable': () => joining({ step: 'readers', failure: 'unreachable' }),
  'join-done': () => joining({ step: 'done' }),
  'join-done-emergency': () => joining({ step: 'done', offersEmergencyAccess: true }),
  'join-staff-inviter': () => joining({ role: 'staff', team: null }),
  'join-staff-done': () => joining({ role: 'staff', step: 'done', team: null, clinicName: clinicName() }),
  ...Object.fromEntries(STOPS.map((stop) => [`join-stopped-${stop.replaceAll('_', '-')}`, () => stopped(stop)])),
};
