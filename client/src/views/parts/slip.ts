/** The slip at the foot of a question: only what has happened to it and what happens next. */
import { html, type TemplateResult } from 'lit';
import { icon, type IconName } from '../icons.ts';
import type { Face } from '../models/chrome.ts';
import type { QuestionState } from '../models/thread.ts';
import { timeElement, weekdayTime, type Zones } from '../times.ts';
import { rich, t } from '../words.ts';

export interface Moment {
  readonly now: Date;
  readonly zones: Zones;
}

/** How a question stands, as a chip: an icon and words, never colour alone. */
export function questionChip(question: QuestionState, askedAt: Date, moment: Moment): TemplateResult {
  const [tone, name]: [string, IconName] =
    question.state === 'answered'
      ? ['due due--done', 'done']
      : question.state === 'acknowledged'
        ? ['due', 'check']
        : ['due due--wait', 'clock'];
  return html`<span class=${tone}>${icon(name, 'small')}<span>${chipWords(question, askedAt, moment)}</span></span>`;
}

function chipWords(question: QuestionState, askedAt: Date, { now, zones }: Moment): TemplateResult {
  const at = question.state === 'open' ? askedAt : question.at;
  const time = timeElement(at, weekdayTime(at, now, zones));
  if (question.state === 'answered') return html`${rich('question.answered', { time })}`;
  if (question.state === 'acknowledged') return html`${rich('question.acknowledged', { time })}`;
  return html`${rich('question.waiting', { time })}`;
}

/** The slip under one question. */
export function questionSlip(question: QuestionState, askedAt: Date, face: Face, moment: Moment): TemplateResult {
  return html`<div class="slip">
    <span class="slip__main"><span class="quiet">${nextWords(question, face)}</span></span
    >${questionChip(question, askedAt, moment)}
  </div>`;
}

function nextWords(question: QuestionState, face: Face): string {
  if (question.state === 'answered') return t('question.answered_by', { name: question.by.name });
  if (question.state === 'acknowledged') return t('question.acknowledged_by', { name: question.by.name });
  return face === 'patient' ? t('question.open_patient') : t('question.open_staff');
}
