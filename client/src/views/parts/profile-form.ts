/** What a patient tells the people who can read: names, pronouns, language. Locked like a message. */
import { html, type TemplateResult } from 'lit';
import type { Profile } from '../models/join.ts';
import { t } from '../words.ts';
import { textField } from './field.ts';

export interface ProfileFormOptions {
  readonly profile: Profile;
  /** What the button says. */
  readonly button: string;
  readonly working: boolean;
  readonly error?: string;
}

/**
 * The form; `save` gets what was written, trimmed. Its fields tell the browser no purpose: browsers write what is typed into a field for names to their
 * autofill file, readable and for good, and what is written here is to be nowhere on this device after signing out.
 */
export function profileForm({ profile, button, working, error }: ProfileFormOptions, save: (profile: Profile) => void): TemplateResult {
  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    if (!working) save(read(event.target as HTMLFormElement));
  };
  return html`<form class="stack" novalidate @submit=${submit}>
    ${textField({
      id: 'legal-name',
      label: t('profile.legal_name'),
      hint: t('profile.legal_name_hint'),
      error: error ?? null,
      value: profile.legalName,
      required: true,
      maxLength: 200,
    })}
    ${textField({
      id: 'preferred-name',
      label: t('profile.preferred_name'),
      hint: t('profile.preferred_name_hint'),
      value: profile.preferredName,
      maxLength: 100,
    })}
    ${textField({ id: 'pronouns', label: t('profile.pronouns'), hint: t('profile.pronouns_hint'), value: profile.pronouns, maxLength: 60 })}
    ${textField({
      id: 'language-note',
      label: t('profile.language_note'),
      hint: t('profile.language_note_hint'),
      value: profile.languageNote,
      maxLength: 200,
    })}
    <div class="join__foot">
      <button class="btn btn--main btn--tall" type="submit" aria-disabled=${working ? 'true' : 'false'}>${button}</button>
    </div>
  </form>`;
}

function read(form: HTMLFormElement): Profile {
  const values = new FormData(form);
  const value = (name: string): string => {
    const entry = values.get(name);
    return typeof entry === 'string' ? entry.trim() : '';
  };
  return {
    legalName: value('legal-name'),
    preferredName: value('preferred-name'),
    pronouns: value('pronouns'),
    languageNote: value('language-note'),
  };
}
