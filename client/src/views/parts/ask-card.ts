/** What somebody asks the patient for, at the foot of their message: whom it is about, what they could read, and what was decided. */
import { html, nothing, type TemplateResult } from 'lit';
import { icon } from '../icons.ts';
import type { AskState, ReadingAsk } from '../models/ask.ts';
import type { Face } from '../models/chrome.ts';
import { longDay } from '../times.ts';
import { t, type WordKey } from '../words.ts';
import { ASKED_PURPOSE_WORDS, HISTORY_WORDS, PURPOSE_WORDS } from '../pages/who-can-read-words.ts';
import type { Moment } from './slip.ts';

export interface AskCardActions {
  /** Opens the form of "Who can read" with what was asked. */
  decide(): void;
  /** Says so in a message. */
  notNow(): void;
}

type Said = Exclude<AskState, 'looking' | 'unknown'>;

/** To the patient, and to everybody else. */
const STATE_WORDS: Record<Said, { readonly patient: WordKey; readonly staff: WordKey }> = {
  open: { patient: 'ask.open_mine', staff: 'ask.open_theirs' },
  let: { patient: 'ask.let_mine', staff: 'ask.let_theirs' },
  ended: { patient: 'ask.ended_mine', staff: 'ask.ended_theirs' },
  not_now: { patient: 'ask.not_now_mine', staff: 'ask.not_now_theirs' },
  blocked: { patient: 'ask.blocked_mine', staff: 'ask.blocked_theirs' },
  over: { patient: 'ask.over', staff: 'ask.over' },
};

/** The card inside a message that asks. */
export function askCard(ask: ReadingAsk, face: Face, moment: Moment, actions: AskCardActions): TemplateResult {
  const { state, name, patient } = ask;
  if (state === 'looking') return html`<p class="quiet small" role="status">${t('ask.looking')}</p>`;
  if (state === 'unknown') return html`<p class="holdback"><span>${t('ask.unknown')}</span></p>`;
  const mayDecide = face === 'patient' && (state === 'open' || state === 'not_now');
  return html`<div class="ask stack" role="group" aria-label=${t('ask.card', { name })}>
    <p class="kind kind--plum">${icon('users')}${t('ask.card', { name })}</p>
    ${terms(ask, face, moment)}
    <p class="small quiet">${t('readers.already_read')}</p>
    <div class="slip">
      <span class="slip__main" role="status">${t(STATE_WORDS[state][face], { name, patient })}</span>
      ${mayDecide ? buttons(state, actions) : nothing}
    </div>
  </div>`;
}

function terms({ name, detail, terms: asked, from, until }: ReadingAsk, face: Face, { now, zones }: Moment): TemplateResult {
  const purposes = face === 'patient' ? PURPOSE_WORDS : ASKED_PURPOSE_WORDS;
  const history = asked.history === 'from' && from ? t('grant.history_since', { day: longDay(from, now, zones) }) : t(HISTORY_WORDS[asked.history]);
  return html`<dl class="facts">
    <dt>${t('give.who')}</dt>
    <dd><b>${name}</b>${detail === '' ? nothing : html`<br /><span class="quiet">${detail}</span>`}</dd>
    <dt>${t('grant.what')}</dt>
    <dd>${asked.scope === 'all' ? t('grant.all') : t('ask.this')}</dd>
    <dt>${t('grant.why')}</dt>
    <dd>${t(purposes[asked.purpose])}</dd>
    <dt>${t('grant.earlier')}</dt>
    <dd>${history}</dd>
    <dt>${t('grant.until')}</dt>
    <dd>${until === null ? t('readers.no_end') : longDay(until, now, zones)}</dd>
  </dl>`;
}

function buttons(state: Said, actions: AskCardActions): TemplateResult {
  const decide = (): void => {
    actions.decide();
  };
  const notNow = (): void => {
    actions.notNow();
  };
  return html`<button class="btn" type="button" @click=${decide}>${icon('users')}${t('ask.decide')}</button>
    ${state === 'not_now' ? nothing : html`<button class="btn btn--plain" type="button" @click=${notNow}>${t('ask.not_now')}</button>`}`;
}
