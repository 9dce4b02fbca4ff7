/** Emergency access, as a patient decides it: what it is, who the custodians are, what it costs. */
import { html, nothing, type TemplateResult } from 'lit';
import { icon } from '../icons.ts';
import type { EmergencyChoice, EmergencyDeed } from '../models/settings.ts';
import { notice } from '../parts/notices.ts';
import { joinNames, t, type WordKey } from '../words.ts';
import '../parts/dialog.ts';

const FAILURE_WORDS: Record<Extract<EmergencyDeed, { state: 'failed' }>['reason'], WordKey> = {
  unreachable: 'emergency_choice.unreachable',
  refused: 'emergency_choice.refused',
  newer_version: 'deed.newer_version',
  keys_wait: 'emergency_choice.keys_wait',
};

/** What it is and how it stands. Without custodians it cannot be switched on, and always off. */
export function emergencyPanel(choice: EmergencyChoice, ask: () => void): TemplateResult {
  const { optedIn, custodians, deed } = choice;
  const working = deed.state === 'working';
  const onClick = (): void => {
    if (!working) ask();
  };
  const button = html`<button class=${optedIn ? 'btn btn--stop' : 'btn'} type="button" aria-disabled=${working ? 'true' : 'false'} @click=${onClick}>
    ${working ? t('settings.saving') : t(optedIn ? 'emergency_choice.switch_off' : 'emergency_choice.switch_on')}
  </button>`;
  return html`<div class="panel panel__body stack">
    <p>${t('emergency_choice.what')}</p>
    <ul class="plain-list">
      <li>${t('emergency_choice.told')}</li>
      <li>${t('emergency_choice.from_now')}</li>
      <li>${t('emergency_choice.without')}</li>
    </ul>
    ${custodians.length === 0 ? notice({ tone: 'honey', icon: 'users', body: t(optedIn ? 'emergency_choice.nobody_left' : 'emergency_choice.nobody') }) : people(choice)}
    <div class="setrow">
      <p>
        ${optedIn ? html`<span class="tag tag--pine">${icon('check', 'small')}${t('emergency_choice.on')}</span>` : html`<span class="tag">${t('emergency_choice.off')}</span>`}
      </p>
      ${optedIn || custodians.length > 0 ? button : nothing}
    </div>
    ${deedNotice(deed)}
  </div>`;
}

function people({ custodians }: EmergencyChoice): TemplateResult {
  return html`<p>${t('emergency_choice.custodians', { names: joinNames(custodians.map(({ name }) => name)) })}</p>
    <p class="quiet small">${t('emergency_choice.trust')}</p>`;
}

function deedNotice(deed: EmergencyDeed): TemplateResult | typeof nothing {
  if (deed.state === 'failed') return notice({ tone: 'honey', icon: 'alert', body: t(FAILURE_WORDS[deed.reason]), urgent: true });
  if (deed.state === 'idle' || deed.all === 0) return nothing;
  return html`<p class="quiet small" role="status">${t('deed.progress', { done: deed.done, count: deed.all })}</p>`;
}

/** Asks before it is switched on or off, and says what that does and what it does not. */
export function emergencyDialog({ optedIn }: EmergencyChoice, choose: (optedIn: boolean) => void, close: () => void): TemplateResult {
  const body = optedIn
    ? html`<p>${t('emergency_choice.off_from_now')}</p>
        <p>${t('emergency_choice.off_until_now')}</p>`
    : html`<p>${t('emergency_choice.on_from_now')}</p>
        <p>${t('emergency_choice.trust')}</p>`;
  const foot = html`<button
      class=${optedIn ? 'btn btn--stop' : 'btn btn--main'}
      type="button"
      @click=${() => {
        choose(!optedIn);
      }}
    >
      ${t(optedIn ? 'emergency_choice.switch_off' : 'emergency_choice.switch_on')}</button
    ><button class="btn" type="button" @click=${close}>${t('dialog.keep')}</button>`;
  const heading = t(optedIn ? 'emergency_choice.off_title' : 'emergency_choice.on_title');
  return html`<modal-dialog .heading=${heading} .body=${body} .foot=${foot} @dismiss=${close}></modal-dialog>`;
}
