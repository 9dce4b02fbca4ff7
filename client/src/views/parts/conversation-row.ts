/** One conversation in a list: its name, who can read it, what is new. Never a word of what was written. */
import { html, nothing, type TemplateResult } from 'lit';
import { icon } from '../icons.ts';
import type { ConversationRow } from '../models/home.ts';
import { listTime, timeElement } from '../times.ts';
import { t } from '../words.ts';
import { avatarStack } from './avatar.ts';
import type { Moment } from './slip.ts';
import { unreadCount } from './unread-count.ts';

/** The row as a link to the conversation. */
export function conversationRow(row: ConversationRow, { now, zones }: Moment): TemplateResult {
  return html`<a href="/conversations/${row.id}">
    ${avatarStack(row.people, 'normal', 2)}
    <span class="convs__b">
      <span class="convs__t"
        ><b>${row.name ?? t('conversation.unnamed')}</b
        >${row.lastAt === null ? nothing : timeElement(row.lastAt, listTime(row.lastAt, now, zones))}</span
      >
      <span class="convs__m">${icon('lock', 'small')}${t('seal.readers', { count: row.people.length })}</span>
      ${row.waiting === 0 ? nothing : html`<span class="convs__w">${icon('clock', 'small')}${t('home.waiting', { count: row.waiting })}</span>`}
      ${row.alarm ? html`<span class="convs__w brick">${icon('broken', 'small')}${t('home.alarm')}</span>` : nothing}
    </span>
    ${row.unread === 0 ? html`<span></span>` : unreadCount(row.unread)}
  </a>`;
}
