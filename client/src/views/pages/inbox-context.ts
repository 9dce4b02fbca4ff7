/** Beside the conversation: about the patient, what they still wait for, and who can read. */
import { html, nothing, type TemplateResult } from 'lit';
import { icon } from '../icons.ts';
import type { InboxActions, InboxModel, PatientContext, WaitingQuestion } from '../models/inbox.ts';
import type { Reader, Readers } from '../models/readers.ts';
import { avatar } from '../parts/avatar.ts';
import { patientAvatar, patientWords } from '../parts/patient-name.ts';
import { readersSentence } from '../parts/seal.ts';
import { longDay } from '../times.ts';
import { t } from '../words.ts';
import { categoryWords, waitingChip } from './inbox-lists.ts';

/** The pane's content; its heading takes focus when the pane is opened. */
export function patientContext(context: PatientContext, model: InboxModel, actions: InboxActions, close: () => void): TemplateResult {
  return html`${head(context, close)} ${facts(context)}
    <section aria-labelledby="context-questions">
      <h3 id="context-questions">${t('context.questions')}</h3>
      ${openQuestions(context.questions, model, actions)}
    </section>
    ${context.readers === null ? nothing : whoCanRead(context.readers, model)}`;
}

function whoCanRead(readers: Readers, model: InboxModel): TemplateResult {
  return html`<section aria-labelledby="context-readers">
    <h3 id="context-readers">${t('context.readers')}</h3>
    <p>${readersSentence(readers)}</p>
    <ul class="mini" role="list">
      ${readers.people.map((reader) => html`<li>${readerLine(reader, model)}</li>`)}
    </ul>
  </section>`;
}

function head({ patient }: PatientContext, close: () => void): TemplateResult {
  const { person } = patient;
  return html`<div class="who__head">
    ${patientAvatar(patient, 'large')}
    <div>
      <h2 id="context-title" tabindex="-1">${patientWords(patient)}</h2>
      ${person?.fullName ? html`<p>${person.fullName}</p>` : nothing}
      ${person === null ? nothing : html`<p class="tiny">${t('patient.number', { number: patient.number })}</p>`}
    </div>
    <button class="btn btn--icon btn--plain who__close" type="button" aria-label=${t('context.close')} @click=${close}>
      ${icon('close')}
    </button>
  </div>`;
}

function facts({ profile }: PatientContext): TemplateResult {
  if (profile === null) return html`<p class="who__closed">${icon('lock', 'small')}${t('context.profile_closed')}</p>`;
  const lines: [string, string][] = [
    [t('context.call_them'), profile.preferredName],
    [t('context.full_name'), profile.legalName],
    [t('context.pronouns'), profile.pronouns],
    [t('context.language'), profile.languageNote],
  ];
  const written = lines.filter(([, value]) => value !== '');
  if (written.length === 0) return html`<p class="quiet">${t('context.profile_empty')}</p>`;
  return html`<dl class="facts who__facts">
    ${written.map(
      ([name, value]) =>
        html`<dt>${name}</dt>
          <dd>${value}</dd>`,
    )}
  </dl>`;
}

function openQuestions(questions: readonly WaitingQuestion[], model: InboxModel, actions: InboxActions): TemplateResult {
  if (questions.length === 0) return html`<p class="quiet">${t('context.no_questions')}</p>`;
  return html`<ul class="mini" role="list">
    ${questions.map(
      ({ id, conversation, category, askedAt }) =>
        html`<li>
          ${waitingChip(askedAt, model.now)}
          <a
            href="/conversations/${conversation}#${id}"
            @click=${(event: MouseEvent) => {
              if (event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
              event.preventDefault();
              actions.openQuestion(id, conversation);
            }}
            >${categoryWords(category)}</a
          >
        </li>`,
    )}
  </ul>`;
}

function readerLine(reader: Reader, { now, zones }: InboxModel): TemplateResult {
  const until =
    reader.until === null ? nothing : html` <span class="tiny">${t('context.until', { day: longDay(reader.until, now, zones) })}</span>`;
  return html`${avatar(reader, 'inline')}<span>${reader.name} <span class="tiny">${reader.why}</span>${until}</span>`;
}
