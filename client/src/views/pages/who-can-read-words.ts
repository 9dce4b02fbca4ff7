/** What an agreement says, in sentences. */
import type { ChangeCode, Grant, History, Purpose, Terms, WhoCanReadModel } from '../models/who-can-read.ts';
import { longDay } from '../times.ts';
import { sentenceGap, t, type WordKey } from '../words.ts';

export const PURPOSE_WORDS: Record<Purpose, WordKey> = {
  treatment: 'purpose.treatment',
  coordination: 'purpose.coordination',
  billing: 'purpose.billing',
  complaint: 'purpose.complaint',
};

/** The same purposes, said to whoever asks for a consent and not to the patient. */
export const ASKED_PURPOSE_WORDS: Record<Purpose, WordKey> = {
  treatment: 'ask.purpose_treatment',
  coordination: 'ask.purpose_coordination',
  billing: 'ask.purpose_billing',
  complaint: 'ask.purpose_complaint',
};

export const HISTORY_WORDS: Record<History, WordKey> = {
  none: 'grant.history_none',
  all: 'grant.history_all',
  from: 'grant.history_from',
};

const CHANGE_WORDS: Record<ChangeCode, WordKey> = {
  start_narrowed: 'change.start_narrowed',
  start_extended: 'change.start_extended',
  end_narrowed: 'change.end_narrowed',
  end_extended: 'change.end_extended',
  scope_narrowed: 'change.scope_narrowed',
  scope_extended: 'change.scope_extended',
  history_narrowed: 'change.history_narrowed',
  history_extended: 'change.history_extended',
  may_open_narrowed: 'change.may_open_narrowed',
  may_open_extended: 'change.may_open_extended',
  purpose_changed: 'change.purpose_changed',
};

type Moment = Pick<WhoCanReadModel, 'now' | 'zones'>;

/** What becomes wider or narrower, one sentence for each. */
export function changeSentences(codes: readonly ChangeCode[]): string {
  return codes.map((code) => t(CHANGE_WORDS[code])).join(sentenceGap());
}

/** What somebody agrees to by saying yes. */
export function summary(name: string, terms: Terms, conversation: string | null, { now, zones }: Moment): string {
  const day = (text: string): string => longDay(noonOf(text), now, zones);
  const sentences = [
    terms.scope === 'all'
      ? t('give.summary_all', { name })
      : t('give.summary_one', { name, conversation: conversation ?? t('conversation.unnamed') }),
    terms.history === 'from' ? t('give.summary_from', { day: day(terms.from) }) : t(SUMMARY_HISTORY[terms.history]),
    ...(terms.mayOpen ? [t('give.summary_may_open')] : []),
    terms.until === '' ? t('give.summary_open_end') : t('give.summary_until', { day: day(terms.until) }),
  ];
  return sentences.join(sentenceGap());
}

/** What somebody asks a patient for. */
export function askSentences(name: string, patient: string, terms: Terms, { now, zones }: Moment): string {
  const day = (text: string): string => longDay(noonOf(text), now, zones);
  const sentences = [
    t(terms.scope === 'all' ? 'ask.summary_all' : 'ask.summary_one', { name, patient }),
    terms.history === 'from' ? t('give.summary_from', { day: day(terms.from) }) : t(SUMMARY_HISTORY[terms.history]),
    terms.until === '' ? t('ask.summary_open_end', { patient }) : t('give.summary_until', { day: day(terms.until) }),
  ];
  return sentences.join(sentenceGap());
}

const SUMMARY_HISTORY: Record<Exclude<History, 'from'>, WordKey> = { none: 'give.summary_none', all: 'give.summary_everything' };

/** "All conversations", or which one. */
export function scopeWords({ terms, conversation }: Pick<Grant, 'terms' | 'conversation'>): string {
  if (terms.scope === 'all') return t('grant.all');
  return t('grant.only', { conversation: conversation ?? t('conversation.unnamed') });
}

/** A day as a date field holds it, by this browser's clock: "2025-03-10". */
export function dayText(at: Date): string {
  const two = (figure: number): string => String(figure).padStart(2, '0');
  return `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;
}

/** The middle of a day that a date field holds, whatever the zone does at its edges. */
export function noonOf(day: string): Date {
  return new Date(`${day}T12:00:00`);
}
