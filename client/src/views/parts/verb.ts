/** What a button says, and what it is about for those who hear it without seeing its row. */
import { html, type TemplateResult } from 'lit';

/** "Cancel" to see, "Cancel, Ola Nilsen" to hear; the visible words stay part of the name (WCAG 2.5.3). */
export function verb(words: string, about: string): TemplateResult {
  return html`<span>${words}<span class="vh">, ${about}</span></span>`;
}
