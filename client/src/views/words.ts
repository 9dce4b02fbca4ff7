/**
 * Words for people. Every sentence lives in `translations/`, one catalogue per language shared with
 * the server's pages; each language is a chunk of its own, fetched when it is chosen.
 *
 * An entry is a sentence with `{named}` places, or one sentence for each plural form of its `count`.
 */
import type { TemplateResult } from 'lit';
import type english from '../../../translations/en.json';

export type Language = 'en' | 'zh-Hans';
export type WordKey = keyof typeof english;
export type Places = Readonly<Record<string, string | number>>;

type Entry = string | Partial<Record<Intl.LDMLPluralRule, string>>;
type Catalogue = Readonly<Record<string, Entry>>;

interface Spoken {
  readonly language: Language;
  readonly catalogue: Catalogue;
  readonly plurals: Intl.PluralRules;
}

/** The languages on offer, each named in itself, in the order in which they are shown. */
export const LANGUAGES: readonly { readonly code: Language; readonly name: string }[] = [
  { code: 'en', name: 'English' },
  { code: 'zh-Hans', name: '简体中文' },
];

const CHUNKS: Record<Language, () => Promise<{ default: unknown }>> = {
  en: () => import('../../../translations/en.json', { with: { type: 'json' } }),
  'zh-Hans': () => import('../../../translations/zh-Hans.json', { with: { type: 'json' } }),
};

const PLACE = /\{(\w+)\}/g;
const listeners = new Set<() => void>();
let spoken: Spoken | undefined;

/**
 * Fetches a language and makes it the one spoken from now on; the page's `lang` follows, so that
 * screen readers and the browser's fonts do too.
 *
 * @throws whatever `import()` throws when the chunk cannot be fetched; the language then stays as it was.
 */
export async function speak(language: Language): Promise<void> {
  const { default: catalogue } = await CHUNKS[language]();
  spoken = { language, catalogue: catalogue as Catalogue, plurals: new Intl.PluralRules(language) };
  document.documentElement.lang = language;
  for (const tell of listeners) tell();
}

/** Whether a catalogue has arrived; before that nothing can be said. */
export function canSpeak(): boolean {
  return spoken !== undefined;
}

/** The language spoken now; English before the first catalogue has arrived. */
export function currentLanguage(): Language {
  return spoken?.language ?? 'en';
}

/** Calls `listener` after each change of language. @returns the function that ends it. */
export function onLanguageChange(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/**
 * The sentence for `key` with its places filled. A `count` among the places chooses the plural form.
 *
 * @throws RangeError for a key the catalogue does not hold, or a place that is not filled.
 */
export function t(key: WordKey, places: Places = {}): string {
  return pieces(key, places).map(String).reduce(beside, '');
}

/**
 * As {@link t}, with templates in the places: a link or a `time` inside a sentence whose order
 * differs from language to language. Plain strings stay text; nothing is parsed as markup.
 *
 * @throws RangeError as {@link t} does.
 */
export function rich(
  key: WordKey,
  places: Readonly<Record<string, string | number | TemplateResult>>,
): (string | number | TemplateResult)[] {
  return pieces(key, places);
}

/** What stands between two sentences: a space, but nothing after the full-width full stop of Chinese. */
export function sentenceGap(): string {
  return currentLanguage() === 'en' ? ' ' : '';
}

/** Names joined as the language joins them: "Tom, Lena and Joan", "Tom、Lena和Joan". */
export function joinNames(names: readonly string[]): string {
  const list = new Intl.ListFormat(currentLanguage() === 'en' ? 'en-GB' : 'zh-Hans', { type: 'conjunction' });
  return list
    .formatToParts(names)
    .map(({ value }) => value)
    .reduce(beside, '');
}

function pattern(key: WordKey, places: Readonly<Record<string, unknown>>): string {
  const entry = spoken?.catalogue[key];
  if (spoken === undefined || entry === undefined) throw new RangeError(`no words for ${key}`);
  if (typeof entry === 'string') return entry;
  const count = Number(places['count']);
  const form = entry[spoken.plurals.select(count)] ?? entry.other;
  if (form === undefined) throw new RangeError(`no plural form of ${key} for ${count}`);
  return form;
}

/** Text and filled places in turn. */
function pieces<T>(key: WordKey, places: Readonly<Record<string, T>>): (string | T)[] {
  // A capturing split alternates text and place names: "a {x} b" gives ["a ", "x", " b"].
  return pattern(key, places)
    .split(PLACE)
    .map((piece, index) => (index % 2 === 0 ? piece : filled(key, piece, places)));
}

/** Two pieces put together; Chinese has a space where its characters meet a Latin name. Figures bring their own. */
function beside(before: string, after: string): string {
  const meets =
    (/\p{Script=Han}$/u.test(before) && /^\p{Script=Latin}/u.test(after)) ||
    (/\p{Script=Latin}$/u.test(before) && /^\p{Script=Han}/u.test(after));
  return meets ? `${before} ${after}` : before + after;
}

function filled<T>(key: WordKey, name: string, places: Readonly<Record<string, T>>): T {
  const value = places[name];
  if (value === undefined) throw new RangeError(`${key} leaves {${name}} empty`);
  return value;
}
