/** What a patient is told at once: who asked to read in an emergency, why, who agreed, until when. */
import { html, nothing, type TemplateResult } from 'lit';
import type { ToldEmergency } from '../models/told-emergency.ts';
import { weekdayTime } from '../times.ts';
import { joinNames, sentenceGap, t } from '../words.ts';
import { notice } from './notices.ts';
import type { Moment } from './slip.ts';

/** Said at once while it waits or runs; calmly when it is over. */
export function toldEmergency(told: ToldEmergency, { now, zones }: Moment): TemplateResult {
  const { who, state, reason, text, agreed } = told;
  const over = state === 'over' || state === 'lapsed';
  const title = t(`emergency_told.${state}`, {
    ...{ name: who.name, conversation: told.conversationName ?? t('conversation.unnamed') },
    until: weekdayTime(told.until, now, zones),
  });
  const asked = t('emergency_told.asked', { at: weekdayTime(told.requestedAt, now, zones), reason: t(`emergency_reason.${reason}`) });
  const by = agreed.length === 0 ? t('emergency_told.nobody_agreed') : t('emergency_told.agreed', { names: joinNames(agreed.map(({ name }) => name)) });
  const body = html`<p>${asked}</p>
    ${text === null ? nothing : html`<p>${t('emergency_told.wrote', { name: who.name, text })}</p>`}
    <p>${by}${state === 'waiting' ? html`${sentenceGap()}${t('emergency_told.two_needed')}` : nothing}</p>
    ${over ? nothing : html`<p><a class="tapline" href="/settings#emergency">${t('who_can_read.emergency_link')}</a></p>`}`;
  return notice({ tone: over ? 'sky' : 'brick', icon: 'key', title, body, urgent: !over });
}

/** The service says that somebody asked, and cannot prove it. */
export function doubtfulEmergencies(count: number): TemplateResult | typeof nothing {
  if (count === 0) return nothing;
  return notice({ tone: 'brick', icon: 'broken', title: t('emergency_told.doubtful', { count }), body: t('emergency_told.doubtful_do'), urgent: true });
}
