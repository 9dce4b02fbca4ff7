/** Signing in and unlocking. */
import type { DoorActions, DoorModel, SignInModel, UnlockModel } from '../../../src/views/models/door.ts';
import { clinicName, emergency, idle, say } from '../factories.ts';
import type { States } from '../state.ts';
import '../../../src/views/pages/sign-in-page.ts';
import '../../../src/views/pages/unlock-page.ts';

export const door = (): DoorModel => ({
  clinicName: clinicName(),
  emergency: emergency(),
  appearance: { theme: 'system', textSize: 'normal', contrast: 'system' },
});
export const doorActions: DoorActions = { chooseLanguage: idle, chooseAppearance: idle };

const signIn = (part: Partial<SignInModel> = {}) => ({
  tag: 'sign-in-page',
  model: { ...door(), name: 'peggy.h', working: false, failure: null, ended: null, ...part },
  actions: { ...doorActions, signIn: idle, recover: idle },
});
const unlock = (part: Partial<UnlockModel> = {}) => ({
  tag: 'unlock-page',
  model: { ...door(), name: say('Peggy', '秀英'), working: false, failure: null, idleMinutes: 15, ended: null, waiting: 0, ...part },
  actions: { ...doorActions, unlock: idle, recover: idle, signOut: idle },
});

export const doorStates: States = {
  'sign-in': () => signIn({ name: '' }),
  'sign-in-wrong': () => signIn({ failure: { code: 'wrong' } }),
  'sign-in-too-many': () => signIn({ failure: { code: 'too_many_tries', minutes: 5 } }),
  'sign-in-unreachable': () => signIn({ failure: { code: 'unreachable' } }),
  'sign-in-clock': () => signIn({ failure: { code: 'clock', minutes: 31 } }),
  'sign-in-our-fault': () => signIn({ failure: { code: 'our_fault', reference: 'R-4417' } }),
  'sign-in-working': () => signIn({ working: true }),
  'sign-in-signed-out': () => signIn({ ended: 'signed_out' }),
  'sign-in-revoked': () => signIn({ ended: 'revoked' }),
  'sign-in-expired': () => signIn({ ended: 'expired' }),
  unlock: () => unlock(),
  'unlock-wrong': () => unlock({ failure: { code: 'wrong' } }),
  'unlock-waiting': () => unlock({ idleMinutes: null, waiting: 2 }),
  'unlock-revoked': () => unlock({ idleMinutes: null, ended: 'revoked' }),
  'unlock-working': () => unlock({ working: true }),
};
