/** /security: what is promised and what anybody can check, signed in or not. */

import { openDatabase } from '../keystore/database.ts';
import { clinicCode, type SafetyCode } from '../protocol/safetyCode.ts';
import { arrive } from '../sync/resume.ts';
import type { SecurityModel } from '../views/models/security.ts';
import { SecurityPage } from '../views/pages/security-page.ts';
import { browserZone } from '../views/times.ts';
import type { App, PageController } from './app.ts';
import { doorActions, doorModel } from './door.ts';
import { registerServiceWorker } from './offline.ts';
import { openShell, show, type Shell } from './shell.ts';
import { startApp, type Route } from './start.ts';

/** Whoever is in sees it inside the application, everybody else as a page of its own. */
export async function startSecurity(routes: readonly Route[]): Promise<void> {
  if (await isIn()) await startApp(routes);
  else await showSignedOut();
}

/** A device that cannot say who is in, for whatever reason, shows what it shows to everybody. */
async function isIn(): Promise<boolean> {
  try {
    return (await arrive(await openDatabase())).state === 'in';
  } catch {
    return false;
  }
}

async function showSignedOut(): Promise<void> {
  const shell = await openShell();
  void registerServiceWorker();
  const page = new SecurityPage();
  const draw = (): void => { page.model = { ...signedOut(shell), door: doorModel(shell) }; };
  page.actions = { chrome: null, door: doorActions(draw) };
  draw();
  show(shell, page);
}

function signedOut(shell: Shell): Omit<SecurityModel, 'door'> {
  const zones = { reader: browserZone(), clinic: browserZone() };
  return { chrome: null, now: new Date(), zones, bundle: shell.bundle, clinic: null, checkpoint: null };
}

class SecurityController implements PageController {
  readonly element = new SecurityPage();
  private code: SafetyCode | null = null;

  constructor(private readonly app: App) {
    this.element.actions = { chrome: app.chromeActions, door: doorActions(() => { this.draw(); }) };
    const { clinic, key } = app.engine.session.clinic;
    void clinicCode(clinic, key.bytes).then((code) => {
      this.code = code;
      this.draw();
    });
  }

  draw(): void {
    const { app, code } = this;
    const { name, logKey } = app.engine.session.clinic;
    const { newest } = app.engine.witness;
    this.element.model = {
      ...{ chrome: app.chrome('settings'), door: doorModel(app.shell, name), now: new Date(), zones: app.zones, bundle: app.shell.bundle },
      clinic: code && { name, code, logKey },
      checkpoint: newest && { origin: newest.origin, ...newest.head, seenAt: newest.checkedAt },
    };
  }

  stop(): void {
    // Nothing of it goes on without the page.
  }
}

export function securityPage(app: App): PageController {
  return new SecurityController(app);
}
