/** Settings of both faces. */
import type { Device, EmergencyChoice, SettingsActions, SettingsModel } from '../../../src/views/models/settings.ts';
import { at, chromeActions, digits, idle, LONDON, NOW, patientChrome, PHONE, RECOVERY_CODE, say, staffChrome } from '../factories.ts';
import { press, type State, type States } from '../state.ts';
import '../../../src/views/pages/settings-page.ts';

function device(part: Partial<Device> = {}): Device {
  return {
    id: 'dev_1',
    label: say('Chrome on Android', 'Android 上的 Chrome'),
    addedAt: at('03-10T15:10'),
    lastSeenAt: NOW,
    current: true,
    signedIn: true,
    ...part,
  };
}

const devices = (): Device[] => [
  device(),
  device({
    id: 'dev_2',
    label: say('Firefox on Windows', 'Windows 上的 Firefox'),
    addedAt: at('02-12T09:00'),
    lastSeenAt: at('03-09T18:20'),
    current: false,
  }),
  device({
    id: 'dev_3',
    label: 'Safari on iPad',
    addedAt: new Date('2024-12-02T09:00:00Z'),
    lastSeenAt: at('01-09T18:20'),
    current: false,
    signedIn: false,
  }),
];

export const settingsActions: SettingsActions = {
  chrome: chromeActions,
  tryAgain: idle,
  chooseLanguage: idle,
  chooseIdle: idle,
  chooseSingleKeys: idle,
  saveProfile: idle,
  chooseEmergency: idle,
  beginPasswordChange: idle,
  cancelPasswordChange: idle,
  provePassword: idle,
  judgePassword: idle,
  changePassword: idle,
  beginRecoveryChange: idle,
  cancelRecoveryChange: idle,
  makeRecoveryCode: idle,
  checkRecoveryCode: idle,
  keepRecoveryCode: idle,
  beginStolen: idle,
  cancelStolen: idle,
  goOnStolen: idle,
  chooseStolenPassword: idle,
  checkStolenCode: idle,
  finishStolen: idle,
  signOutDevice: idle,
  signOutOthers: idle,
  signOut: idle,
  decideWaiting: idle,
  cancelSignOut: idle,
};

const written = () => ({
  legalName: say('Margaret Hale', '陈秀英'),
  preferredName: say('Peggy', '秀英'),
  pronouns: say('she / her', '她'),
  languageNote: '',
});

const custodian = (id: string, name: string): EmergencyChoice['custodians'][number] => ({ id, name, initials: '', shape: 'clinic', tone: 'plain' });

/** Off, with three custodians. */
export function emergencyChoice(part: Partial<EmergencyChoice> = {}): EmergencyChoice {
  const custodians = [
    custodian('1', say('Carla Brandt', '白卡拉')),
    custodian('2', say('Cyril Adeyemi', '阿迪')),
    custodian('3', say('Cora Lindgren', '林可')),
  ];
  return { optedIn: false, custodians, deed: { state: 'idle' }, ...part };
}

export function settings(part: Partial<SettingsModel> = {}): State {
  const model: SettingsModel = {
    chrome: patientChrome({ place: 'settings' }),
    loading: { state: 'ready' },
    now: NOW,
    zones: LONDON,
    clinicPhone: PHONE,
    signInName: 'peggy.h',
    idleMinutes: 15,
    singleKeys: null,
    profile: { written: written(), saving: 'idle' },
    emergencyChoice: emergencyChoice(),
    password: { step: 'closed', changed: false },
    recovery: { step: 'closed', changed: false },
    stolen: { step: 'closed' },
    devices: devices(),
    signingOutDevice: null,
    safetyCode: digits(6),
    clinicCode: digits(6),
    signOut: { step: 'closed' },
    ...part,
  };
  return { tag: 'settings-page', model, actions: settingsActions };
}

