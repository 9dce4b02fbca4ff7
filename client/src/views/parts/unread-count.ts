/** How many messages are new: a figure for eyes, with its noun for ears. */
import { html, type TemplateResult } from 'lit';
import { t } from '../words.ts';

/** The figure in its pill. */
export function unreadCount(count: number): TemplateResult {
  return html`<span class="count">${count}<span class="vh"> ${t('places.unread', { count })}</span></span>`;
}
