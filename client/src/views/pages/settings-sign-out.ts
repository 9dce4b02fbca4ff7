/** Signing out while messages wait: nothing is thrown away without a word. */
import { html, nothing, type TemplateResult } from 'lit';
import { icon } from '../icons.ts';
import type { SettingsActions, SignOutQuestion, WaitingChoice } from '../models/settings.ts';
import { notice } from '../parts/notices.ts';
import { t } from '../words.ts';

/** The question, or nothing while it is not asked. */
export function signOutDialog(
  question: SignOutQuestion,
  actions: Pick<SettingsActions, 'decideWaiting' | 'cancelSignOut'>,
): TemplateResult | typeof nothing {
  if (question.step === 'closed') return nothing;
  const working = question.state === 'sending' || question.state === 'leaving';
  const cancel = (): void => {
    actions.cancelSignOut();
  };
  const decide = (choice: WaitingChoice) => (): void => {
    if (!working) actions.decideWaiting(choice);
  };
  const disabled = working ? 'true' : 'false';
  const body = html`<p>${t('sign_out.waiting', { count: question.waiting })}</p>
    ${question.state === 'not_all_sent' ? notice({ tone: 'honey', icon: 'offline', body: t('sign_out.not_all_sent'), urgent: true }) : nothing}
    <div class="stack stack-s">
      <button class="btn btn--main btn--wide" type="button" aria-disabled=${disabled} @click=${decide('send_first')}>
        ${icon('send')}${question.state === 'sending' ? t('sign_out.sending') : t('sign_out.send_first')}
      </button>
      <button class="btn btn--wide" type="button" aria-disabled=${disabled} aria-describedby="keep-hint" @click=${decide('keep_locked')}>
        ${icon('lock')}${t('sign_out.keep_locked')}
      </button>
      <p class="quiet small" id="keep-hint">${t('sign_out.keep_hint')}</p>
      <button class="btn btn--stop btn--wide" type="button" aria-disabled=${disabled} @click=${decide('delete')}>
        ${t('sign_out.delete', { count: question.waiting })}
      </button>
    </div>`;
  const foot = html`<button class="btn" type="button" @click=${cancel}>${t('sign_out.stay')}</button>`;
  return html`<modal-dialog .heading=${t('sign_out.title')} .body=${body} .foot=${foot} @dismiss=${cancel}></modal-dialog>`;
}