const staff = { profile: null, emergencyChoice: null, singleKeys: true, signInName: 'a.okafor' } as const;
const code = { step: 'code', code: RECOVERY_CODE, check: 'untried', working: false, failure: null } as const;
const typeBack = press('recovery-code .join__foot .btn--main');

export const settingsStates: States = {
  settings: () => settings(),
  'settings-staff': () => settings({ ...staff, chrome: staffChrome({ place: 'settings' }) }),
  'settings-loading': () => settings({ loading: { state: 'loading' } }),
  'settings-failed': () => settings({ loading: { state: 'failed', reference: 'R-4417' } }),
  'settings-saved': () =>
    settings({
      profile: { written: written(), saving: 'saved' },
      password: { step: 'closed', changed: true },
      recovery: { step: 'closed', changed: true },
    }),
  'settings-not-saved': () => settings({ profile: { written: written(), saving: 'failed' } }),
  'settings-emergency-on': () => settings({ emergencyChoice: emergencyChoice({ optedIn: true }) }),
  'settings-emergency-asked': () => ({ ...settings(), before: press('#emergency .btn') }),
  'settings-emergency-asked-off': () => ({ ...settings({ emergencyChoice: emergencyChoice({ optedIn: true }) }), before: press('#emergency .btn') }),
  'settings-emergency-working': () => settings({ emergencyChoice: emergencyChoice({ deed: { state: 'working', done: 2, all: 5 } }) }),
  'settings-emergency-nobody': () => settings({ emergencyChoice: emergencyChoice({ custodians: [] }) }),
  'settings-emergency-nobody-left': () => settings({ emergencyChoice: emergencyChoice({ optedIn: true, custodians: [] }) }),
  'settings-emergency-failed': () => settings({ emergencyChoice: emergencyChoice({ deed: { state: 'failed', reason: 'unreachable' } }) }),
  'settings-emergency-keys-wait': () =>
    settings({ emergencyChoice: emergencyChoice({ optedIn: true, deed: { state: 'failed', reason: 'keys_wait' } }) }),
  'settings-password': () => settings({ password: { step: 'present', working: false, failure: null } }),
  'settings-password-wrong': () => settings({ password: { step: 'present', working: false, failure: 'wrong_password' } }),
  'settings-password-unreachable': () => settings({ password: { step: 'present', working: false, failure: 'unreachable' } }),
  'settings-password-fresh': () => settings({ password: { step: 'fresh', working: false, failure: null, verdict: { state: 'strong' } } }),
  'settings-password-moved': () =>
    settings({
      ...staff,
      chrome: staffChrome({ place: 'settings' }),
      password: { step: 'fresh', working: false, failure: 'vault_moved', verdict: { state: 'weak', reason: 'personal' } },
    }),
  'settings-recovery': () => settings({ recovery: { step: 'present', working: true, failure: null } }),
  'settings-recovery-code': () => settings({ recovery: code }),
  'settings-recovery-wrong': () => ({ ...settings({ recovery: { ...code, check: 'wrong' } }), before: typeBack }),
  'settings-signing-out-device': () => settings({ signingOutDevice: 'dev_2' }),
  'settings-sign-out-others': () => ({ ...settings(), before: press('#devices > .btn') }),
  'settings-sign-out': () => settings({ signOut: { step: 'asking', waiting: 2, state: 'idle' } }),
  'settings-sign-out-not-sent': () => settings({ signOut: { step: 'asking', waiting: 1, state: 'not_all_sent' } }),
  'settings-sign-out-sending': () =>
    settings({ ...staff, chrome: staffChrome({ place: 'settings' }), signOut: { step: 'asking', waiting: 3, state: 'sending' } }),
  'settings-stolen': () => settings({ stolen: { step: 'explain' } }),
  'settings-stolen-password': () => settings({ stolen: { step: 'password', verdict: { state: 'weak', reason: 'too_short' } } }),
  'settings-stolen-code': () => settings({ stolen: { ...code, failure: 'unreachable' } }),
  'settings-stolen-done': () => settings({ stolen: { step: 'done' } }),
};
