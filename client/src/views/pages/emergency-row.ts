/** One emergency: who asks, why, until when, and every step that was taken. */
import { html, nothing, type TemplateResult } from 'lit';
import { icon } from '../icons.ts';
import type { EmergenciesModel, EmergencyRow, EmergencyStep } from '../models/emergencies.ts';
import { avatar } from '../parts/avatar.ts';
import { verb } from '../parts/verb.ts';
import { timeElement, weekdayTime } from '../times.ts';
import { rich, t } from '../words.ts';
import { FINDINGS, REASONS, troubleNotice } from './emergency-words.ts';

export interface EmergencyRowActions {
  /** Asks first, where it cannot be undone. */
  begin(row: EmergencyRow): void;
  acknowledgeKeys(person: string): void;
}

type Moment = Pick<EmergenciesModel, 'now' | 'zones'>;

const DEEDS = { release: 'emergencies.release', read: 'emergencies.read', close: 'emergencies.find' } as const;
const WORKING = { release: 'emergencies.releasing', read: 'emergencies.opening', close: 'emergencies.closing' } as const;

/** A card in the list. */
export function emergencyCard(row: EmergencyRow, model: EmergenciesModel, actions: EmergencyRowActions): TemplateResult {
  const { undertaking, now, zones } = model;
  const own = undertaking?.on === row.id ? undertaking : null;
  const acknowledge = (person: string): void => {
    actions.acknowledgeKeys(person);
  };
  return html`<li class="panel grant" id=${row.id}>
    <div class="row row--nw">
      ${avatar(row.patient, 'normal')}
      <div>
        <h2>${row.patient.name}</h2>
        <p>${stateTag(row)}</p>
      </div>
    </div>
    <dl class="facts">
      <dt>${t('emergencies.asks')}</dt>
      <dd>${person(row.requester)}</dd>
      <dt>${t('emergencies.reason')}</dt>
      <dd>${t(REASONS[row.reason])}</dd>
      ${row.text === null ? nothing : html`<dt>${t('emergencies.text')}</dt>
            <dd class="words">${row.text}</dd>`}
      <dt>${t('emergencies.until')}</dt>
      <dd><b>${timeElement(row.until, weekdayTime(row.until, now, zones))}</b></dd>
    </dl>
    ${steps(row, model)} ${own?.trouble ? troubleNotice(own.trouble, acknowledge) : nothing} ${deed(row, model, actions)}
  </li>`;
}

function deed(row: EmergencyRow, { undertaking }: EmergenciesModel, actions: EmergencyRowActions): TemplateResult | typeof nothing {
  if (row.deed === null) return row.releasedByMe && row.state === 'waiting' ? html`<p class="quiet">${t('emergencies.one_more')}</p>` : nothing;
  const working = undertaking?.on === row.id && undertaking.trouble === null;
  const press = (): void => {
    actions.begin(row);
  };
  return html`<div class="grant__do">
    <button class="btn btn--main" type="button" ?disabled=${working} @click=${press}>
      ${verb(t(working ? WORKING[row.deed] : DEEDS[row.deed]), row.patient.name)}
    </button>
  </div>`;
}

/** How it stands, in words and an icon. */
export function stateTag(row: EmergencyRow): TemplateResult {
  if (row.closing) return html`<span class="tag tag--pine">${icon('check', 'small')}${t('emergencies.state_closed')}</span>`;
  if (row.state === 'open') return html`<span class="tag tag--brick">${icon('unlock', 'small')}${t('emergencies.state_open')}</span>`;
  if (row.state === 'over') return html`<span class="tag">${icon('lock', 'small')}${t('emergencies.state_over')}</span>`;
  const count = row.releases.length;
  return html`<span class="tag tag--honey">${icon('clock', 'small')}${t('emergencies.state_waiting', { count })}</span>`;
}

function steps(row: EmergencyRow, moment: Moment): TemplateResult {
  const line = ({ by, at }: EmergencyStep, words: string): TemplateResult =>
    html`<li>${timeElement(at, weekdayTime(at, moment.now, moment.zones))}<span>${rich('emergencies.step', { name: by.name, did: words })}</span></li>`;
  return html`<ol class="time" role="list" aria-label=${t('emergencies.steps')}>
    ${line({ by: row.requester, at: row.requestedAt }, t('emergencies.did_ask'))}
    ${row.releases.map((release) => line(release, t('emergencies.did_release')))}
    ${row.closing ? line(row.closing, t('emergencies.did_close', { finding: t(FINDINGS[row.closing.finding].words) })) : nothing}
  </ol>`;
}

function person({ name, credential }: EmergencyRow['requester']): TemplateResult {
  return html`${name}${credential ? html` <span class="quiet">${credential}</span>` : nothing}`;
}
