/** The last step of joining: who one is to the people who can read, or, for staff, what comes next. */
import { html, nothing, type TemplateResult } from 'lit';
import { icon } from '../icons.ts';
import type { JoinActions, Joining } from '../models/join.ts';
import { urgent } from '../parts/notices.ts';
import { profileForm } from '../parts/profile-form.ts';
import { t } from '../words.ts';

/** Off until the person flips it. */
export interface EmergencySwitch {
  readonly on: boolean;
  readonly flip: (on: boolean) => void;
}

/** The card after everything has been made. */
export function donePanel(model: Joining, actions: JoinActions, emergencyAccess: EmergencySwitch): TemplateResult {
  const head = html`<span class="bigseal" aria-hidden="true">${icon('check')}</span>
    <h1 id="step-title" tabindex="-1">${t('join.done_title')}</h1>`;
  return html`${head}${model.role === 'patient' ? patientDone(model, actions, emergencyAccess) : staffDone(actions)}`;
}

function patientDone(model: Joining, actions: JoinActions, emergencyAccess: EmergencySwitch): TemplateResult {
  const readers = model.team?.members.length ?? 1;
  const profile = { legalName: '', preferredName: '', pronouns: '', languageNote: '' };
  return html`<p>${t('join.done_body', { count: readers })}</p>
    ${model.offersEmergencyAccess ? emergencyOffer(emergencyAccess) : nothing}
    <h2>${t('join.profile_title')}</h2>
    <p class="quiet">${t('join.profile_body')}</p>
    ${profileForm({ profile, button: model.working ? t('join.working') : t('join.first_message'), working: model.working }, (written) => {
      actions.saveProfile(written, model.offersEmergencyAccess && emergencyAccess.on);
    })}
    ${urgent(model.emergency, 'door')}`;
}

/** Whoever leaves it as it is goes on without. */
function emergencyOffer({ on, flip }: EmergencySwitch): TemplateResult {
  const change = (event: Event): void => {
    flip((event.target as HTMLInputElement).checked);
  };
  return html`<h2>${t('emergency_choice.title')}</h2>
    <p>${t('emergency_choice.what')}</p>
    <ul class="plain-list">
      <li>${t('emergency_choice.told')}</li>
      <li>${t('emergency_choice.without')}</li>
    </ul>
    <p class="quiet small">${t('emergency_choice.trust')}</p>
    <div class="setrow">
      <div>
        <b id="emergency-access">${t('join.emergency')}</b>
        <p class="quiet small">${t('join.emergency_later')}</p>
      </div>
      <span class="switch"><input type="checkbox" role="switch" aria-labelledby="emergency-access" .checked=${on} @change=${change} /><span></span></span>
    </div>`;
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
