/** What is being done about an agreement, how far it has come, or why it did not happen; and taking somebody off. */
import { html, nothing, type TemplateResult } from 'lit';
import type { Deed, Grant } from '../models/who-can-read.ts';
import { notice } from '../parts/notices.ts';
import { joinNames, t, type WordKey } from '../words.ts';
import '../parts/dialog.ts';

const FAILURE_WORDS: Record<Extract<Deed, { state: 'failed' }>['reason'], WordKey> = {
  unreachable: 'deed.unreachable',
  refused: 'deed.refused',
  newer_version: 'deed.newer_version',
  earlier_waits: 'deed.earlier_waits',
};

/** The state of a deed; nothing while there is none. */
export function deedNotice(deed: Deed): TemplateResult | typeof nothing {
  if (deed.state === 'failed') return notice({ tone: 'honey', icon: 'alert', body: t(FAILURE_WORDS[deed.reason]), urgent: true });
  if (deed.state === 'idle' || deed.all === 0) return nothing;
  return html`<p class="quiet small" role="status">${t('deed.progress', { done: deed.done, count: deed.all })}</p>`;
}

export interface TakeOffActions {
  readonly close: () => void;
  readonly takeOff: () => void;
}

/** Asks before somebody is taken off, and says what that does and what it does not undo. */
export function takeOffDialog(grant: Grant, deed: Deed, { close, takeOff }: TakeOffActions): TemplateResult {
  const { name, alsoThrough } = grant;
  const working = deed.state === 'working';
  const body = html`<p>${t('take_off.from_now', { name })}</p>
    <p>${t('take_off.already_read', { name })}</p>
    ${alsoThrough.length > 0 ? notice({ tone: 'honey', icon: 'users', body: t('take_off.also', { name, through: joinNames(alsoThrough) }) }) : nothing}
    <p class="quiet small">${t('take_off.again')}</p>
    ${deedNotice(deed)}`;
  const foot = html`<button
      class="btn btn--stop"
      type="button"
      aria-disabled=${working ? 'true' : 'false'}
      @click=${() => {
        if (!working) takeOff();
      }}
    >
      ${working ? t('give.working') : t('take_off.do')}
    </button>
    <button class="btn" type="button" @click=${close}>${t('dialog.keep')}</button>`;
  return html`<modal-dialog .heading=${t('take_off.title', { name })} .body=${body} .foot=${foot} @dismiss=${close}></modal-dialog>`;
}
