/** /settings: what a person decides about their account and this device. */

import { getDevices, signOutDevice, signOutOtherDevices, type DeviceAnswer } from '../api/self.ts';
import { ApiError } from '../api/http.ts';
import type { DeviceId } from '../protocol/ids.ts';
import { clinicCode, safetyCode, type SafetyCode } from '../protocol/safetyCode.ts';
import { storePreferences, type Preferences } from '../sync/preferences.ts';
import type { Loading } from '../views/models/home.ts';
import type { Profile } from '../views/models/join.ts';
import type { Device, Saving, SettingsActions, SettingsModel } from '../views/models/settings.ts';
import { SettingsPage } from '../views/pages/settings-page.ts';
import { speak, type Language } from '../views/words.ts';
import type { App, PageController } from './app.ts';
import { CredentialChanges } from './credential-changes.ts';
import { profileModel } from './people.ts';
import { Leaving } from './leaving.ts';

const NO_PROFILE: Profile = { legalName: '', preferredName: '', pronouns: '', languageNote: '' };

class SettingsController implements PageController {
  readonly element = new SettingsPage();
  private loading: Loading = { state: 'loading' };
  private devices: readonly DeviceAnswer[] = [];
  private signingOutDevice: string | null = null;
  private saving: Saving = 'idle';
  private own: SafetyCode = [];
  private clinic: SafetyCode = [];
  private readonly credentials: CredentialChanges;
  private readonly leaving: Leaving;

  constructor(private readonly app: App) {
    this.credentials = new CredentialChanges(app, () => { this.draw(); });
    this.leaving = new Leaving(app, () => { this.draw(); });
    this.element.actions = this.actions();
    void this.load();
  }

  draw(): void {
    const { app } = this;
    const { session, patients } = app.engine;
    const profile = patients.get(session.account)?.profile;
    const written = profile ? profileModel(profile) : NO_PROFILE;
    this.element.model = {
      chrome: app.chrome('settings'),
      ...{ loading: this.loading, now: new Date(), zones: app.zones, clinicPhone: app.clinicPhone },
      signInName: session.name,
      idleMinutes: app.preferences.idleMinutes,
      singleKeys: app.isCareStaff ? app.preferences.singleKeys : null,
      profile: app.face === 'patient' ? { written, saving: this.saving } : null,
      ...this.credentials.model,
      devices: this.devices.map(deviceModel),
      signingOutDevice: this.signingOutDevice,
      safetyCode: this.own,
      clinicCode: this.clinic,
      signOut: this.leaving.model,
    } satisfies SettingsModel;
  }

  stop(): void {
    this.credentials.forget();
  }

  private actions(): SettingsActions {
    const { app, credentials, leaving } = this;
    return {
      chrome: app.chromeActions,
      tryAgain: () => void this.load(),
      chooseLanguage: (language) => { this.chooseLanguage(language); },
      chooseIdle: (idleMinutes) => void this.prefer({ ...app.preferences, idleMinutes }),
      chooseSingleKeys: (singleKeys) => void this.prefer({ ...app.preferences, singleKeys }),
      saveProfile: (profile) => void this.saveProfile(profile),
      ...credentials.actions,
      signOutDevice: (device) => void this.endDevice(device, () => signOutDevice(device as DeviceId)),
      signOutOthers: () => void this.endDevice('others', signOutOtherDevices),
      signOut: () => void leaving.begin(),
      decideWaiting: (choice) => void leaving.decide(choice),
      cancelSignOut: () => { leaving.cancel(); },
    };
  }

  private async load(): Promise<void> {
    const { session } = this.app.engine;
    try {
      const { signing, sealing } = session.chain.current;
      this.own = await safetyCode(session.account, signing.bytes, sealing.id);
      this.clinic = await clinicCode(session.clinic.clinic, session.clinic.key.bytes);
      this.devices = await getDevices();
      this.loading = { state: 'ready' };
    } catch (error) {
      this.loading = { state: 'failed', reference: error instanceof ApiError ? error.code : null };
    }
    this.draw();
  }

  private chooseLanguage(language: Language): void {
    void speak(language).then(() => { this.app.chromeActions.chooseLanguage(language); });
  }

  private async prefer(preferences: Preferences): Promise<void> {
    this.app.setPreferences(preferences);
    await storePreferences(this.app.engine.session, preferences).catch(() => undefined);
  }

  private async saveProfile({ legalName, preferredName, pronouns, languageNote }: Profile): Promise<void> {
    this.save('working');
    try {
      const profile = { legal_name: legalName, preferred_name: preferredName, pronouns, language_note: languageNote };
      await this.app.engine.patients.saveOwn(profile);
      this.save('saved');
    } catch {
      this.save('failed');
    }
  }

  private save(saving: Saving): void {
    this.saving = saving;
    this.draw();
  }

  private async endDevice(name: string, end: () => Promise<null>): Promise<void> {
    this.signingOutDevice = name;
    this.draw();
    await end().catch(() => null);
    this.signingOutDevice = null;
    await this.load();
  }
}

function deviceModel({ device, label, created, last_seen, current, open }: DeviceAnswer): Device {
  return { id: device, label, addedAt: new Date(created), lastSeenAt: new Date(last_seen), current, signedIn: open };
}

export function settingsPage(app: App): PageController {
  return new SettingsController(app);
}
