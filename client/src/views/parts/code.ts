/** Codes that people read out, copy from paper or compare: in groups, in letters of one width. */
import { html, type TemplateResult } from 'lit';

/** A code in groups. Codes never turn in right-to-left text. */
export function codeGroups(groups: readonly string[], label: string): TemplateResult {
  return html`<ol class="code" data-groups=${groups.length} aria-label=${label} dir="ltr">
    ${groups.map((group) => html`<li>${group}</li>`)}
  </ol>`;
}
