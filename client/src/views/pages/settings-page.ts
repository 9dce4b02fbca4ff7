/** Settings: oneself, reading, devices, locking and recovery, safety codes, signing out. */
import { html, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { BetweenPage } from '../element.ts';
import type { SettingsActions, SettingsModel } from '../models/settings.ts';
import { pageFrame } from '../parts/chrome.ts';
import { codeGroups } from '../parts/code.ts';
import { errorState, skeleton } from '../parts/loading.ts';
import { t, type WordKey } from '../words.ts';
import { devicesList, signOutOthersDialog } from './settings-devices.ts';
import { emergencyDialog, emergencyPanel } from './settings-emergency.ts';
import { lockingRows } from './settings-locking.ts';
import { profilePanel } from './settings-profile.ts';
import { readingPanel } from './settings-reading.ts';
import { signOutDialog } from './settings-sign-out.ts';
import { stolenSteps } from './settings-stolen.ts';
import '../parts/dialog.ts';

/** `<settings-page .model .actions>` */
@customElement('settings-page')
export class SettingsPage extends BetweenPage {
  protected readonly titleWords = 'page.settings';
  @property({ attribute: false }) model!: SettingsModel;
  @property({ attribute: false }) actions!: SettingsActions;
  @state() private askingOthers = false;
  /** Emergency access is asked about before it is switched on or off. */
  @state() private askingEmergency = false;

  /** Each step of an undertaking begins at its title, for eyes and ears alike. */
  protected override updated(changed: PropertyValues): void {
    super.updated(changed);
    const before = changed.get('model') as SettingsModel | undefined;
    if (before === undefined || undertakings(before) === undertakings(this.model)) return;
    this.querySelector<HTMLElement>('[data-step-title]')?.focus();
  }

  protected override render(): TemplateResult {
    const { model, actions } = this;
    const content = html`${this.#content()} ${signOutDialog(model.signOut, actions)} ${this.askingOthers ? this.#othersDialog() : nothing}
    ${this.#emergencyDialog()}`;
    return pageFrame({ chrome: model.chrome, actions: actions.chrome, content });
  }

  #content(): TemplateResult {
    const { model, actions } = this;
    if (model.stolen.step !== 'closed') return this.#page(stolenSteps(model, actions));
    const head = html`<header class="page__head"><h1>${t('places.settings')}</h1></header>`;
    if (model.loading.state === 'loading') return this.#page(html`${head}${skeleton(t('settings.loading'), 4)}`);
    if (model.loading.state === 'failed') return this.#page(html`${head}${this.#failed(model.loading.reference)} ${this.#leaving()}`);
    return this.#page(html`${head}${this.#sections()}`);
  }

  /** One column for both faces. */
  #page(content: TemplateResult): TemplateResult {
    return html`<div class=${this.model.chrome.face === 'patient' ? 'page' : 'work work--narrow'}>${content}</div>`;
  }

  #failed(reference: string | null): TemplateResult {
    const { clinicPhone } = this.model;
    const offline = this.model.chrome.connection !== 'online';
    const failure = { title: t('settings.failed'), offline, ...(reference ? { reference } : {}), ...(clinicPhone ? { clinicPhone } : {}) };
    return errorState(failure, () => {
      this.actions.tryAgain();
    });
  }

  #sections(): TemplateResult {
    const { model, actions } = this;
    const askOthers = (): void => {
      this.askingOthers = true;
    };
    const askEmergency = (): void => {
      this.askingEmergency = true;
    };
    return html`${model.profile ? section('about', 'settings.about', profilePanel(model.profile, actions)) : nothing}
      ${model.emergencyChoice ? section('emergency', 'emergency_choice.title', emergencyPanel(model.emergencyChoice, askEmergency)) : nothing}
      ${section('reading', 'settings.reading', readingPanel(model, actions))}
      ${section('devices', 'settings.devices', devicesList(model, actions, askOthers))}
      ${section('locking', 'settings.locking', lockingRows(model, actions))} ${section('codes', 'settings.codes', this.#codes())}
      ${this.#leaving()}`;
  }

  /** Leaving works whatever else does not. */
  #leaving(): TemplateResult {
    return html`<section class="home__sec" aria-labelledby="leave-title">
      <h2 id="leave-title">${t('settings.leave')}</h2>
      <div class="panel panel__body setrow">
        <p>${t('settings.signed_in_as', { name: this.model.signInName })}</p>
        <button
          class="btn"
          type="button"
          @click=${() => {
            this.actions.signOut();
          }}
        >
          ${t('settings.sign_out')}
        </button>
      </div>
      <p class="small"><a class="tapline" href="/security">${t('settings.security_link')}</a></p>
    </section>`;
  }

  #codes(): TemplateResult {
    const { safetyCode, clinicCode } = this.model;
    return html`<div class="panel panel__body stack">
      <h3>${t('settings.my_code')}</h3>
      <p class="quiet">${t('settings.my_code_use')}</p>
      ${codeGroups(safetyCode, t('settings.my_code'))}
      <h3>${t('clinic.code')}</h3>
      <p class="quiet">${t('settings.clinic_code_use')}</p>
      ${codeGroups(clinicCode, t('clinic.code'))}
    </div>`;
  }

  #emergencyDialog(): TemplateResult | typeof nothing {
    const choice = this.model.emergencyChoice;
    if (!choice || !this.askingEmergency) return nothing;
    const close = (): void => {
      this.askingEmergency = false;
    };
    const choose = (optedIn: boolean): void => {
      close();
      this.actions.chooseEmergency(optedIn);
    };
    return emergencyDialog(choice, choose, close);
  }

  #othersDialog(): TemplateResult {
    const close = (): void => {
      this.askingOthers = false;
    };
    const signOut = (): void => {
      close();
      this.actions.signOutOthers();
    };
    return signOutOthersDialog(signOut, close);
  }
}

function section(id: string, words: WordKey, content: TemplateResult): TemplateResult {
  return html`<section class="home__sec" id=${id} aria-labelledby="${id}-title">
    <h2 id="${id}-title">${t(words)}</h2>
    ${content}
  </section>`;
}

/** Where each undertaking stands, as one word to compare. */
function undertakings({ password, recovery, stolen }: SettingsModel): string {
  return [password.step, recovery.step, stolen.step].join();
}

declare global {
  interface HTMLElementTagNameMap {
    'settings-page': SettingsPage;
  }
}
