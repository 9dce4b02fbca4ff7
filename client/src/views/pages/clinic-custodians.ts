/** Who keeps the shares of patients' emergency keys, and naming others. */
import { html, nothing, type TemplateResult } from 'lit';
import type { ClinicActions, ClinicModel, Custodians } from '../models/clinic.ts';
import { avatar } from '../parts/avatar.ts';
import { longDay } from '../times.ts';
import { t } from '../words.ts';
import './clinic-custodians-form.ts';

/** How many there must be for any two to open something. */
export const FEWEST_CUSTODIANS = 3;

/** Those named now and since when; who could be named. */
export function custodiansPanel(model: ClinicModel, askName: () => void): TemplateResult | typeof nothing {
  const { custodians, key, undertaking } = model;
  if (!custodians) return nothing;
  const working = undertaking?.what === 'name_custodians' && undertaking.state === 'working';
  const enough = custodians.could.length >= FEWEST_CUSTODIANS;
  const verb = working ? 'custodians.naming' : custodians.named ? 'custodians.name_others' : 'custodians.name';
  return html`<section class="panel" id="custodians" aria-labelledby="custodians-title">
    <header class="panel__head">
      <h2 id="custodians-title">${t('custodians.title')}</h2>
      ${key?.heldByMe && enough ? html`<button class="btn" type="button" aria-haspopup="dialog" ?disabled=${working} @click=${askName}>${t(verb)}</button>` : nothing}
    </header>
    <div class="panel__body stack">
      <p>${t('custodians.use')}</p>
      ${named(custodians, model)} ${enough ? nothing : html`<p class="quiet">${t('custodians.too_few', { count: custodians.could.length })}</p>`}
    </div>
  </section>`;
}

function named({ named: running }: Custodians, { now, zones }: ClinicModel): TemplateResult {
  if (!running) return html`<p><b>${t('custodians.none')}</b></p>`;
  return html`<p>${t('custodians.since', { day: longDay(running.since, now, zones) })}</p>
    <ul class="mini" role="list">
      ${running.people.map((person) => html`<li>${avatar(person, 'inline')}<span>${person.name}</span></li>`)}
    </ul>`;
}

/** Whom to name, and what it comes to for patients. */
export function custodiansDialog({ custodians }: ClinicModel, actions: ClinicActions, close: () => void): TemplateResult {
  const name = (event: CustomEvent<readonly string[]>): void => {
    close();
    actions.nameCustodians(event.detail);
  };
  const body = html`<custodians-form .custodians=${custodians} @name-custodians=${name} @cancel=${close}></custodians-form>`;
  return html`<modal-dialog .heading=${t(custodians?.named ? 'custodians.name_others' : 'custodians.name')} .body=${body} @dismiss=${close}></modal-dialog>`;
}
