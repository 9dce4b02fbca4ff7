/** Light or dark, how big the letters are, how strong the contrast. */
import { html, type TemplateResult } from 'lit';
import { icon } from '../icons.ts';
import type { Appearance, Contrast, TextSize, Theme } from '../models/chrome.ts';
import { t, type WordKey } from '../words.ts';
import { segments } from './segments.ts';

type Choose = (appearance: Appearance) => void;

const THEME_WORDS: Record<Theme, WordKey> = { system: 'appearance.system', light: 'appearance.light', dark: 'appearance.dark' };
const SIZE_WORDS: Record<TextSize, WordKey> = { normal: 'appearance.normal', large: 'appearance.large', largest: 'appearance.largest' };
const SIZE_CLASS: Record<TextSize, string> = { normal: '', large: 'ts-l', largest: 'ts-xl' };

/** Writes the choice where the style sheet reads it. Keeping it is somebody else's business. */
export function applyAppearance(root: HTMLElement, { theme, textSize, contrast }: Appearance): void {
  setOrDrop(root, 'theme', theme === 'system' ? null : theme);
  setOrDrop(root, 'text', textSize === 'normal' ? null : textSize);
  setOrDrop(root, 'contrast', contrast === 'system' ? null : contrast);
}

function setOrDrop(root: HTMLElement, name: string, value: string | null): void {
  if (value === null) root.removeAttribute(`data-${name}`);
  else root.setAttribute(`data-${name}`, value);
}

/** One button that turns light to dark and back. */
export function themeToggle(appearance: Appearance, choose: Choose): TemplateResult {
  const toggle = (): void => {
    const dark = appearance.theme === 'system' ? matchMedia('(prefers-color-scheme: dark)').matches : appearance.theme === 'dark';
    choose({ ...appearance, theme: dark ? 'light' : 'dark' });
  };
  return html`<button class="btn btn--plain btn--icon tool--theme" type="button" aria-label=${t('appearance.toggle')} @click=${toggle}>
    ${icon('sun')}
  </button>`;
}

/** Colours: as the device, light, dark. */
export function themePicker(appearance: Appearance, choose: Choose): TemplateResult {
  const options = (['system', 'light', 'dark'] as const).map((value) => ({ value, label: t(THEME_WORDS[value]) }));
  return segments({ name: 'theme', legend: t('appearance.colours'), options, chosen: appearance.theme }, (theme) => {
    choose({ ...appearance, theme });
  });
}

/** Text size: each choice is written in its own size. */
export function textSizePicker(appearance: Appearance, choose: Choose): TemplateResult {
  const options = (['normal', 'large', 'largest'] as const).map((value) => ({
    value,
    label: html`<span class=${SIZE_CLASS[value]}>${t(SIZE_WORDS[value])}</span>`,
  }));
  return segments({ name: 'text-size', legend: t('appearance.text_size'), options, chosen: appearance.textSize }, (textSize) => {
    choose({ ...appearance, textSize });
  });
}

/** Stronger contrast, whatever the device says. */
export function contrastSwitch(appearance: Appearance, choose: Choose): TemplateResult {
  const flip = (event: Event): void => {
    const contrast: Contrast = (event.target as HTMLInputElement).checked ? 'more' : 'system';
    choose({ ...appearance, contrast });
  };
  return html`<div class="setrow">
    <div>
      <b id="contrast-label">${t('appearance.contrast')}</b>
      <p class="quiet small">${t('appearance.contrast_hint')}</p>
    </div>
    <span class="switch"
      ><input
        type="checkbox"
        role="switch"
        aria-labelledby="contrast-label"
        .checked=${appearance.contrast === 'more'}
        @change=${flip} /><span></span
    ></span>
  </div>`;
}
