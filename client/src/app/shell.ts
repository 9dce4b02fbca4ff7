/** The page's own shell: the element to draw in, what the server wrote beside it, language and look. */

import { applyAppearance } from '../views/parts/appearance.ts';
import type { Appearance, Contrast, TextSize, Theme } from '../views/models/chrome.ts';
import { currentLanguage, speak, type Language } from '../views/words.ts';

const ONE_YEAR = 365 * 86_400;

/** What the shell says about the service, before anything was asked. */
export interface Shell {
  readonly root: HTMLElement;
  readonly emergencyNumber: string;
  /** SHA-256 over every file of the client, hexadecimal. */
  readonly bundle: string | null;
}

/** Finds the shell and begins to speak its language. */
export async function openShell(): Promise<Shell> {
  const root = document.querySelector<HTMLElement>('#app');
  if (!root) throw new TypeError('a page without its shell');
  const { language, emergencyNumber = '', bundle } = root.dataset;
  // The shell that is kept for times without a connection was drawn for nobody: what this browser's person chose is in the cookies.
  showChosenLook();
  await speak((kept('between_language') ?? language) === 'zh-Hans' ? 'zh-Hans' : 'en');
  return { root, emergencyNumber, bundle: bundle === undefined || bundle === '' ? null : bundle };
}

/** An element of `views/` with its model and what can be done on it. */
export interface Drawn<M, A> extends HTMLElement {
  model: M;
  actions: A;
}

/** Puts an element on the page, in the place of the one before. */
export function show({ root }: Shell, element: HTMLElement): void {
  if (root.firstElementChild !== element) root.replaceChildren(element);
}

function keep(name: string, value: string | null): void {
  const secure = location.protocol === 'https:' ? '; Secure' : '';
  const age = value === null ? 0 : ONE_YEAR;
  // The look and the language are what the server draws the next shell with; nothing else is kept in cookies by the client.
  document.cookie = `${name}=${value ?? ''}; Path=/; Max-Age=${age}; SameSite=Strict${secure}`;
}

function kept(name: string): string | null {
  const found = document.cookie.split('; ').find((cookie) => cookie.startsWith(`${name}=`));
  return found?.slice(name.length + 1) ?? null;
}

function showChosenLook(): void {
  for (const name of ['theme', 'text', 'contrast']) {
    const chosen = kept(`between_${name}`);
    if (chosen) document.documentElement.dataset[name] = chosen;
  }
}

/** What the person chose about the look, as the shell shows it. */
export function appearance(): Appearance {
  const { theme, text, contrast } = document.documentElement.dataset;
  return {
    theme: (theme ?? 'system') as Theme,
    textSize: (text ?? 'normal') as TextSize,
    contrast: (contrast ?? 'system') as Contrast,
  };
}

export function chooseAppearance(chosen: Appearance): void {
  applyAppearance(document.documentElement, chosen);
  keep('between_theme', chosen.theme === 'system' ? null : chosen.theme);
  keep('between_text', chosen.textSize === 'normal' ? null : chosen.textSize);
  keep('between_contrast', chosen.contrast === 'system' ? null : chosen.contrast);
}

/** Speaks another language from now on, on this device. */
export async function chooseLanguage(language: Language): Promise<void> {
  if (language === currentLanguage()) return;
  await speak(language);
  keep('between_language', language);
}
