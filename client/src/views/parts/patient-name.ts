/** A patient's name where this browser has opened it, a number where it has not. */
import { html, nothing, type TemplateResult } from 'lit';
import { icon } from '../icons.ts';
import type { Patient } from '../models/patient.ts';
import type { Person } from '../models/person.ts';
import { t } from '../words.ts';
import { avatar, type AvatarSize } from './avatar.ts';

/** What to call them in a sentence or a label: "Tomek", or "Patient 7F3A". */
export function patientWords(patient: Patient): string {
  return patient.person?.name ?? t('patient.number', { number: patient.number });
}

/** The preferred name first, the full one second; for a locked name the number and why it is locked. */
export function patientName(patient: Patient): TemplateResult {
  const { person, closed } = patient;
  if (person !== null) {
    return html`<b>${person.name}</b>${person.fullName ? html` <span class="qi__pref">${person.fullName}</span>` : nothing}`;
  }
  const why = closed === 'not_for_me' ? t('patient.not_for_me') : t('patient.opening');
  return html`<b>${patientWords(patient)}</b> <span class="qi__pref qi__closed">${icon('lock', 'small')}${why}</span>`;
}

/** The patient's mark: initials, or a plain round one while the name is locked. */
export function patientAvatar(patient: Patient, size: AvatarSize): TemplateResult {
  const unknown: Person = { id: patient.account, name: '', initials: '–', shape: 'person', tone: 'plain' };
  return avatar(patient.person ?? unknown, size);
}
