/** The fields in which it is said who is to read, why, what of before, and until when. */
import { html, nothing, type TemplateResult } from 'lit';
import { HISTORIES, PURPOSES, type GranteeChoice, type Purpose, type Terms } from '../models/who-can-read.ts';
import { HISTORY_WORDS } from '../pages/who-can-read-words.ts';
import { t, type WordKey } from '../words.ts';
import { choices } from './choices.ts';
import { fieldAround, pickerField } from './field.ts';

type Set = (part: Partial<Terms>) => void;

export function granteeField(offered: readonly GranteeChoice[], chosen: string, choose: (id: string) => void): TemplateResult {
  const option = ({ id, name, detail }: GranteeChoice): TemplateResult =>
    html`<option value=${id} ?selected=${id === chosen}>${detail === '' ? name : t('give.choice', { name, detail })}</option>`;
  const group = (what: 'team' | 'person', label: string): TemplateResult =>
    html`<optgroup label=${label}>
      ${offered.filter((choice) => choice.what === what).map(option)}
    </optgroup>`;
  return fieldAround(
    { id: 'grantee', label: t('give.who'), hint: t('give.who_hint') },
    (describedBy) =>
      html`<select
        class="input"
        id="grantee"
        aria-describedby=${describedBy}
        @change=${(event: Event) => {
          choose((event.target as HTMLSelectElement).value);
        }}
      >
        <option value="">${t('team_form.choose')}</option>
        ${group('team', t('give.teams'))}${group('person', t('give.people'))}
      </select>`,
  );
}

/** `words` says the purposes to whoever fills it in. */
export function purposeField({ purpose: chosen }: Terms, words: Record<Purpose, WordKey>, set: Set): TemplateResult {
  const options = PURPOSES.map((value) => ({ value, label: t(words[value]) }));
  return groupField(
    t('grant.why'),
    choices({ name: 'purpose', legend: t('grant.why'), options, chosen }, (purpose) => {
      set({ purpose });
    }),
  );
}

export function historyField({ history, from }: Terms, set: Set): TemplateResult {
  const options = HISTORIES.map((value) => ({ value, label: t(HISTORY_WORDS[value]) }));
  const chosen = choices({ name: 'history', legend: t('grant.earlier'), options, chosen: history }, (value) => {
    set(value === 'from' ? { history: value } : { history: value, from: '' });
  });
  const day = pickerField({ id: 'from', type: 'date', label: t('give.from'), hint: t('give.from_hint'), value: from }, (first) => {
    set({ from: first });
  });
  return groupField(t('grant.earlier'), html`${chosen}${history === 'from' ? day : nothing}`);
}

/** `openEnd` says what it means that there is no end. */
export function untilField({ until }: Terms, withEnd: boolean, openEnd: string, set: (part: Partial<Terms>, ends: boolean) => void): TemplateResult {
  const options = [
    { value: 'open', label: openEnd },
    { value: 'day', label: t('give.with_end') },
  ] as const;
  const chosen = choices({ name: 'until', legend: t('grant.until'), options, chosen: withEnd ? 'day' : 'open' }, (value) => {
    set(value === 'day' ? {} : { until: '' }, value === 'day');
  });
  const day = pickerField({ id: 'until', type: 'date', label: t('give.last_day'), value: until }, (last) => {
    set({ until: last }, true);
  });
  return groupField(t('grant.until'), html`${chosen}${withEnd ? day : nothing}`);
}

/** What is not said yet, or cannot be; null where nothing is missing. */
export function missingTerms(terms: Terms, withEnd: boolean, today: string): string | null {
  if (terms.history === 'from' && terms.from === '') return t('give.from_missing');
  if (withEnd && terms.until === '') return t('give.until_missing');
  return withEnd && terms.until < today ? t('give.until_past') : null;
}

export function groupField(label: string, content: TemplateResult): TemplateResult {
  // The fieldset inside carries the same words for who does not see this line.
  return html`<div class="field"><p class="label" aria-hidden="true">${label}</p>${content}</div>`;
}
