/** A page for somebody who is in: one engine, and the views of every address around it. */

import { endSession, setLanguage } from '../api/self.ts';
import type { Service } from '../api/doors.ts';
import { IdleWatch } from '../keystore/idle.ts';
import { CARE_STAFF } from '../protocol/kinds/invitation.ts';
import type { Engine } from '../sync/engine.ts';
import { loadPreferences, FIRST_PREFERENCES, type Preferences } from '../sync/preferences.ts';
import { forgetWrapped } from '../sync/resume.ts';
import type { AskedTerms } from '../views/models/ask.ts';
import type { ChromeActions, ChromeModel, Place, Toast } from '../views/models/chrome.ts';
import { browserZone, type Zones } from '../views/times.ts';
import { currentLanguage, onLanguageChange } from '../views/words.ts';
import { Observable } from '../sync/observable.ts';
import { ToldEmergencies } from '../sync/told-emergencies.ts';
import { toTheLock } from './journey.ts';
import { People } from './people.ts';
import { appearance, chooseAppearance, chooseLanguage, type Shell } from './shell.ts';

/** What one address shows. */
export interface PageController {
  /** Put on the page once it has a model. */
  readonly element: HTMLElement & { readonly model?: object };
  /** Something it shows has changed. */
  draw(): void;
  /** The person goes elsewhere. */
  stop(): Promise<void> | void;
}

/** Of the service, as far as it answered: the clinic's telephone number and time zone. */
type ServiceFacts = Pick<Service, 'clinic_phone' | 'time_zone'>;

const MINUTE = 60_000;
const TOAST_STAYS = 8_000;
/** A page that has just begun is not one that lost its connection. */
const PATIENCE_TO_CONNECT = 4_000;

export class App extends Observable {
  readonly people: People;
  /** Null for staff. */
  readonly told: ToldEmergencies | null;
  preferences: Preferences = FIRST_PREFERENCES;
  private asked: AskedTerms | null = null;
  private facts: ServiceFacts = { clinic_phone: null, time_zone: null };
  private toasts: readonly Toast[] = [];
  private readonly undoing = new Map<string, () => void>();
  private locksIn: number | null = null;
  private readonly idle: IdleWatch;
  private leaving = false;
  private connecting = true;

  constructor(
    readonly shell: Shell,
    readonly engine: Engine,
    /** Goes to another address of the application. */
    readonly navigate: (path: string) => void,
  ) {
    super();
    this.people = new People(engine);
    this.told = this.face === 'patient' ? new ToldEmergencies(engine) : null;
    this.told?.watch(() => { this.changed(); });
    this.idle = new IdleWatch(this.preferences.idleMinutes * MINUTE, {
      asking: (seconds) => { this.ask(seconds); },
      lock: () => void this.lock(this.preferences.idleMinutes),
      used: () => { engine.tell({ what: 'active' }); },
    });
    engine.onActiveElsewhere = () => { this.idle.usedElsewhere(); };
    for (const part of [engine, engine.list, engine.patients, engine.renewal]) part.watch(() => { this.changed(); });
    onLanguageChange(() => { this.changed(); });
    setTimeout(() => {
      this.connecting = false;
      this.changed();
    }, PATIENCE_TO_CONNECT);
    void this.load();
  }

  /** Goes to the form in which a patient decides, with what was asked of them in it. */
  decide(asked: AskedTerms): void {
    this.asked = asked;
    this.navigate('/who-can-read');
  }

  /** What is to be decided, once. */
  takeAsked(): AskedTerms | null {
    const { asked } = this;
    this.asked = null;
    return asked;
  }

  private get connection(): ChromeModel['connection'] {
    const { connection } = this.engine;
    return connection === 'reconnecting' && this.connecting ? 'online' : connection;
  }

  get zones(): Zones {
    return { reader: browserZone(), clinic: this.facts.time_zone ?? browserZone() };
  }

  get clinicPhone(): string | null {
    return this.facts.clinic_phone;
  }

