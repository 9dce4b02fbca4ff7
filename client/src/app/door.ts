/** What every page outside the lock shows, and its language and look. */

import type { DoorActions, DoorModel, SignInFailure } from '../views/models/door.ts';
import { ApiError, Unreachable } from '../api/http.ts';
import { NoMemoryForPassword } from '../keystore/password-hashing.ts';
import { SignInFailed } from '../sync/sign-in.ts';
import { appearance, chooseAppearance, chooseLanguage, type Shell } from './shell.ts';

export function doorModel(shell: Shell, clinicName: string | null = null): DoorModel {
  return { clinicName, emergency: { number: shell.emergencyNumber }, appearance: appearance() };
}

export function doorActions(changed: () => void): DoorActions {
  return {
    chooseLanguage: (language) => void chooseLanguage(language).then(changed),
    chooseAppearance: (chosen) => {
      chooseAppearance(chosen);
      changed();
    },
  };
}

const WAIT_MINUTES = 15;

/** Why signing in did not work, in the view's terms. An alarm is none of these: it goes on to who shows it. */
export function signInFailure(error: unknown): SignInFailure {
  if (error instanceof SignInFailed) return { code: 'wrong' };
  if (error instanceof Unreachable) return { code: 'unreachable' };
  if (error instanceof ApiError && error.code === 'too_many_tries') return { code: 'too_many_tries', minutes: WAIT_MINUTES };
  if (error instanceof NoMemoryForPassword) return { code: 'our_fault', reference: 'memory' };
  if (error instanceof ApiError) return { code: 'our_fault', reference: error.code };
  return { code: 'our_fault', reference: error instanceof Error ? error.name : 'unknown' };
}
