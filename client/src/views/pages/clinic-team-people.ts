/** Who stands in a team, and what may be said of it. */
import { html, nothing, type TemplateResult } from 'lit';
import { icon } from '../icons.ts';
import type { ClinicModel, Team, TeamPerson, TeamRole } from '../models/clinic.ts';
import { avatar } from '../parts/avatar.ts';
import { verb } from '../parts/verb.ts';
import { weekdayTime } from '../times.ts';
import { t, type WordKey } from '../words.ts';

export const TEAM_ROLE_WORDS: Readonly<Record<TeamRole, WordKey>> = {
  physician: 'team_role.physician',
  nurse: 'team_role.nurse',
  care_navigator: 'team_role.care_navigator',
  front_desk: 'team_role.front_desk',
  pharmacist: 'team_role.pharmacist',
  therapist: 'team_role.therapist',
  social_worker: 'team_role.social_worker',
  interpreter: 'team_role.interpreter',
};

export interface TeamPeopleQuestions {
  /** `person` is null where somebody new is to be chosen. */
  askAppoint(team: Team, person: TeamPerson | null): void;
  askRemove(team: Team, person: TeamPerson): void;
  askChange(team: Team): void;
}

/** Each person with what they are there; buttons for who may change it. */
export function teamPeople(team: Team, model: ClinicModel, questions: TeamPeopleQuestions): TemplateResult {
  if (team.manage === null || team.members.length === 0) return html`${memberList(team, model, questions)}`;
  const buttons = html`<div class="row">
    ${button(t('team.add'), team.name, () => {
      questions.askAppoint(team, null);
    })}
    ${
      team.manage === 'clinic'
        ? button(t('team.change'), team.name, () => {
            questions.askChange(team);
          })
        : nothing
    }
  </div>`;
  return html`${memberList(team, model, questions)}${buttons}`;
}

function memberList(team: Team, model: ClinicModel, questions: TeamPeopleQuestions): TemplateResult {
  if (team.members.length === 0) return html`<p class="quiet">${t('team.nobody')}</p>`;
  return html`<ul class="rows" role="list" aria-label=${t('team.people_of', { team: team.name })}>
    ${team.members.map((person) => html`<li>${personLine(person, team, model, questions)}</li>`)}
  </ul>`;
}

function personLine(person: TeamPerson, team: Team, model: ClinicModel, questions: TeamPeopleQuestions): TemplateResult {
  const last = team.members.filter(({ covers }) => covers === null).length === 1 && person.covers === null;
  const buttons = html`<span class="row">
    ${button(t('team.edit'), person.name, () => {
      questions.askAppoint(team, person);
    })}
    ${
      last
        ? nothing
        : button(t('team.remove'), person.name, () => {
            questions.askRemove(team, person);
          })
    }
  </span>`;
  return html`<div class="row row--apart">
    <span class="row row--tight row--nw"
      >${avatar(person, 'small')}<span
        >${person.name} <span class="tiny">${person.credential ?? ''}</span><br />${tags(person, model)}</span
      ></span
    >
    ${team.manage === null ? nothing : buttons}
  </div>`;
}

function tags(person: TeamPerson, { now, zones }: ClinicModel): TemplateResult {
  const { covers: cover } = person;
  const period = cover && { from: weekdayTime(cover.from, now, zones), until: weekdayTime(cover.until, now, zones) };
  return html`${person.role ? html`<span class="tag">${t(TEAM_ROLE_WORDS[person.role])}</span> ` : nothing}${
    person.manages ? html`<span class="tag tag--pine">${t('team_form.manager')}</span> ` : nothing
  }${period ? html`<span class="tag tag--honey">${icon('clock', 'small')}${t('team.cover_period', period)}</span>` : nothing}`;
}

function button(words: string, about: string, act: () => void): TemplateResult {
  return html`<button class="btn btn--s" type="button" aria-haspopup="dialog" @click=${act}>${verb(words, about)}</button>`;
}
