/** Where the person is signed in. */
import { html, nothing, type TemplateResult } from 'lit';
import { icon, type IconName } from '../icons.ts';
import type { Device, SettingsActions, SettingsModel } from '../models/settings.ts';
import { longDay, timeElement, weekdayTime } from '../times.ts';
import { verb } from '../parts/verb.ts';
import { rich, sentenceGap, t } from '../words.ts';

/** Every device; each but this one can be signed out. */
export function devicesList(model: SettingsModel, actions: SettingsActions, askOthers: () => void): TemplateResult {
  const others = model.devices.filter((device) => !device.current && device.signedIn);
  return html`<ul class="panel rows" role="list">
      ${model.devices.map((device) => html`<li class="setrow">${deviceRow(device, model, actions)}</li>`)}
    </ul>
    ${others.length === 0 ? nothing : html`<button class="btn btn--stop" type="button" aria-disabled=${model.signingOutDevice === 'others' ? 'true' : 'false'} @click=${askOthers}>${t('devices.sign_out_others')}</button>`}`;
}

function deviceRow(device: Device, model: SettingsModel, actions: SettingsActions): TemplateResult {
  const seen = timeElement(device.lastSeenAt, weekdayTime(device.lastSeenAt, model.now, model.zones));
  const state = device.current
    ? t('devices.open_now')
    : device.signedIn
      ? rich('devices.last_open', { time: seen })
      : t('devices.signed_out');
  return html`<span class="row row--nw top"
      >${icon(deviceIcon(device.label), 'large')}<span
        ><b>${device.label}</b> ${device.current ? html`<span class="tag tag--pine">${t('devices.this_one')}</span>` : nothing}<br /><span
          class="quiet small"
          >${t('devices.added', { day: longDay(device.addedAt, model.now, model.zones) })}${sentenceGap()}${state}</span
        ></span
      ></span
    >${device.current || !device.signedIn ? nothing : signOutButton(device, model, actions)}`;
}

function signOutButton({ id, label }: Device, { signingOutDevice }: SettingsModel, actions: SettingsActions): TemplateResult {
  const working = signingOutDevice === id || signingOutDevice === 'others';
  const signOut = (): void => {
    if (!working) actions.signOutDevice(id);
  };
  return html`<button class="btn" type="button" aria-disabled=${working ? 'true' : 'false'} @click=${signOut}>
    ${verb(working ? t('devices.signing_out') : t('settings.sign_out'), label)}
  </button>`;
}

/** A drawing only: phones and tablets say so themselves. */
function deviceIcon(label: string): IconName {
  return /android|iphone|ipad|phone|tablet/i.test(label) ? 'device' : 'laptop';
}

/** Asked before every other device loses its session. */
export function signOutOthersDialog(signOut: () => void, close: () => void): TemplateResult {
  const foot = html`<button class="btn btn--stop" type="button" @click=${signOut}>${t('devices.sign_out_others')}</button
    ><button class="btn" type="button" @click=${close}>${t('dialog.keep')}</button>`;
  return html`<modal-dialog
    .heading=${t('devices.others_title')}
    .body=${html`<p>${t('devices.others_body')}</p>`}
    .foot=${foot}
    @dismiss=${close}
  ></modal-dialog>`;
}
