/** What can be checked, the ways back in, waiting to be let in, alarms, and founding a clinic. */
import type { Alarm, AlarmModel } from '../../../src/views/models/alarm.ts';
import type { FoundingModel } from '../../../src/views/models/founding.ts';
import type { RecoverModel } from '../../../src/views/models/recovery.ts';
import type { SecurityModel } from '../../../src/views/models/security.ts';
import {
  at,
  chromeActions,
  clinicName,
  digits,
  emergency,
  idle,
  LONDON,
  NOW,
  patientChrome,
  PHONE,
  RECOVERY_CODE,
  reyes,
  say,
  staffChrome,
  team,
} from '../factories.ts';
import { press, type State, type States } from '../state.ts';
import { door, doorActions } from './door.ts';
import '../../../src/views/pages/admission-page.ts';
import '../../../src/views/pages/alarm-page.ts';
import '../../../src/views/pages/founding-page.ts';
import '../../../src/views/pages/recover-page.ts';
import '../../../src/views/pages/security-page.ts';

const BUNDLE = '3f9a17c04be2d85561a0c7f4e9b2338d5c1f60a7b94e82d3f05a6c1b7e94d820';
const ROOT = 'qk3N1mT8vYw0sR2uX5zA7bC9dE1fG3hJ5kL7mN9pQ1s=';

function security(part: Partial<SecurityModel> = {}): State {
  const model: SecurityModel = {
    chrome: null,
    door: door(),
    now: NOW,
    zones: LONDON,
    bundle: BUNDLE,
    clinic: {
      name: clinicName(),
      code: digits(6),
      logKey: 'localhost:8000/log/cln_0195d3a1b2c37d4e8f90a1b2c3d4e5f6+5a1f09c3+ATq3Nb7mKc2Zx9Lw4Rv8Ty1Us6Od5Pe0Ff3Gg2Hh1Ii0',
    },
    checkpoint: { origin: 'localhost:8000/log/cln_0195d3a1b2c37d4e8f90a1b2c3d4e5f6', size: 48_219, root: ROOT, seenAt: at('03-11T10:49') },
    ...part,
  };
  return { tag: 'security-page', model, actions: { chrome: model.chrome ? chromeActions : null, door: doorActions } };
}

function recover(part: Partial<RecoverModel> = {}): State {
  const model: RecoverModel = {
    ...door(),
    clinicPhone: PHONE,
    step: 'code',
    name: '',
    working: false,
    failure: null,
    mistyped: false,
    verdict: null,
    ...part,
  };
  return {
    tag: 'recover-page',
    model,
    actions: { ...doorActions, tryCode: idle, judgePassword: idle, choosePassword: idle, finish: idle, back: idle },
  };
}

function alarm(what: Alarm, part: Partial<AlarmModel> = {}): State {
  const model: AlarmModel = {
    ...door(),
    clinicPhone: PHONE,
    alarm: what,
    noticedAt: at('03-11T10:50'),
    now: NOW,
    zones: LONDON,
    waiting: 0,
    ...part,
  };
  return { tag: 'alarm-page', model, actions: { ...doorActions, saveReport: idle, lock: idle } };
}

function founding(part: Partial<FoundingModel> = {}): State {
  const model: FoundingModel = {
    clinicName: null,
    emergency: emergency(),
    appearance: door().appearance,
    stop: null,
    newClinic: clinicName(),
    step: 'begin',
    card: { name: '', credential: '' },
    signInName: '',
    nameTaken: false,
    passwordVerdict: null,
    recoveryCode: RECOVERY_CODE,
    recoveryCheck: 'untried',
    clinicCode: digits(6),
    working: false,
    failure: null,
    ...part,
  };
  return {
    tag: 'founding-page',
    model,
    actions: {
      ...doorActions,
      begin: idle,
      saveCard: idle,
      judgePassword: idle,
      choosePassword: idle,
      checkRecoveryCode: idle,
      found: idle,
      back: idle,
      finish: idle,
    },
  };
}

function admission(teams: readonly { name: string; members: ReturnType<typeof team>['members'] }[]): State {
  return {
    tag: 'admission-page',
    model: { chrome: staffChrome({ places: ['settings'], unread: 0 }), teams, safetyCode: digits(6) },
    actions: { chrome: chromeActions },
  };
}

const remembered = { size: 48_219, root: ROOT };
const openEvidence = press('summary');

export const safetyStates: States = {
  security: () => security(),
  'security-nothing-known': () => security({ clinic: null, checkpoint: null, bundle: null }),
  'security-signed-in': () => security({ chrome: patientChrome({ place: 'settings' }) }),
  'security-staff': () => security({ chrome: staffChrome({ place: 'settings' }) }),
  recover: () => recover(),
  'recover-mistyped': () => recover({ name: 'peggy.h', mistyped: true }),
  'recover-wrong': () => recover({ name: 'peggy.h', failure: { code: 'wrong' } }),
  'recover-working': () => recover({ name: 'peggy.h', working: true, clinicPhone: null }),
  'recover-unreachable': () => recover({ failure: { code: 'unreachable' } }),
  'recover-password': () => recover({ step: 'password', name: 'peggy.h', verdict: { state: 'strong' } }),
  'recover-done': () => recover({ step: 'done' }),
  admission: () => admission([team(), { name: say('Children', '儿科'), members: [] }]),
  'admission-no-team': () => admission([]),
  'alarm-log-forked': () => ({
    ...alarm(
      { what: 'log_forked', remembered, served: { size: 48_219, root: 'Zx7Wv5Ut3Sr1Qp9On7Ml5Kj3Ih1Gf9Ed7Cb5Az3Yx1=' } },
      { waiting: 2 },
    ),
    before: openEvidence,
  }),
  'alarm-log-rolled-back': () => ({
    ...alarm({ what: 'log_rolled_back', remembered, served: { ...remembered, size: 40_000 } }),
    before: openEvidence,
  }),
  'alarm-log-key': () => alarm({ what: 'log_key_changed' }, { clinicPhone: null }),
  'alarm-clinic-key': () => ({
    ...alarm({ what: 'clinic_key_changed', remembered: digits(6), served: digits(6).reverse() }),
    before: openEvidence,
  }),
  'alarm-own-keys': () => alarm({ what: 'own_keys_changed' }),
  'alarm-chain': () => alarm({ what: 'chain_rolled_back', who: reyes() }),
  'alarm-vault': () => alarm({ what: 'vault_rolled_back' }),
  founding: () => founding(),
  'founding-card': () => founding({ step: 'card' }),
  'founding-card-incomplete': () => ({ ...founding({ step: 'card' }), before: press('form button[type=submit]') }),
  'founding-password': () => founding({ step: 'password', nameTaken: true, signInName: 'karin' }),
  'founding-recovery': () => founding({ step: 'recovery', failure: 'unreachable' }),
  'founding-code': () => founding({ step: 'fingerprint' }),
  'founding-used': () => founding({ stop: 'used' }),
};
