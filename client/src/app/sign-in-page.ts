/** /sign-in: by name and password, or with the recovery code. */

import { openDatabase, type Database } from '../keystore/database.ts';
import { Alarm } from '../sync/alarm.ts';
import { arrive } from '../sync/resume.ts';
import { signInWith } from '../sync/sign-in.ts';
import type { Ended, SignInFailure } from '../views/models/door.ts';
import { SignInPage } from '../views/pages/sign-in-page.ts';
import { doorActions, doorModel, signInFailure } from './door.ts';
import { forgetWhy, onward, whyEnded } from './journey.ts';
import { registerServiceWorker } from './offline.ts';
import { openShell, show, type Shell } from './shell.ts';

/** Shows the door to who is not in. */
export async function startSignIn(): Promise<void> {
  const shell = await openShell();
  void registerServiceWorker();
  const database = await openDatabase();
  const ended = whyEnded();
  if (location.hash === '#recover') {
    await recover(shell, database);
    return;
  }
  const door = new Door(shell, database, ended);
  door.show();
  try {
    // Who is in, or locked, has no business at the door: their page has its own lock.
    if ((await arrive(database)).state === 'out') forgetWhy();
    else onward();
  } catch (error) {
    door.fail(error);
  }
}

async function recover(shell: Shell, database: Database): Promise<void> {
  const { startRecovery } = await import('./recovery.ts');
  startRecovery(shell, database);
}

class Door {
  private readonly page = new SignInPage();
  private state: { name: string; working: boolean; failure: SignInFailure | null } = { name: '', working: false, failure: null };

  constructor(
    private readonly shell: Shell,
    private readonly database: Database,
    private readonly ended: Ended | null,
  ) {
    this.page.actions = {
      ...doorActions(() => { this.draw(); }),
      signIn: (name, password) => void this.signIn(name, password),
      recover: () => void recover(shell, database),
    };
  }

  show(): void {
    this.draw();
    show(this.shell, this.page);
  }

  fail(error: unknown): void {
    if (error instanceof Alarm) {
      void import('./alarm.ts').then(({ showAlarm }) => showAlarm(this.shell, null, error.alarm));
      return;
    }
    this.state = { ...this.state, working: false, failure: signInFailure(error) };
    this.draw();
  }

  private async signIn(name: string, password: string): Promise<void> {
    this.state = { name, working: true, failure: null };
    this.draw();
    try {
      await signInWith(this.database, name, { slot: 'password', password });
      onward();
    } catch (error) {
      this.fail(error);
    }
  }

  private draw(): void {
    this.page.model = { ...doorModel(this.shell), ...this.state, ended: this.ended };
  }
}
