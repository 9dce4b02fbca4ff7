/** The seal: a closed lock, the people who can read, and their number. In the header, never in a menu. */
import { html, nothing, type TemplateResult } from 'lit';
import { icon } from '../icons.ts';
import type { Readers } from '../models/readers.ts';
import { t } from '../words.ts';
import { avatarStack } from './avatar.ts';

/** "You and 5 people can read", as words. */
export function readersSentence(readers: Readers): string {
  return t('seal.readers', { count: readers.people.length });
}

/** The seal as a button that opens the list of readers. */
export function seal(readers: Readers, open: () => void): TemplateResult {
  const note = sealNote(readers);
  return html`<button class=${note ? 'seal seal--note' : 'seal'} type="button" aria-haspopup="dialog" @click=${open}>
    ${icon('lock')}${avatarStack(readers.people, 'small')}<span
      >${readersSentence(readers)}${note ? html`<span class="seal__note">${note}</span>` : nothing}</span
    >
  </button>`;
}

function sealNote(readers: Readers): string | null {
  if (readers.changedSinceLastVisit) return t('seal.changed');
  return readers.people.some((person) => person.safety === 'changed') ? t('seal.key_changed') : null;
}
