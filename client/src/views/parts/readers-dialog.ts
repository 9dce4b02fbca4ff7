/** Who can read this conversation, why and until when; and the code that proves it is them. */
import { html, nothing, type TemplateResult } from 'lit';
import { icon } from '../icons.ts';
import type { Reader, Readers } from '../models/readers.ts';
import { longDay } from '../times.ts';
import { sentenceGap, t } from '../words.ts';
import { avatar } from './avatar.ts';
import { codeGroups } from './code.ts';
import { coverTag } from './cover-words.ts';
import { notice } from './notices.ts';
import { readersSentence } from './seal.ts';
import type { Moment } from './slip.ts';
import './dialog.ts';

export interface ReadersDialogActions {
  readonly close: () => void;
  /** Shows one person's safety code. */
  compare(person: Reader): void;
}

/** The list behind the seal. */
export function readersDialog(readers: Readers, moment: Moment, actions: ReadersDialogActions): TemplateResult {
  const body = html`<p class="quiet">${t(readers.escrowed ? 'readers.intro_escrowed' : 'readers.intro')}</p>
    ${readers.changedSinceLastVisit ? notice({ tone: 'honey', icon: 'users', body: t('readers.changed') }) : nothing}
    <ul class="rows readers" role="list">
      ${readers.people.map((person) => readerRow(person, moment, actions))}${readers.escrowed ? escrowRow() : nothing}
    </ul>
    <p class="quiet small">${t('readers.already_read')}</p>`;
  return html`<modal-dialog
    .heading=${readersSentence(readers)}
    .body=${body}
    .foot=${closeButton(actions.close)}
    @dismiss=${actions.close}
  ></modal-dialog>`;
}

function readerRow(person: Reader, moment: Moment, actions: ReadersDialogActions): TemplateResult {
  const { now, zones } = moment;
  const until = person.until === null ? t('readers.no_end') : t('readers.until', { day: longDay(person.until, now, zones) });
  return html`<li>
    ${avatar(person)}
    <div class="grow">
      <b>${person.name}</b>${person.credential ? html`<span class="quiet"> ${person.credential}</span>` : nothing}
      <p class="quiet small">${person.why}</p>
      ${coverTag(person, moment)}
      <p class="quiet small">${t('readers.since', { day: longDay(person.since, now, zones) })}${sentenceGap()}${until}</p>
      ${safetyTag(person)}
    </div>
    ${
      person.safetyCode
        ? html`<button
            class="btn"
            type="button"
            aria-label=${t('readers.compare_with', { name: person.name })}
            @click=${() => {
              actions.compare(person);
            }}
          >
            ${t('readers.compare')}
          </button>`
        : nothing
    }
  </li>`;
}

/** Nobody who reads, but a way in. */
function escrowRow(): TemplateResult {
  return html`<li>
    ${icon('key', 'large')}
    <div class="grow">
      <b>${t('emergency_choice.title')}</b>
      <p class="quiet small">${t('readers.escrowed')}</p>
    </div>
  </li>`;
}

function safetyTag({ safety }: Reader): TemplateResult {
  if (safety === 'changed') return html`<p class="tag tag--brick">${icon('broken', 'small')}${t('readers.safety_changed')}</p>`;
  if (safety === 'compared') return html`<p class="tag tag--pine">${icon('shield', 'small')}${t('readers.safety_compared')}</p>`;
  return html`<p class="tag">${icon('shield', 'small')}${t('readers.safety_vouched')}</p>`;
}

export interface SafetyCodeActions {
  readonly close: () => void;
  readonly same: () => void;
  readonly different: () => void;
}

/** The safety code of two people, to compare in the clinic or by voice. */
export function safetyCodeDialog(person: Reader, actions: SafetyCodeActions): TemplateResult {
  const body = html`<p>${t('safety.intro', { name: person.name })}</p>
    ${person.safetyCode ? codeGroups(person.safetyCode, t('safety.label', { name: person.name })) : nothing}
    <p class="quiet small">${t('safety.how', { name: person.name })}</p>`;
  const foot = html`<button class="btn btn--main" type="button" @click=${actions.same}>${icon('check')}${t('safety.same')}</button>
    <button class="btn btn--stop" type="button" @click=${actions.different}>${t('safety.different')}</button>
    <button class="btn btn--plain" type="button" @click=${actions.close}>${t('safety.later')}</button>`;
  return html`<modal-dialog
    .heading=${t('safety.title', { name: person.name })}
    .body=${body}
    .foot=${foot}
    @dismiss=${actions.close}
  ></modal-dialog>`;
}

function closeButton(close: () => void): TemplateResult {
  return html`<button class="btn" type="button" @click=${close}>${t('dialog.close')}</button>`;
}
