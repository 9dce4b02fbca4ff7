/** Teams of the clinic, who waits to be let in, and a new team. */
import { html, nothing, type TemplateResult } from 'lit';
import { icon } from '../icons.ts';
import type { ClinicModel, Newcomer, Team } from '../models/clinic.ts';
import { avatar, avatarStack } from '../parts/avatar.ts';
import { notice } from '../parts/notices.ts';
import { verb } from '../parts/verb.ts';
import { joinNames, t } from '../words.ts';
import { teamPeople, type TeamPeopleQuestions } from './clinic-team-people.ts';

export interface Admission {
  readonly team: Team;
  readonly newcomer: Newcomer;
}

export interface TeamQuestions extends TeamPeopleQuestions {
  askLetIn(admission: Admission): void;
  askCreate(): void;
}

/** Every team with its people. */
export function teamsPanel(model: ClinicModel, questions: TeamQuestions): TemplateResult {
  return html`<section class="panel" id="teams" aria-labelledby="teams-title">
    <header class="panel__head">
      <h2 id="teams-title">${t('teams.title')}</h2>
      ${
        model.key?.heldByMe
          ? html`<button
              class="btn"
              type="button"
              aria-haspopup="dialog"
              @click=${() => {
                questions.askCreate();
              }}
            >
              ${icon('plus')}${t('teams.new')}
            </button>`
          : nothing
      }
    </header>
    ${
      model.teams.length === 0
        ? html`<p class="panel__body quiet">${t('teams.none')}</p>`
        : html`<ul class="rows" role="list">
            ${model.teams.map((team) => html`<li class="stack stack-s">${teamLines(team, model, questions)}</li>`)}
          </ul>`
    }
  </section>`;
}

function teamLines(team: Team, model: ClinicModel, questions: TeamQuestions): TemplateResult {
  return html`<div class="row row--apart">
      <div>
        <h3>${team.name}</h3>
        <p class="quiet">${t('team.manager', { name: joinNames(team.managers.map(({ name }) => name)) })}</p>
      </div>
      ${avatarStack(team.members, 'small')}
    </div>
    ${teamPeople(team, model, questions)}
    ${team.waiting.map((newcomer) => newcomerLine({ team, newcomer }, model, questions))}`;
}

function newcomerLine(admission: Admission, model: ClinicModel, questions: TeamQuestions): TemplateResult {
  const { team, newcomer } = admission;
  const working = model.undertaking?.what === 'let_in' && model.undertaking.on === newcomer.id && model.undertaking.state === 'working';
  const letIn = html`<button
    class="btn btn--s"
    type="button"
    aria-haspopup="dialog"
    ?disabled=${working}
    @click=${() => {
      questions.askLetIn(admission);
    }}
  >
    ${verb(working ? t('team.letting_in') : t('team.let_in'), newcomer.name)}
  </button>`;
  return html`<div class="waiting-person">
    ${avatar(newcomer, 'small')}
    <p><b>${newcomer.name}</b> <span class="quiet">${newcomer.credential ?? ''}</span><br /><span class="tiny">${t('team.waits')}</span></p>
    ${team.canLetIn ? letIn : html`<p class="tiny">${t('team.member_needed')}</p>`}
  </div>`;
}

/** Newcomers of all teams, above everything else: they can do nothing until somebody acts. */
export function newcomersNotice(model: ClinicModel): TemplateResult | typeof nothing {
  const names = model.teams.filter((team) => team.canLetIn).flatMap((team) => team.waiting.map((newcomer) => newcomer.name));
  if (names.length === 0) return nothing;
  const body = html`${t('teams.waiting_body', { names: joinNames(names), count: names.length })}
    <a href="#teams">${t('teams.waiting_link')}</a>`;
  return notice({ tone: 'honey', icon: 'users', title: t('teams.waiting', { count: names.length }), body });
}
