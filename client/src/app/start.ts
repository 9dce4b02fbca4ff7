/** Begins a page of the application: whoever is here is let in, in place or at the door, and the address decides what is shown. */

import { openDatabase } from '../keystore/database.ts';
import { Alarm } from '../sync/alarm.ts';
import type { DeviceSession } from '../sync/device-session.ts';
import { Engine } from '../sync/engine.ts';
import { arrive, forgetWrapped } from '../sync/resume.ts';
import type { Place } from '../views/models/chrome.ts';
import { App, type PageController } from './app.ts';
import { toTheDoor } from './journey.ts';
import { openShell, show, type Shell } from './shell.ts';
import { registerServiceWorker } from './offline.ts';

/** Makes what an address shows. `parts` are the groups of its pattern. */
export type PageMaker = (app: App, parts: readonly string[]) => PageController;

export interface Route {
  readonly pattern: RegExp;
  readonly load: () => Promise<PageMaker>;
}

/** Runs the application at the present address. */
export async function startApp(routes: readonly Route[]): Promise<void> {
  const shell = await openShell();
  void registerServiceWorker();
  try {
    const session = await letIn(shell);
    if (session) new Routing(shell, await Engine.start(session), routes).begin();
  } catch (error) {
    await showTrouble(shell, error);
  }
}

/** Whoever is in, or has unlocked here; null where the page leaves for the door. */
async function letIn(shell: Shell): Promise<DeviceSession | null> {
  const database = await openDatabase();
  const arrival = await arrive(database);
  if (arrival.state === 'in') return arrival.session;
  if (arrival.state === 'out') {
    toTheDoor(null);
    return null;
  }
  const { unlockHere } = await import('./unlock.ts');
  return unlockHere(shell, database, arrival.row, arrival.connected);
}

async function showTrouble(shell: Shell, error: unknown): Promise<void> {
  if (error instanceof Alarm) {
    const { showAlarm } = await import('./alarm.ts');
    await showAlarm(shell, null, error.alarm);
    return;
  }
  const { showFault } = await import('./fault.ts');
  showFault(shell, error);
}

/** Addresses that are there for those alone in whose navigation they stand. */
const OWN_PLACES: Readonly<Record<string, Place>> = { '/inbox': 'inbox', '/clinic': 'clinic', '/emergency': 'emergency' };

/** Which view stands on the page; links within the application change it without a new page. */
class Routing {
  private page: PageController | null = null;
  private readonly app: App;
  private drawn = false;

  constructor(
    private readonly shell: Shell,
    private readonly engine: Engine,
    private readonly routes: readonly Route[],
  ) {
    this.app = new App(shell, engine, (path) => void this.go(path));
  }

  begin(): void {
    this.app.watch(() => { this.draw(); });
    addEventListener('popstate', () => void this.enter(location.pathname));
    document.addEventListener('click', (event) => { this.follow(event); });
    addEventListener('pagehide', () => void this.page?.stop());
    void this.enter(location.pathname);
  }

  private async go(path: string): Promise<void> {
    history.pushState(null, '', path);
    await this.enter(path);
    scrollTo(0, 0);
    document.querySelector<HTMLElement>('#main')?.focus();
  }

  private async enter(path: string): Promise<void> {
    const fitting = this.fitting(path);
    if (fitting !== path) history.replaceState(null, '', fitting);
    const route = this.routes.find(({ pattern }) => pattern.test(fitting));
    if (!route) {
      location.assign(fitting);
      return;
    }
    const make = await route.load();
    await this.page?.stop();
    this.page = make(this.app, route.pattern.exec(fitting)?.slice(1) ?? []);
    this.present(this.page);
  }

  private present(page: PageController): void {
    page.draw();
    if (page.element.model) show(this.shell, page.element);
  }

  /** The first page of whoever is here. */
  private fitting(path: string): string {
    const { face, first } = this.app;
    const place = OWN_PLACES[path];
    if (path === '/home' && face === 'staff') return first;
    if (path === '/who-can-read' && face === 'staff') return first;
    return place && !this.app.places.includes(place) ? first : path;
  }

  private follow(event: MouseEvent): void {
    if (event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    const link = event.composedPath().find((node) => node instanceof HTMLAnchorElement);
    if (link?.origin !== location.origin || link.target !== '' || link.hash !== '') return;
    if (!this.routes.some(({ pattern }) => pattern.test(link.pathname))) return;
    event.preventDefault();
    void this.go(link.pathname);
  }

  private draw(): void {
    const { engine } = this;
    if (engine.ended) void this.leave();
    else if (engine.alarm && !this.drawn) {
      this.drawn = true;
      const cause = engine.alarm;
      void import('./alarm.ts').then(({ showAlarm }) => showAlarm(this.shell, this.app, cause));
    } else if (!engine.alarm && this.page) this.present(this.page);
  }

  /** The session is over, here or in another tab. */
  private async leave(): Promise<void> {
    if (!this.app.leave()) return;
    const { session, ended } = this.engine;
    await this.engine.stop();
    if (ended === 'signed-out') session.store.close();
    if (ended !== 'signed-out') await forgetWrapped(session.database, session.label);
    toTheDoor(ended === 'revoked' ? 'revoked' : ended === 'expired' ? 'expired' : ended === 'signed-out' ? 'signed_out' : null);
  }
}
