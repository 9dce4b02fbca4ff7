/** What the people who can read are told about a patient. */
import { html, nothing, type TemplateResult } from 'lit';
import type { SettingsActions, SettingsModel } from '../models/settings.ts';
import { notice } from '../parts/notices.ts';
import { profileForm } from '../parts/profile-form.ts';
import { doneMark } from '../parts/step-title.ts';
import { t } from '../words.ts';

/** The same form as after joining. */
export function profilePanel({ written, saving }: NonNullable<SettingsModel['profile']>, actions: SettingsActions): TemplateResult {
  const button = saving === 'working' ? t('settings.saving') : t('settings.save');
  return html`<div class="panel panel__body stack">
    ${profileForm({ profile: written, button, working: saving === 'working' }, (profile) => {
      actions.saveProfile(profile);
    })}
    ${saving === 'saved' ? doneMark(t('settings.saved')) : nothing}
    ${saving === 'failed' ? notice({ tone: 'brick', icon: 'alert', body: t('settings.not_saved'), urgent: true }) : nothing}
  </div>`;
}
