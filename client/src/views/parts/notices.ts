/** Things to know: in the page, above it, and that Between is not for emergencies. */
import { html, nothing, type TemplateResult } from 'lit';
import { icon, type IconName } from '../icons.ts';
import type { Connection, Emergency } from '../models/chrome.ts';
import { rich, sentenceGap, t } from '../words.ts';

/** Information, take care, something is wrong, all is well. */
export type NoticeTone = 'sky' | 'honey' | 'brick' | 'pine';
type Content = unknown;

const TONE_ICON: Record<NoticeTone, IconName> = { sky: 'info', honey: 'clock', brick: 'broken', pine: 'shield' };

export interface Notice {
  readonly tone: NoticeTone;
  readonly icon?: IconName;
  readonly title?: string;
  readonly body: Content;
  /** Said at once by screen readers; for what has just gone wrong. */
  readonly urgent?: boolean;
}

/** A coloured note inside the page. */
export function notice({ tone, icon: name, title, body, urgent }: Notice): TemplateResult {
  const classes = tone === 'sky' ? 'notice' : `notice notice--${tone}`;
  return html`<div class=${classes} role=${urgent ? 'alert' : nothing}>
    ${icon(name ?? TONE_ICON[tone])}
    <div>${title ? html`<b>${title}</b>` : nothing}${body}</div>
  </div>`;
}

/** The strip under the top bar while there is no connection; nothing while there is one. */
export function connectionBanner(connection: Connection): TemplateResult {
  const words = connection === 'offline' ? t('banner.offline') : t('banner.reconnecting');
  // The region is always there, so that its change is announced.
  return html`<div role="status">
    ${connection === 'online' ? nothing : html`<p class="banner">${icon('offline')}<span>${words}</span></p>`}
  </div>`;
}

/** What a number is as an address: without the spaces and brackets in which people write it. */
export function telephone(number: string): string {
  return `tel:${number.replace(/[^\d+*#]/g, '')}`;
}

/** The number as a link that dials; `words` around it if the number alone does not say it. */
export function callLink({ number }: Emergency, words: string = number): TemplateResult {
  return html`<a href=${telephone(number)}><bdi>${words}</bdi></a>`;
}

/** `card` beside the places, `bar` across the top of a phone, `door` before signing in. */
export type UrgentPlace = 'card' | 'bar' | 'door';

/** "Not for emergencies": on each page for patients, calm, with the number as a link. */
export function urgent(emergency: Emergency, place: UrgentPlace): TemplateResult {
  const classes = place === 'bar' ? 'urgent urgent--bar urgent--mobile' : 'urgent';
  const call = rich(place === 'bar' ? 'urgent.call_short' : 'urgent.call', { number: callLink(emergency) });
  return html`<div class=${classes}>
    ${icon('phone')}
    <p><b>${t('urgent.title')}</b>${sentenceGap()}${call}</p>
  </div>`;
}