  get isCareStaff(): boolean {
    return CARE_STAFF.has(this.engine.session.role);
  }

  get face(): 'patient' | 'staff' {
    return this.engine.session.role === 'patient' ? 'patient' : 'staff';
  }

  chrome(place: Place): ChromeModel {
    const { engine, locksIn, toasts } = this;
    const unread = engine.list.conversations.reduce((sum, { row }) => sum + (row ? Math.max(0, row.last_sequence - row.read) : 0), 0);
    return {
      ...{ face: this.face, place, places: this.places, unread, locksIn, toasts },
      clinicName: engine.session.clinic.name,
      me: this.people.me,
      connection: this.connection,
      emergency: { number: this.shell.emergencyNumber },
      appearance: appearance(),
    };
  }

  readonly chromeActions: ChromeActions = {
    lock: () => void this.lock(),
    stayOpen: () => { this.idle.use(); },
    chooseAppearance: (chosen) => {
      chooseAppearance(chosen);
      this.changed();
    },
    chooseLanguage: (language) => {
      void chooseLanguage(language).then(() => setLanguage(currentLanguage()).catch(() => undefined));
    },
    dismissToast: (id) => { this.dismiss(id); },
    undoToast: (id) => {
      this.undoing.get(id)?.();
      this.dismiss(id);
    },
  };

  /** A short note; `undo` is offered under the given word. */
  toast(text: string, undo?: { readonly word: string; readonly run: () => void }): void {
    const id = crypto.randomUUID();
    this.toasts = [...this.toasts, undo ? { id, text, undo: undo.word } : { id, text }];
    if (undo) this.undoing.set(id, undo.run);
    setTimeout(() => { this.dismiss(id); }, TOAST_STAYS);
    this.changed();
  }

  setPreferences(preferences: Preferences): void {
    this.preferences = preferences;
    this.idle.setPatience(preferences.idleMinutes * MINUTE);
    this.changed();
  }

  /** Locks: the server forgets its half, this device what was wrapped; what waits stays here, encrypted. `idleMinutes` where nobody did it by hand. */
  async lock(idleMinutes: number | null = null): Promise<void> {
    if (!this.leave()) return;
    const { session } = this.engine;
    this.engine.tell({ what: 'locked' });
    await this.engine.stop();
    await forgetWrapped(session.database, session.label);
    await endSession('lock').catch(() => undefined);
    toTheLock(idleMinutes);
  }

  /** True once: whoever is first leaves. */
  leave(): boolean {
    const first = !this.leaving;
    this.leaving = true;
    this.idle.stop();
    return first;
  }

  /** Where this person can go; custodians and compliance have emergency access alone. */
  get places(): readonly Place[] {
    if (this.face === 'patient') return ['messages', 'who_can_read', 'settings'];
    if (this.isCareStaff) return ['inbox', 'emergency', 'clinic', 'settings'];
    return this.engine.session.role === 'administrator' ? ['clinic', 'settings'] : ['emergency', 'settings'];
  }

  /** The first page of whoever is here. */
  get first(): string {
    const { places } = this;
    if (places.includes('messages')) return '/home';
    if (places.includes('inbox')) return '/inbox';
    return places.includes('clinic') ? '/clinic' : '/emergency';
  }

  private async load(): Promise<void> {
    const { engine } = this;
    void engine.service().then((facts) => {
      this.facts = facts;
      this.changed();
    }, () => undefined);
    this.setPreferences(await loadPreferences(engine.session));
    await engine.ready;
    void this.told?.load();
    if (this.face === 'patient') await engine.patients.loadOwn().catch(() => undefined);
    else if (this.isCareStaff) await engine.patients.load();
  }

  private ask(seconds: number | null): void {
    this.locksIn = seconds;
    this.changed();
  }

  private dismiss(id: string): void {
    this.undoing.delete(id);
    this.toasts = this.toasts.filter((toast) => toast.id !== id);
    this.changed();
  }
}
