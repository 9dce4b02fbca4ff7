/** Keeping one person of a team from reading, and letting them read again: what that does and does not do, said before. */
import { html, nothing, type TemplateResult } from 'lit';
import { icon } from '../icons.ts';
import type { Person } from '../models/person.ts';
import type { Deed, Grant } from '../models/who-can-read.ts';
import { avatar } from '../parts/avatar.ts';
import { choices } from '../parts/choices.ts';
import { notice } from '../parts/notices.ts';
import { t } from '../words.ts';
import { deedNotice } from './who-can-read-deed.ts';
import '../parts/dialog.ts';

export interface BlockActions {
  readonly close: () => void;
  readonly choose: (person: string) => void;
  readonly yes: (person: string) => void;
}

/** Whom of a team, what it comes to, and yes. */
export function blockDialog(grant: Grant, chosen: string | null, deed: Deed, actions: BlockActions): TemplateResult {
  const person = grant.members.find(({ id }) => id === chosen) ?? null;
  const options = grant.members.map(({ id, name, credential }) => ({ value: id, label: name, ...(credential ? { hint: credential } : {}) }));
  const body = html`<p>${t('keep_out.who')}</p>
    ${choices({ name: 'block-who', legend: t('keep_out.who'), options, chosen }, actions.choose)}
    <div class="stack" aria-live="polite">${person ? consequence(person, grant) : nothing}</div>
    ${deedNotice(deed)}`;
  const heading = t('keep_out.title', { team: grant.name });
  const foot = feet(deed, person ? t('keep_out.do', { name: person.name }) : t('keep_out.choose_first'), person && (() => { actions.yes(person.id); }), actions.close);
  return html`<modal-dialog .heading=${heading} .body=${body} .foot=${foot} @dismiss=${actions.close}></modal-dialog>`;
}

function consequence({ name }: Person, { name: team, members }: Grant): TemplateResult {
  const alone = members.length === 1;
  return html`<p>${t('keep_out.from_now', { name })}</p>
    ${alone ? nothing : html`<p>${t('keep_out.others', { name, team })}</p>`}
    <p>${t('take_off.already_read', { name })}</p>
    ${alone ? notice({ tone: 'honey', icon: 'users', body: t('keep_out.nobody_left', { team }) }) : nothing}
    <p class="quiet small">${t('take_off.again')}</p>`;
}

/** Asks before somebody reads again, since that opens what was written meanwhile. */
export function unblockDialog({ id, name }: Person, deed: Deed, { close, yes }: Pick<BlockActions, 'close' | 'yes'>): TemplateResult {
  const body = html`<p>${t('unblock.reads', { name })}</p>
    <p>${t('unblock.meanwhile', { name })}</p>
    ${deedNotice(deed)}`;
  const foot = feet(deed, t('unblock.do'), () => { yes(id); }, close, 'btn--main');
  return html`<modal-dialog .heading=${t('unblock.title', { name })} .body=${body} .foot=${foot} @dismiss=${close}></modal-dialog>`;
}

function feet(deed: Deed, words: string, yes: (() => void) | null, close: () => void, tone = 'btn--stop'): TemplateResult {
  const working = deed.state === 'working';
  return html`<button
      class="btn ${tone}"
      type="button"
      aria-disabled=${working || yes === null ? 'true' : 'false'}
      @click=${() => {
        if (!working) yes?.();
      }}
    >
      ${working ? t('give.working') : words}
    </button>
    <button class="btn" type="button" @click=${close}>${t('dialog.keep')}</button>`;
}

/** Everybody who is kept from reading, each with the way back; nothing where nobody is. */
export function blockedSection(blocked: readonly Person[], unblock: (person: Person) => void): TemplateResult | typeof nothing {
  if (blocked.length === 0) return nothing;
  const row = (person: Person): TemplateResult =>
    html`<li class="row">
      ${avatar(person, 'normal')}<span><b>${person.name}</b>${person.credential ? html`<br /><span class="quiet">${person.credential}</span>` : nothing}</span>
      <button
        class="btn"
        type="button"
        aria-label=${t('unblock.of', { name: person.name })}
        @click=${() => {
          unblock(person);
        }}
      >
        ${icon('check')}${t('unblock.open')}
      </button>
    </li>`;
  return html`<section class="home__sec" aria-labelledby="blocked-title">
    <h2 id="blocked-title">${t('who_can_read.blocked')}</h2>
    <p>${t('who_can_read.blocked_body')}</p>
    <ul class="panel rows" role="list">
      ${blocked.map(row)}
    </ul>
  </section>`;
}
