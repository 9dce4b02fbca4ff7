/** The last step of joining: who one is to the people who can read, or, for staff, what comes next. */
import { html, nothing, type TemplateResult } from 'lit';
import { icon } from '../icons.ts';
import type { JoinActions, Joining } from '../models/join.ts';
import { urgent } from '../parts/notices.ts';
import { profileForm } from '../parts/profile-form.ts';
import { t } from '../words.ts';

/** The card after everything has been made. */
export function donePanel(model: Joining, actions: JoinActions): TemplateResult {
  const head = html`<span class="bigseal" aria-hidden="true">${icon('check')}</span>
    <h1 id="step-title" tabindex="-1">${t('join.done_title')}</h1>`;
  return html`${head}${model.role === 'patient' ? patientDone(model, actions) : staffDone(actions)}`;
}

function patientDone(model: Joining, actions: JoinActions): TemplateResult {
  const readers = model.team?.members.length ?? 1;
  const profile = { legalName: '', preferredName: '', pronouns: '', languageNote: '' };
  return html`<p>${t('join.done_body', { count: readers })}</p>
    <h2>${t('join.profile_title')}</h2>
    <p class="quiet">${t('join.profile_body')}</p>
    ${profileForm({ profile, button: model.working ? t('join.working') : t('join.first_message'), working: model.working }, (written) => {
      actions.saveProfile(written);
    })}
    ${urgent(model.emergency, 'door')}`;
}

function staffDone(actions: JoinActions): TemplateResult | typeof nothing {
  return html`<p>${t('join.done_staff')}</p>
    <div class="join__foot">
      <button
        class="btn btn--main btn--tall"
        type="button"
        @click=${() => {
          actions.finish();
        }}
      >
        ${t('join.to_inbox')}
      </button>
    </div>`;
}
