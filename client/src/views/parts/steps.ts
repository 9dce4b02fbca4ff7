/** Where one is in a sequence of steps. */
import { html, nothing, type TemplateResult } from 'lit';
import { t } from '../words.ts';

/** The numbered dots; `current` counts from 0. */
export function steps(names: readonly string[], current: number): TemplateResult {
  return html`<ol class="steps" data-count=${names.length} aria-label=${t('steps.label')}>
    ${names.map(
      (name, index) =>
        html`<li class=${index < current ? 'is-done' : ''} aria-current=${index === current ? 'step' : nothing}>
          <span class="steps__n" aria-hidden="true">${index + 1}</span><span class="steps__t">${name}</span>
        </li>`,
    )}
  </ol>`;
}
