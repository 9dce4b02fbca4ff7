/** /emergency: whoever asks, whoever holds a share, and compliance, each with what concerns them. */

import type { EmergencyLine } from '../api/emergencies.ts';
import { ApiError, Unreachable } from '../api/http.ts';
import { ProtocolError } from '../protocol/errors.ts';
import type { EmergencyId } from '../protocol/ids.ts';
import { Alarm } from '../sync/alarm.ts';
import { Emergencies, type KnownEmergency } from '../sync/emergencies.ts';
import { readEmergency, type EscrowedConversation } from '../sync/emergency-reading.ts';
import type { EmergenciesActions, EmergenciesModel, EmergencyDeed, EmergencyReading, EmergencyUndertaking } from '../views/models/emergencies.ts';
import type { Loading } from '../views/models/home.ts';
import { EmergenciesPage } from '../views/pages/emergencies-page.ts';
import type { App, PageController } from './app.ts';
import { Asking } from './emergency-asking.ts';
import { emergencyRow, troubleOf, type EmergencyView } from './emergency-rows.ts';
import { accountOf } from './people.ts';
import { ThreadModel } from './thread-model.ts';

/** How often what ends by time is looked at. */
const TICK = 1000;

class EmergencyController implements PageController {
  readonly element = new EmergenciesPage();
  private readonly emergencies: Emergencies;
  private readonly asking: Asking;
  private readonly stopWatching: () => void;
  private readonly clock: ReturnType<typeof setInterval>;
  private loading: Loading = { state: 'loading' };
  private lines: readonly EmergencyLine[] = [];
  private known = new Map<EmergencyId, KnownEmergency>();
  private undertaking: EmergencyUndertaking | null = null;
  private opened: { readonly id: EmergencyId; readonly escrowed: EscrowedConversation } | null = null;
  private readonly insisted = new Set<string>();
  /** Rises with each fetch: an older answer takes nothing's place. */
  private fetch = 0;

  constructor(private readonly app: App) {
    const { engine } = app;
    const { session, directory, witness } = engine;
    this.emergencies = new Emergencies({ session, directory, witness });
    this.asking = new Asking(app, this.emergencies, { changed: () => { this.draw(); }, meets: (error) => this.meets(error) });
    this.element.actions = this.actions;
    this.stopWatching = engine.emergencyNews.watch(() => void this.load());
    this.clock = setInterval(() => { this.endWhatIsOver(); }, TICK);
    void this.load();
  }

  draw(): void {
    const { app } = this;
    const now = new Date();
    const viewer = { view: this.view, people: app.people, me: app.engine.session.account, now };
    const { asking, undertaking } = this;
    const known = this.lines.flatMap(({ emergency }) => this.known.get(emergency) ?? []);
    const doubtful = this.lines.filter(({ emergency }) => !this.known.has(emergency));
    this.element.model = {
      chrome: app.chrome('emergency'),
      ...{ loading: this.loading, now, zones: app.zones, clinicPhone: app.clinicPhone, view: this.view },
      rows: known.map((one) => emergencyRow(one, viewer)),
      doubtful: doubtful.map(({ emergency, requested }) => ({ id: emergency, requestedAt: new Date(requested) })),
      asking: asking.model,
      undertaking,
      reading: this.reading(now),
    } satisfies EmergenciesModel;
  }

  stop(): void {
    this.stopWatching();
    clearInterval(this.clock);
    this.opened = null;
  }

  private get view(): EmergencyView {
    const { role } = this.app.engine.session;
    return role === 'custodian' || role === 'compliance' ? role : 'care_staff';
  }

  private readonly actions: EmergenciesActions = {
    chrome: this.app.chromeActions,
    tryAgain: () => void this.load(),
    beginAsking: () => { this.asking.begin(); },
    stopAsking: () => { this.asking.stop(); },
    lookUp: (patient) => void this.asking.lookUp(patient),
    ask: (wish) => void this.asking.ask(wish).then(() => this.load()),
    release: (id) => void this.undertake('release', id as EmergencyId, (one) => this.emergencies.release(one)),
    close: (id, finding) => void this.undertake('close', id as EmergencyId, (one) => this.emergencies.close(one, finding)),
    read: (id) => void this.undertake('read', id as EmergencyId, (one) => this.read(one)),
    stopReading: () => {
      this.opened = null;
      this.draw();
    },
    acknowledgeKeys: (person) => void this.acknowledge(person),
    showAnyway: (entry) => {
      this.insisted.add(entry);
      this.draw();
    },
  };

