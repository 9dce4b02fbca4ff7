/** The shape of people: square is the clinic, round is the patient and family, dashed is a machine. */
import { html, nothing, type TemplateResult } from 'lit';
import { icon } from '../icons.ts';
import type { Person } from '../models/person.ts';

/** `inline` stands in a line of text, `small` in a seal, `large` at the head of a card. */
export type AvatarSize = 'inline' | 'small' | 'normal' | 'large';

const SIZE_CLASS: Record<AvatarSize, string> = { inline: 'av--xs', small: 'av--s', normal: '', large: 'av--l' };

/** A person's mark. It is hidden from screen readers, so the name always stands beside it. */
export function avatar(person: Person, size: AvatarSize = 'normal'): TemplateResult {
  const tone = person.tone === 'plain' ? '' : `av--${person.tone}`;
  const shape = person.shape === 'person' ? '' : `av--${person.shape}`;
  const classes = ['av', shape, tone, SIZE_CLASS[size]].filter(Boolean).join(' ');
  return html`<span class=${classes} aria-hidden="true">${person.shape === 'machine' ? icon('settings') : person.initials}</span>`;
}

/** The first few people of a group, close together. */
export function avatarStack(people: readonly Person[], size: AvatarSize, most = 4): TemplateResult | typeof nothing {
  if (people.length === 0) return nothing;
  return html`<span class="av-stack" aria-hidden="true">${people.slice(0, most).map((person) => avatar(person, size))}</span>`;
}
