/** An invitation that leads nowhere: why, and what to do about it. */
import { html, nothing, type TemplateResult } from 'lit';
import { icon } from '../icons.ts';
import type { JoinStop } from '../models/join.ts';
import { t, type WordKey } from '../words.ts';
import { telephone } from './notices.ts';

const STOP_WORDS: Record<JoinStop, WordKey> = {
  unknown: 'join.stop_unknown',
  expired: 'join.stop_expired',
  used: 'join.stop_used',
  cancelled: 'join.stop_cancelled',
  damaged_link: 'join.stop_damaged',
  wrong_clinic: 'join.stop_wrong_clinic',
  not_genuine: 'join.stop_not_genuine',
  different_code: 'join.stop_different',
  clock: 'join.stop_clock',
  unreachable: 'join.stop_unreachable',
};

/** The card; `phone` is the clinic's, null where it is not known. */
export function invitationStop(stop: JoinStop, phone: string | null): TemplateResult {
  const again = stop === 'unreachable' || stop === 'clock';
  return html`<section class="panel join__card stack">
    <p class="kind kind--brick">${icon(again ? 'offline' : 'broken')}${t('join.stopped')}</p>
    <h1 tabindex="-1">${t(STOP_WORDS[stop])}</h1>
    <p>${t(again ? 'join.stop_try_again' : 'join.stop_do')}</p>
    <div class="join__foot">
      ${
        again
          ? html`<button
              class="btn btn--main btn--tall"
              type="button"
              @click=${() => {
                window.location.reload();
              }}
            >
              ${icon('redo')}${t('error.try_again')}
            </button>`
          : nothing
      }
      ${phone === null ? nothing : html`<a class="btn btn--tall" href=${telephone(phone)}>${icon('phone')}${t('error.call_clinic')}</a>`}
      <a class="btn btn--plain" href="/sign-in">${t('join.to_sign_in')}</a>
    </div>
  </section>`;
}
