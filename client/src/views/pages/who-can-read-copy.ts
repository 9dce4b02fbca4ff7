/** Saving a copy of everything that was decided. */
import { html, nothing, type TemplateResult } from 'lit';
import { icon } from '../icons.ts';
import type { Copying } from '../models/who-can-read.ts';
import { notice } from '../parts/notices.ts';
import { t, type WordKey } from '../words.ts';

const FAILURE_WORDS: Record<Extract<Copying, { state: 'failed' }>['reason'], WordKey> = {
  unreachable: 'copy.unreachable',
  refused: 'copy.refused',
  differs: 'copy.differs',
};

/** What the file is, the button, and why there is none. */
export function copySection(copying: Copying, save: () => void): TemplateResult {
  const working = copying.state === 'working';
  return html`<section class="home__sec" aria-labelledby="copy-title">
    <h2 id="copy-title">${t('copy.title')}</h2>
    <p>${t('copy.body')}</p>
    ${copying.state === 'failed' ? notice({ tone: 'honey', icon: 'alert', body: t(FAILURE_WORDS[copying.reason]), urgent: true }) : nothing}
    <button
      class="btn"
      type="button"
      aria-disabled=${working ? 'true' : 'false'}
      @click=${() => {
        if (!working) save();
      }}
    >
      ${icon('download')}${working ? t('copy.working') : t('copy.save')}
    </button>
  </section>`;
}
