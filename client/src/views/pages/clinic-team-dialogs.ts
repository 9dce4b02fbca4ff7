/** What is asked before a team's people change, and how its new keys come along. */
import { html, nothing, type TemplateResult } from 'lit';
import type { Appointment, ClinicActions, ClinicModel, Team, TeamPerson, TeamTerms } from '../models/clinic.ts';
import { notice } from '../parts/notices.ts';
import { t } from '../words.ts';
import './clinic-appointment-form.ts';
import './clinic-team-terms-form.ts';

export type TeamQuestion =
  | { readonly ask: 'appoint'; readonly team: Team; readonly person: TeamPerson | null }
  | { readonly ask: 'change_team'; readonly team: Team };

/** Who joins a team or changes in it; what it is called and who manages it. */
export function teamDialog(question: TeamQuestion, model: ClinicModel, actions: ClinicActions, close: () => void): TemplateResult {
  const { team } = question;
  if (question.ask === 'change_team') {
    const change = (event: CustomEvent<TeamTerms>): void => {
      close();
      actions.changeTeam(team.id, event.detail);
    };
    const body = html`<team-terms-form .team=${team} @change-team=${change} @cancel=${close}></team-terms-form>`;
    return html`<modal-dialog .heading=${t('team_terms.title', { team: team.name })} .body=${body} @dismiss=${close}></modal-dialog>`;
  }
  const appoint = (event: CustomEvent<Appointment>): void => {
    close();
    actions.appoint(team.id, event.detail);
  };
  const { person } = question;
  const body = html`<appointment-form
    .people=${model.people}
    .team=${team}
    .person=${person}
    @appoint=${appoint}
    @cancel=${close}
  ></appointment-form>`;
  const heading = person ? t('appoint.title_person', { name: person.name, team: team.name }) : t('appoint.title', { team: team.name });
  return html`<modal-dialog .heading=${heading} .body=${body} @dismiss=${close}></modal-dialog>`;
}

/** What taking somebody out comes to, and what it does not. */
export function removalWords(team: Team, person: TeamPerson): TemplateResult {
  const names = { name: person.name, team: team.name };
  return html`<p>${t('team.remove_body', names)}</p>
    <p>${t('team.remove_keeps', names)}</p>
    <p>${t(team.canLetIn && team.manage !== null ? 'team.remove_key_now' : 'team.remove_key_later')}</p>`;
}

/** How far the new keys of a team's conversations have come. */
export function renewalNotice({ renewal }: ClinicModel): TemplateResult | typeof nothing {
  if (renewal === null || renewal.all === 0) return nothing;
  return html`<div role="status">${notice({ tone: 'sky', icon: 'key', body: t('team.renewing', { count: renewal.all, done: renewal.done }) })}</div>`;
}
