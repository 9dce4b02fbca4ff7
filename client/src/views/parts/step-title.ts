/** Marks of an undertaking in several steps. */
import { html, type TemplateResult } from 'lit';
import { icon } from '../icons.ts';

/** The heading of a step; whoever shows the step moves focus to `[data-step-title]`. */
export function stepTitle(words: string, level: 1 | 3): TemplateResult {
  return level === 1 ? html`<h1 tabindex="-1" data-step-title>${words}</h1>` : html`<h3 tabindex="-1" data-step-title>${words}</h3>`;
}

/** What has just been done, said once. */
export function doneMark(words: string): TemplateResult {
  return html`<p class="row row--tight good" role="status">${icon('done')}<span>${words}</span></p>`;
}
