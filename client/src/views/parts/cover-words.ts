/** Who stands in for others is named as that wherever they act. */
import { html, nothing, type TemplateResult } from 'lit';
import type { InboxModel } from '../models/inbox.ts';
import type { Person } from '../models/person.ts';
import type { Zones } from '../times.ts';
import { weekdayTime } from '../times.ts';
import { t } from '../words.ts';
import { notice } from './notices.ts';

/** "Cover for Family team until Fri 18:00"; nothing for who acts for themselves. */
export function coverWords({ cover }: Person, { now, zones }: { readonly now: Date; readonly zones: Zones }): string | null {
  return cover ? t('cover.for', { team: cover.team, until: weekdayTime(cover.until, now, zones) }) : null;
}

/** The same as a label beside a name. */
export function coverTag(person: Person, moment: { readonly now: Date; readonly zones: Zones }): TemplateResult | typeof nothing {
  const words = coverWords(person, moment);
  return words === null ? nothing : html`<span class="tag tag--honey">${words}</span>`;
}

/** What somebody who stands in for others is told of it. */
export function coverNotice({ covering, now, zones }: Pick<InboxModel, 'covering' | 'now' | 'zones'>): TemplateResult | typeof nothing {
  if (covering.length === 0) return nothing;
  const lines = covering.map(({ team, until }) => html`<b>${t('cover.for', { team, until: weekdayTime(until, now, zones) })}</b>`);
  return notice({ tone: 'honey', icon: 'clock', body: html`${lines} ${t('cover.notice')}` });
}
