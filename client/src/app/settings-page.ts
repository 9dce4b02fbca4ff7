/** /settings: oneself, reading, devices, locking and recovery, signing out. */

import { getDevices, signOutDevice, signOutOtherDevices, type DeviceAnswer } from '../api/self.ts';
import { ApiError } from '../api/http.ts';
import type { DeviceId } from '../protocol/ids.ts';
import { clinicCode, safetyCode, type SafetyCode } from '../protocol/safetyCode.ts';
import { storePreferences, type Preferences } from '../sync/preferences.ts';
import type { Profile } from '../views/models/join.ts';
import type { Device, Saving, SettingsActions, SettingsModel } from '../views/models/settings.ts';
import { SettingsPage } from '../views/pages/settings-page.ts';
import { t } from '../views/words.ts';
import type { App, PageController } from './app.ts';
import { EmergencyDeciding } from './settings-emergency.ts';
import { PasswordChanging } from './settings-password.ts';
import { RecoveryChanging } from './settings-recovery.ts';
import { SigningOut } from './settings-sign-out.ts';
import { Replacing } from './settings-stolen.ts';

const NO_PROFILE: Profile = { legalName: '', preferredName: '', pronouns: '', languageNote: '' };

class SettingsController implements PageController {
  readonly element = new SettingsPage();
  private loading: SettingsModel['loading'] = { state: 'loading' };
  private devices: readonly Device[] = [];
  private signingOutDevice: string | null = null;
  private codes: { readonly mine: SafetyCode; readonly clinic: SafetyCode } = { mine: [], clinic: [] };
  private saving: Saving = 'idle';
  private offline = false;
  private readonly redraw = (): void => { this.draw(); };
  private readonly emergency: EmergencyDeciding;
  private readonly password: PasswordChanging;
  private readonly recovery: RecoveryChanging;
  private readonly replacing: Replacing;
  private readonly signingOut: SigningOut;

  constructor(private readonly app: App) {
    this.emergency = new EmergencyDeciding(app, this.redraw);
    this.password = new PasswordChanging(app.engine, this.redraw);
    this.recovery = new RecoveryChanging(app.engine, this.redraw);
    this.replacing = new Replacing(app, this.redraw);
    this.signingOut = new SigningOut(app, this.redraw);
    this.element.actions = this.actions;
    void this.load();
  }

  draw(): void {
    this.comeBack();
    const { app, loading, devices, signingOutDevice, codes } = this;
    this.element.model = {
      ...{ chrome: app.chrome('settings'), now: new Date(), zones: app.zones, clinicPhone: app.clinicPhone },
      ...{ loading, devices, signingOutDevice, safetyCode: codes.mine, clinicCode: codes.clinic },
      signInName: app.engine.session.name,
      idleMinutes: app.preferences.idleMinutes,
      singleKeys: app.isCareStaff ? app.preferences.singleKeys : null,
      profile: app.face === 'patient' ? { written: this.profile, saving: this.saving } : null,
      emergencyChoice: this.emergency.state,
      password: this.password.state,
      recovery: this.recovery.state,
      stolen: this.replacing.state,
      signOut: this.signingOut.state,
    };
  }

  stop(): void {
    // What is under way here ends with its own answer.
  }

  private readonly actions: SettingsActions = {
    chrome: this.app.chromeActions,
    tryAgain: () => void this.load(),
    chooseLanguage: (language) => { this.app.chromeActions.chooseLanguage(language); },
    chooseIdle: (idleMinutes) => { this.prefer({ ...this.app.preferences, idleMinutes }); },
    chooseSingleKeys: (singleKeys) => { this.prefer({ ...this.app.preferences, singleKeys }); },
    saveProfile: (profile) => void this.saveProfile(profile),
    chooseEmergency: (optedIn) => void this.emergency.choose(optedIn),
    beginPasswordChange: () => { this.password.begin(); },
    cancelPasswordChange: () => { this.password.cancel(); },
    provePassword: (present) => void this.password.prove(present),
    judgePassword: (password) => void (this.replacing.isOpen ? this.replacing : this.password).judge(password),
    changePassword: (fresh) => void this.password.change(fresh),
    beginRecoveryChange: () => { this.recovery.begin(); },
    cancelRecoveryChange: () => { this.recovery.cancel(); },
    makeRecoveryCode: (present) => void this.recovery.make(present),
    checkRecoveryCode: (typed) => void this.recovery.check(typed),
    keepRecoveryCode: () => void this.recovery.keep(),
    beginStolen: () => { this.replacing.begin(); },
    cancelStolen: () => { this.replacing.cancel(); },
    goOnStolen: () => { this.replacing.goOn(); },
    chooseStolenPassword: (fresh) => void this.replacing.choosePassword(fresh),
    checkStolenCode: (typed) => void this.replacing.checkCode(typed),
    finishStolen: () => void this.replacing.finish(),
    signOutDevice: (device) => void this.signOutOf(device, () => signOutDevice(device as DeviceId)),
    signOutOthers: () => void this.signOutOf('others', signOutOtherDevices),
    signOut: () => void this.signingOut.ask(),
    decideWaiting: (choice) => void this.signingOut.decide(choice),
    cancelSignOut: () => { this.signingOut.cancel(); },
  };

  private get profile(): Profile {
    return this.app.people.profile(this.app.engine.session.account) ?? NO_PROFILE;
  }

  /** What could not be loaded without a connection opens by itself when there is one again. */
  private comeBack(): void {
    const offline = this.app.chrome('settings').connection !== 'online';
    const back = this.offline && !offline;
    this.offline = offline;
    if (back && this.loading.state === 'failed') void this.load();
  }

  private async load(): Promise<void> {
    const { account, chain, clinic } = this.app.engine.session;
    const { signing, sealing } = chain.current;
    try {
      const [mine, ofClinic] = await Promise.all([
        safetyCode(account, signing.bytes, sealing.id),
        clinicCode(clinic.clinic, clinic.key.bytes),
        this.loadDevices(),
        this.emergency.load(),
      ]);
      this.codes = { mine, clinic: ofClinic };
      this.loading = { state: 'ready' };
    } catch (error) {
      this.loading = { state: 'failed', reference: error instanceof ApiError ? error.code : null };
    }
    this.draw();
  }

  private async loadDevices(): Promise<void> {
    this.devices = (await getDevices()).map(shownDevice);
  }

  /** At once here; on the other devices as soon as it is stored. */
  private prefer(preferences: Preferences): void {
    this.app.setPreferences(preferences);
    storePreferences(this.app.engine.session, preferences).catch(() => { this.app.toast(t('settings.unreachable')); });
  }

  private async saveProfile({ legalName, preferredName, pronouns, languageNote }: Profile): Promise<void> {
    this.saving = 'working';
    this.draw();
    const profile = { legal_name: legalName, preferred_name: preferredName, pronouns, language_note: languageNote };
    try {
      await this.app.engine.patients.saveOwn(profile);
      this.saving = 'saved';
    } catch {
      this.saving = 'failed';
    }
    this.draw();
  }

  private async signOutOf(device: string, task: () => Promise<unknown>): Promise<void> {
    this.signingOutDevice = device;
    this.draw();
    try {
      await task();
      await this.loadDevices();
    } catch {
      this.app.toast(t('settings.unreachable'));
    }
    this.signingOutDevice = null;
    this.draw();
  }
}

function shownDevice({ device, label, created, last_seen: seen, current, open }: DeviceAnswer): Device {
  return { id: device, label, addedAt: new Date(created), lastSeenAt: new Date(seen), current, signedIn: open };
}

export function settingsPage(app: App): PageController {
  return new SettingsController(app);
}
