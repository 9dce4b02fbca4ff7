/** Unlocking in the place of the page: with the password, and without a connection too. */

import { endSession } from '../api/self.ts';
import type { Database, DeviceRow } from '../keystore/database.ts';
import { countRecords } from '../keystore/sealed-store.ts';
import { Unreachable } from '../api/http.ts';
import { Alarm } from '../sync/alarm.ts';
import type { DeviceSession } from '../sync/device-session.ts';
import { forgetAccount, unlockOffline } from '../sync/resume.ts';
import { signInWith } from '../sync/sign-in.ts';
import type { SignInFailure } from '../views/models/door.ts';
import { UnlockPage } from '../views/pages/unlock-page.ts';
import { doorActions, doorModel, signInFailure } from './door.ts';
import { forgetWhy, onward, whyEnded, whyLocked } from './journey.ts';
import { show, type Shell } from './shell.ts';

/** Shows the lock; settles once the password has opened it, or never where the person goes elsewhere. */
export async function unlockHere(shell: Shell, database: Database, row: DeviceRow, connected: boolean): Promise<DeviceSession> {
  const why = { ended: whyEnded(), idleMinutes: whyLocked(), waiting: await countRecords(database, row.label, 'outbox') };
  return new Promise((resolve, reject) => {
    const page = new UnlockPage();
    let state: { working: boolean; failure: SignInFailure | null } = { working: false, failure: null };
    const draw = (): void => {
      page.model = { ...doorModel(shell), ...state, ...why, name: row.name };
    };
    const unlock = async (password: string): Promise<void> => {
      state = { working: true, failure: null };
      draw();
      try {
        resolve(await opened(database, row, password, connected));
        forgetWhy();
      } catch (error) {
        if (error instanceof Alarm) reject(error);
        state = { working: false, failure: signInFailure(error) };
        draw();
      }
    };
    page.actions = {
      ...doorActions(draw),
      unlock: (password) => void unlock(password),
      recover: () => { location.assign('/sign-in#recover'); },
      signOut: () => void signOut(database, row),
    };
    draw();
    show(shell, page);
  });
}

async function opened(database: Database, row: DeviceRow, password: string, connected: boolean): Promise<DeviceSession> {
  if (!connected) return unlockOffline(database, row, password);
  try {
    return await signInWith(database, row.name, { slot: 'password', password });
  } catch (error) {
    if (error instanceof Unreachable) return unlockOffline(database, row, password);
    throw error;
  }
}

/** "This isn't me": nothing of the account stays here but what waits, encrypted, for its owner. */
async function signOut(database: Database, row: DeviceRow): Promise<void> {
  await forgetAccount(database, row.label, ['outbox', 'device-heads']);
  await endSession('end').catch(() => undefined);
  forgetWhy();
  onward();
}