  private async load(): Promise<void> {
    const fetch = (this.fetch += 1);
    try {
      await this.app.engine.ready;
      const lines = await this.emergencies.list();
      const known = new Map<EmergencyId, KnownEmergency>();
      for (const { emergency } of lines) {
        const verified = await this.verified(emergency);
        if (verified) known.set(emergency, verified);
      }
      if (fetch !== this.fetch) return;
      [this.lines, this.known, this.loading] = [lines, known, { state: 'ready' }];
      this.endWhatIsOver();
    } catch (error) {
      if (this.meets(error)) return;
      if (!(error instanceof ApiError || error instanceof Unreachable || error instanceof ProtocolError)) throw error;
      if (fetch === this.fetch && this.loading.state !== 'ready') {
        this.loading = { state: 'failed', reference: error instanceof ApiError ? error.code : null };
      }
    }
    this.draw();
  }

  /** Null where it does not verify: that is said on the page. */
  private async verified(emergency: EmergencyId): Promise<KnownEmergency | null> {
    try {
      return await this.emergencies.look(emergency);
    } catch (error) {
      if (error instanceof ProtocolError) return null;
      throw error;
    }
  }

  private async undertake(what: EmergencyDeed, on: EmergencyId, act: (id: EmergencyId) => Promise<void>): Promise<void> {
    this.undertaking = { what, on, trouble: null };
    this.draw();
    try {
      await act(on);
      this.undertaking = null;
    } catch (error) {
      if (this.meets(error)) return;
      this.undertaking = { what, on, trouble: troubleOf(error, this.app.people) };
    }
    await this.load();
  }

  private async read(id: EmergencyId): Promise<void> {
    const { session, directory, teams, verifier } = this.app.engine;
    const escrowed = await readEmergency({ session, directory, teams, verifier }, await this.emergencies.look(id));
    this.opened = { id, escrowed };
  }

  private reading(now: Date): EmergencyReading | null {
    const known = this.opened && this.known.get(this.opened.id);
    if (!this.opened || !known) return null;
    const { app, insisted } = this;
    const { readable, thread } = this.opened.escrowed;
    const conversation = { thread, readable, waiting: [], progress: new Map(), older: 'none', kept: false, readBefore: 0 } as const;
    const me = app.engine.session.account;
    const model = new ThreadModel({ conversation, people: app.people, me, insisted, checking: new Set(), offline: false });
    // Nothing can be done with a message here, not even with one's own from earlier.
    const entries = model.entries().map((entry) => (entry.type === 'message' ? { ...entry, mine: false, delivery: null } : entry));
    return { row: emergencyRow(known, { view: this.view, people: app.people, me, now }), id: readable.control.conversation, entries };
  }

  /** What was opened leaves the screen when its time is up, or compliance has closed it. */
  private endWhatIsOver(): void {
    const known = this.opened && this.known.get(this.opened.id);
    const before = this.element.model as EmergenciesModel | undefined;
    const viewer = { view: this.view, people: this.app.people, me: this.app.engine.session.account, now: new Date() };
    const states = before?.rows.map(({ id, state }) => [id, state] as const) ?? [];
    if (known && emergencyRow(known, viewer).state !== 'open') this.opened = null;
    const moved = states.some(([id, state]) => {
      const one = this.known.get(id as EmergencyId);
      return one && emergencyRow(one, viewer).state !== state;
    });
    if (moved) this.draw();
  }

  private async acknowledge(person: string): Promise<void> {
    await this.app.engine.acknowledge(accountOf(person), false);
    this.undertaking = null;
    this.draw();
  }

  /** An alarm, or a session that has ended, is the engine's to show, and ends everything here. */
  private meets(error: unknown): boolean {
    const ends = error instanceof Alarm || (error instanceof ApiError && error.status === 401);
    if (ends) this.app.engine.meet(error);
    return ends;
  }
}

export function emergencyPage(app: App): PageController {
  return new EmergencyController(app);
}
