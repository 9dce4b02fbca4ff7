/** Back in with the recovery code, after a lost password or device. */

import type { Database } from '../keystore/database.ts';
import { ProtocolError } from '../protocol/errors.ts';
import { readRecoveryCode } from '../protocol/recoveryCode.ts';
import { replaceCredential } from '../sync/credentials.ts';
import type { DeviceSession } from '../sync/device-session.ts';
import { newPasswordCredential } from '../sync/new-account.ts';
import { signInWith } from '../sync/sign-in.ts';
import type { RecoverModel } from '../views/models/recovery.ts';
import { RecoverPage } from '../views/pages/recover-page.ts';
import { Alarm } from '../sync/alarm.ts';
import { doorActions, doorModel, signInFailure } from './door.ts';
import { onward } from './journey.ts';
import { judgePassword } from './password-strength.ts';
import { show, type Shell } from './shell.ts';

type State = Pick<RecoverModel, 'step' | 'name' | 'working' | 'failure' | 'mistyped' | 'verdict'>;

export function startRecovery(shell: Shell, database: Database): void {
  const page = new RecoverPage();
  let session: DeviceSession | null = null;
  let state: State = { step: 'code', name: '', working: false, failure: null, mistyped: false, verdict: null };
  const draw = (news: Partial<State> = {}): void => {
    state = { ...state, ...news };
    page.model = { ...doorModel(shell), clinicPhone: null, ...state };
  };
  const attempt = async (work: () => Promise<Partial<State>>): Promise<void> => {
    draw({ working: true, failure: null, mistyped: false });
    try {
      draw({ ...(await work()), working: false });
    } catch (error) {
      if (error instanceof Alarm) {
        const { showAlarm } = await import('./alarm.ts');
        await showAlarm(shell, null, error.alarm);
      } else draw({ working: false, failure: signInFailure(error) });
    }
  };
  page.actions = {
    ...doorActions(draw),
    tryCode: (name, code) =>
      void attempt(async () => {
        if (await isMistyped(code)) return { name, mistyped: true };
        session = await signInWith(database, name, { slot: 'recovery', code });
        return { name, step: 'password' };
      }),
    judgePassword: (password) => void judgePassword(password, [state.name]).then((verdict) => { draw({ verdict }); }),
    choosePassword: (password) =>
      void attempt(async () => {
        if (session) await replaceCredential(session, await newPasswordCredential(password));
        return { step: 'done' };
      }),
    finish: onward,
    back: () => { location.assign('/sign-in'); },
  };
  draw();
  show(shell, page);
}

/** The code's own checksum says so, before anything is sent. */
async function isMistyped(code: string): Promise<boolean> {
  try {
    await readRecoveryCode(code);
    return false;
  } catch (error) {
    if (error instanceof ProtocolError) return true;
    throw error;
  }
}
