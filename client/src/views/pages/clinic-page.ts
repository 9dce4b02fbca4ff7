/** The clinic: inviting people, teams, the clinic's code and key. */
import { html, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { BetweenPage } from '../element.ts';
import type { ClinicActions, ClinicModel, InvitationRequest, InvitationRow, Inviting, Team, TeamPerson } from '../models/clinic.ts';
import type { Person } from '../models/person.ts';
import { pageFrame } from '../parts/chrome.ts';
import { codeGroups } from '../parts/code.ts';
import { errorState, skeleton } from '../parts/loading.ts';
import { notice } from '../parts/notices.ts';
import { t, type WordKey } from '../words.ts';
import { invitationSheet } from './clinic-invitation-sheet.ts';
import { invitationsPanel, invitationWords, OUTSIDE_TEAMS } from './clinic-invitations.ts';
import { custodiansDialog, custodiansPanel } from './clinic-custodians.ts';
import { codePanel, keyPanel } from './clinic-key.ts';
import { peoplePanel } from './clinic-people.ts';
import type { TeamRequest } from './clinic-team-form.ts';
import { removalWords, renewalNotice, teamDialog } from './clinic-team-dialogs.ts';
import { newcomersNotice, teamsPanel, type Admission } from './clinic-teams.ts';
import '../parts/dialog.ts';
import './clinic-invite-form.ts';
import './clinic-team-form.ts';

/** What the person is being asked before it is done. */
type Question =
  | { readonly ask: 'cancel'; readonly invitation: InvitationRow }
  | { readonly ask: 'let_in'; readonly admission: Admission }
  | { readonly ask: 'share_key'; readonly person: Person }
  | { readonly ask: 'appoint'; readonly team: Team; readonly person: TeamPerson | null }
  | { readonly ask: 'remove'; readonly team: Team; readonly person: TeamPerson }
  | { readonly ask: 'change_team'; readonly team: Team }
  | { readonly ask: 'create_team' }
  | { readonly ask: 'name_custodians' };

const SECTIONS: readonly { readonly id: string; readonly words: WordKey }[] = [
  { id: 'invitations', words: 'invitations.title' },
  { id: 'teams', words: 'teams.title' },
  { id: 'people', words: 'people.title' },
  { id: 'custodians', words: 'custodians.title' },
  { id: 'code', words: 'clinic.code' },
  { id: 'key', words: 'clinic.key' },
];

/** `<clinic-page .model .actions>` */
@customElement('clinic-page')
export class ClinicPage extends BetweenPage {
  protected readonly titleWords = 'page.clinic';
  @property({ attribute: false }) model!: ClinicModel;
  @property({ attribute: false }) actions!: ClinicActions;
  @state() private question: Question | null = null;

  protected override updated(changed: PropertyValues<this>): void {
    super.updated(changed);
    const before = changed.get('model');
    if (before && before.inviting?.step !== this.model.inviting?.step)
      this.querySelector<HTMLElement>('#sheet-title, #invite-title')?.focus();
    // A team that has arrived is what the question asked for.
    if (before && this.question?.ask === 'create_team' && this.model.teams.length > before.teams.length) this.question = null;
  }

  protected override render(): TemplateResult {
    const { model, actions } = this;
    const content = html`${this.#content()} ${this.question ? this.#dialog(this.question) : nothing}`;
    return pageFrame({ chrome: model.chrome, actions: actions.chrome, content });
  }

  #content(): TemplateResult {
    const { model } = this;
    if (model.inviting) return this.#inviting(model.inviting);
    const body = model.loading.state === 'ready' ? this.#panels() : this.#notReady();
    if (model.view === 'care_staff') return html`<div class="work">${body}</div>`;
    const links = SECTIONS.map(({ id, words }) => html`<li><a href="#${id}">${t(words)}</a></li>`);
    return html`<div class="work work--split">
      <nav class="side" aria-label=${t('clinic.sections')}>
        <ul role="list">
          ${links}
        </ul>
      </nav>
      ${body}
    </div>`;
  }

  #notReady(): TemplateResult {
    const { loading, clinicPhone } = this.model;
    const head = html`<header class="work__head"><h1>${this.model.clinicName}</h1></header>`;
    if (loading.state !== 'failed') return html`<div>${head}${skeleton(t('clinic.loading'), 4)}</div>`;
    const failure = {
      title: t('clinic.failed'),
      offline: this.model.chrome.connection !== 'online',
      ...(loading.reference ? { reference: loading.reference } : {}),
      ...(clinicPhone ? { clinicPhone } : {}),
    };
    return html`<div>
      ${head}${errorState(failure, () => {
        this.actions.tryAgain();
      })}
    </div>`;
  }

  #panels(): TemplateResult {
    const { model, actions } = this;
    const ask = (question: Question) => {
      this.question = question;
    };
    const invitations = invitationsPanel(model, actions, (invitation) => {
      ask({ ask: 'cancel', invitation });
    });
    const teams = teamsPanel(model, {
      askLetIn: (admission) => {
        ask({ ask: 'let_in', admission });
      },
      askAppoint: (team, person) => {
        ask({ ask: 'appoint', team, person });
      },
      askRemove: (team, person) => {
        ask({ ask: 'remove', team, person });
      },
      askChange: (team) => {
        ask({ ask: 'change_team', team });
      },
      askCreate: () => {
        ask({ ask: 'create_team' });
      },
    });
    const title = model.view === 'administrator' ? model.clinicName : t('invitations.invite_patient');
    const lead = model.view === 'administrator' ? t('clinic.lead') : t('clinic.lead_care_staff');
    return html`<div class="stack stack-l">
      <header class="work__head">
        <div>
          <h1>${title}</h1>
          <p>${lead}</p>
        </div>
      </header>
      ${model.undertaking?.state === 'failed' ? notice({ tone: 'brick', icon: 'alert', body: t('clinic.undertaking_failed'), urgent: true }) : nothing}
      ${renewalNotice(model)} ${newcomersNotice(model)} ${invitations}
      ${model.view === 'administrator' || model.teams.some((team) => team.waiting.length > 0 || team.manage !== null) ? teams : nothing}
      ${model.view === 'administrator' ? peoplePanel(model) : nothing}
      ${custodiansPanel(model, () => {
        ask({ ask: 'name_custodians' });
      })}
      ${codePanel(model)}
      ${
        model.key
          ? keyPanel(model, model.key, (person) => {
              ask({ ask: 'share_key', person });
            })
          : nothing
      }
    </div>`;
  }

  #inviting(inviting: Inviting): TemplateResult {
    const { model, actions } = this;
    if (inviting.step === 'result')
      return html`<div class="work work--narrow">
        <h1 class="vh">${t('invite.ready')}</h1>
        ${invitationSheet(inviting.result, model, actions)}
      </div>`;
    return html`<div class="work work--narrow">
      <header class="work__head">
        <div>
          <h1 id="invite-title" tabindex="-1">${model.mayInvite.length > 1 ? t('invite.title') : t('invitations.invite_patient')}</h1>
          <p>${t('invite.lead')}</p>
        </div>
      </header>
      <invite-form
        .roles=${model.mayInvite}
        .teams=${model.teams}
        .failure=${inviting.failure}
        ?working=${inviting.working}
        @invite=${(event: CustomEvent<InvitationRequest>) => {
          actions.invite(event.detail);
        }}
        @cancel=${() => {
          actions.closeInvitation();
        }}
      ></invite-form>
    </div>`;
  }

  #dialog(question: Question): TemplateResult {
    switch (question.ask) {
      case 'cancel': {
        const who = invitationWords(question.invitation);
        return this.#confirm(
          t('invitation.cancel_title', { who }),
          html`<p>${t('invitation.cancel_body')}</p>`,
          t('invitation.cancel'),
          () => {
            this.actions.cancelInvitation(question.invitation.id);
          },
        );
      }
      case 'let_in': {
        const { team, newcomer } = question.admission;
        const body = html`<p>${t('team.let_in_body', { name: newcomer.name, team: team.name })}</p>
          <p>${t('team.compare', { name: newcomer.name })}</p>
          ${codeGroups(newcomer.safetyCode, t('safety.code_of', { name: newcomer.name }))}`;
        return this.#confirm(t('team.let_in_name', { name: newcomer.name }), body, t('team.let_in'), () => {
          this.actions.letIn(team.id, newcomer.id);
        });
      }
      case 'share_key': {
        const { person } = question;
        return this.#confirm(
          t('clinic.share_key_with', { name: person.name }),
          html`<p>${t('clinic.share_key_body', { name: person.name })}</p>`,
          t('clinic.share_key'),
          () => {
            this.actions.shareClinicKey(person.id);
          },
        );
      }
      case 'remove':
        return this.#confirm(
          t('team.remove_title', { name: question.person.name, team: question.team.name }),
          removalWords(question.team, question.person),
          t('team.remove'),
          () => {
            this.actions.removeFromTeam(question.team.id, question.person.id);
          },
        );
      case 'appoint':
      case 'change_team':
        return teamDialog(question, this.model, this.actions, () => {
          this.question = null;
        });
      case 'create_team':
        return this.#teamDialog();
      case 'name_custodians':
        return custodiansDialog(this.model, this.actions, () => {
          this.question = null;
        });
    }
  }

  #confirm(heading: string, body: TemplateResult, verb: string, act: () => void): TemplateResult {
    const close = (): void => {
      this.question = null;
    };
    const confirm = (): void => {
      close();
      act();
    };
    const foot = html`<button class="btn btn--main" type="button" @click=${confirm}>${verb}</button
      ><button class="btn" type="button" @click=${close}>${t('dialog.keep')}</button>`;
    return html`<modal-dialog .heading=${heading} .body=${body} .foot=${foot} @dismiss=${close}></modal-dialog>`;
  }

  #teamDialog(): TemplateResult {
    const { undertaking, people } = this.model;
    const close = (): void => {
      this.question = null;
    };
    const creating = undertaking?.what === 'create_team' ? undertaking.state : null;
    const body = html`<team-form
      .people=${people.filter(({ role }) => !OUTSIDE_TEAMS.has(role))}
      ?working=${creating === 'working'}
      ?failed=${creating === 'failed'}
      @create=${(event: CustomEvent<TeamRequest>) => {
        this.actions.createTeam(event.detail.name, event.detail.manager);
      }}
      @cancel=${close}
    ></team-form>`;
    return html`<modal-dialog .heading=${t('teams.new')} .body=${body} @dismiss=${close}></modal-dialog>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'clinic-page': ClinicPage;
  }
}
