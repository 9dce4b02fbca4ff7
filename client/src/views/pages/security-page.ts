/** What is promised, what is not, and what anybody can check; readable without signing in. */
import { html, nothing, type TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { BetweenPage } from '../element.ts';
import type { ClinicTrust, SecurityActions, SecurityModel, SeenCheckpoint } from '../models/security.ts';
import { pageFrame } from '../parts/chrome.ts';
import { codeGroups } from '../parts/code.ts';
import { joinFrame } from '../parts/door-frame.ts';
import { weekdayTime } from '../times.ts';
import { currentLanguage, t, type WordKey } from '../words.ts';

const PROMISES: readonly WordKey[] = [
  'security.promise_locked',
  'security.promise_forge',
  'security.promise_readers',
  'security.promise_noticed',
];
const LIMITS: readonly WordKey[] = [
  'security.limit_code',
  'security.limit_reader',
  'security.limit_password',
  'security.limit_clinic',
  'security.limit_learns',
];

/** `<security-page .model .actions>` */
@customElement('security-page')
export class SecurityPage extends BetweenPage {
  protected readonly titleWords = 'page.security';
  @property({ attribute: false }) model!: SecurityModel;
  @property({ attribute: false }) actions!: SecurityActions;

  protected override render(): TemplateResult {
    const { chrome, door } = this.model;
    const { chrome: chromeActions } = this.actions;
    if (chrome === null || chromeActions === null) return joinFrame(door, this.actions.door, this.#content());
    const content = html`<div class=${chrome.face === 'patient' ? 'page' : 'work work--narrow'}>${this.#content()}</div>`;
    return pageFrame({ chrome, actions: chromeActions, content });
  }

  #content(): TemplateResult {
    const { clinic, checkpoint } = this.model;
    return html`<header class="page__head">
        <h1>${t('security.title')}</h1>
        <p>${t('security.lead')}</p>
      </header>
      ${this.#list('security.promises', PROMISES, t('security.promises_if'))} ${this.#list('security.limits', LIMITS)} ${this.#program()}
      ${clinic === null ? nothing : clinicPanel(clinic)} ${this.#checkpoint(checkpoint)}
      ${this.model.chrome === null ? html`<p><a class="tapline" href="/sign-in">${t('security.to_sign_in')}</a></p>` : nothing}`;
  }

  #list(title: WordKey, lines: readonly WordKey[], foot = ''): TemplateResult {
    return html`<section class="home__sec">
      <h2>${t(title)}</h2>
      <div class="panel panel__body stack">
        <ul class="plain-list">
          ${lines.map((line) => html`<li>${t(line)}</li>`)}
        </ul>
        ${foot === '' ? nothing : html`<p class="quiet">${foot}</p>`}
      </div>
    </section>`;
  }

  #program(): TemplateResult {
    const { bundle } = this.model;
    return html`<section class="home__sec">
      <h2>${t('security.program')}</h2>
      <div class="panel panel__body stack">
        <p>${t('security.program_body')}</p>
        ${bundle === null ? html`<p class="quiet">${t('security.program_unknown')}</p>` : html`<p><code dir="ltr">${bundle}</code></p>`}
        <p class="quiet small">${t('security.program_check')}</p>
      </div>
    </section>`;
  }

  #checkpoint(checkpoint: SeenCheckpoint | null): TemplateResult {
    return html`<section class="home__sec">
      <h2>${t('security.log')}</h2>
      <div class="panel panel__body stack">
        <p>${t('security.log_body')}</p>
        ${checkpoint === null ? html`<p class="quiet">${t('security.log_unseen')}</p>` : this.#seen(checkpoint)}
      </div>
    </section>`;
  }

  #seen({ origin, size, root, seenAt }: SeenCheckpoint): TemplateResult {
    const entries = new Intl.NumberFormat(currentLanguage()).format(size);
    return html`<dl class="facts">
      <dt>${t('security.log_origin')}</dt>
      <dd><code dir="ltr">${origin}</code></dd>
      <dt>${t('security.log_size')}</dt>
      <dd class="num">${entries}</dd>
      <dt>${t('security.log_root')}</dt>
      <dd><code dir="ltr">${root}</code></dd>
      <dt>${t('security.log_seen')}</dt>
      <dd>${weekdayTime(seenAt, this.model.now, this.model.zones)}</dd>
    </dl>`;
  }
}

function clinicPanel({ name, code, logKey }: ClinicTrust): TemplateResult {
  return html`<section class="home__sec">
    <h2>${name}</h2>
    <div class="panel panel__body stack">
      <h3>${t('clinic.code')}</h3>
      ${codeGroups(code, t('clinic.code'))}
      <p class="quiet">${t('settings.clinic_code_use')}</p>
      <h3>${t('security.log_key')}</h3>
      <p><code dir="ltr">${logKey}</code></p>
    </div>
  </section>`;
}

declare global {
  interface HTMLElementTagNameMap {
    'security-page': SecurityPage;
  }
}
