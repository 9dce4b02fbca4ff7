/** Choosing the language, before and after signing in. Each language is named in itself. */
import { html, nothing, type TemplateResult } from 'lit';
import { currentLanguage, LANGUAGES, t, type Language } from '../words.ts';

/** The languages as one row of words. */
export function languageSwitch(choose: (language: Language) => void): TemplateResult {
  const spoken = currentLanguage();
  return html`<nav class="langs" aria-label=${t('languages.label')}>
    ${LANGUAGES.map(
      ({ code, name }) =>
        html`<button
          type="button"
          lang=${code}
          aria-current=${code === spoken ? 'true' : nothing}
          @click=${() => {
            choose(code);
          }}
        >
          ${name}
        </button>`,
    )}
  </nav>`;
}
