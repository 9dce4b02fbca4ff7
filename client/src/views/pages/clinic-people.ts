/** Everybody who works here, and as what. */
import { html, nothing, type TemplateResult } from 'lit';
import { icon } from '../icons.ts';
import type { ClinicModel, StaffMember } from '../models/clinic.ts';
import { avatar } from '../parts/avatar.ts';
import { longDay } from '../times.ts';
import { joinNames, t } from '../words.ts';
import { roleWords } from './clinic-invitations.ts';

/** The clinic's staff in a table. */
export function peoplePanel(model: ClinicModel): TemplateResult {
  return html`<section class="panel" id="people" aria-labelledby="people-title">
    <header class="panel__head"><h2 id="people-title">${t('people.title')}</h2></header>
    <div class="scroll" tabindex="0" role="region" aria-label=${t('people.table')}>
      <table class="table">
        <thead>
          <tr>
            <th scope="col">${t('people.name')}</th>
            <th scope="col">${t('invitations.as')}</th>
            <th scope="col">${t('people.teams')}</th>
            <th scope="col">${t('people.joined')}</th>
          </tr>
        </thead>
        <tbody>
          ${model.people.map((person) => personLine(person, model))}
        </tbody>
      </table>
    </div>
  </section>`;
}

function personLine(person: StaffMember, model: ClinicModel): TemplateResult {
  const teams = model.teams.filter((team) => team.members.some((member) => member.id === person.id)).map((team) => team.name);
  return html`<tr>
    <th scope="row">
      <span class="row row--tight row--nw"
        >${avatar(person, 'small')}<span>${person.name}<br /><span class="tiny">${person.credential ?? ''}</span></span></span
      >
    </th>
    <td>
      ${roleWords(person.role)}${person.holdsClinicKey ? html` <span class="tag tag--pine">${icon('key', 'small')}${t('people.key_holder')}</span>` : nothing}
    </td>
    <td>${teams.length > 0 ? joinNames(teams) : t('people.no_team')}</td>
    <td>${longDay(person.joinedAt, model.now, model.zones)}</td>
  </tr>`;
}
