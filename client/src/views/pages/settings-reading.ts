/** Language, letters, colours and keys. */
import { html, nothing, type TemplateResult } from 'lit';
import type { SettingsActions, SettingsModel } from '../models/settings.ts';
import { contrastSwitch, textSizePicker, themePicker } from '../parts/appearance.ts';
import { segments } from '../parts/segments.ts';
import { currentLanguage, LANGUAGES, t } from '../words.ts';

/** How everything is written and drawn on this device. */
export function readingPanel(model: SettingsModel, actions: SettingsActions): TemplateResult {
  const { appearance } = model.chrome;
  const choose = actions.chrome.chooseAppearance.bind(actions.chrome);
  const languages = LANGUAGES.map(({ code, name }) => ({ value: code, label: html`<span lang=${code}>${name}</span>` }));
  const language = segments({ name: 'language', legend: t('languages.label'), options: languages, chosen: currentLanguage() }, (chosen) => {
    actions.chooseLanguage(chosen);
  });
  return html`<div class="panel panel__body stack stack-l">
    ${labelled(t('languages.label'), language)} ${labelled(t('appearance.text_size'), textSizePicker(appearance, choose))}
    ${labelled(t('appearance.colours'), themePicker(appearance, choose))} ${contrastSwitch(appearance, choose)}
    ${model.singleKeys === null ? nothing : keysSwitch(model.singleKeys, actions)}
  </div>`;
}

/** The words stand above; the group inside carries the same words for screen readers. */
function labelled(words: string, control: TemplateResult): TemplateResult {
  return html`<div class="field"><span class="label" aria-hidden="true">${words}</span>${control}</div>`;
}

function keysSwitch(on: boolean, actions: SettingsActions): TemplateResult {
  const flip = (event: Event): void => {
    actions.chooseSingleKeys((event.target as HTMLInputElement).checked);
  };
  return html`<div class="setrow">
    <div>
      <b id="keys-label">${t('settings.single_keys')}</b>
      <p class="quiet small">${t('settings.single_keys_hint')}</p>
    </div>
    <span class="switch"
      ><input type="checkbox" role="switch" aria-labelledby="keys-label" .checked=${on} @change=${flip} /><span></span
    ></span>
  </div>`;
}
