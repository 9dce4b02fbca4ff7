/** "My device or password was stolen": new keys, so that what was taken opens nothing new. */
import { html, type TemplateResult } from 'lit';
import { icon } from '../icons.ts';
import type { SettingsActions, SettingsModel, StolenChange } from '../models/settings.ts';
import { notice } from '../parts/notices.ts';
import { stepTitle } from '../parts/step-title.ts';
import { steps } from '../parts/steps.ts';
import { t, type WordKey } from '../words.ts';
import { changeFailure } from './settings-locking.ts';
import '../parts/new-password.ts';
import '../parts/recovery-code.ts';

type Step = Exclude<StolenChange['step'], 'closed'>;

const STEP_WORDS: Record<Step, WordKey> = {
  explain: 'stolen.step_explain',
  password: 'stolen.step_password',
  code: 'stolen.step_code',
  done: 'stolen.step_done',
};
const ORDER: readonly Step[] = ['explain', 'password', 'code', 'done'];

/** The whole undertaking, in place of the settings. */
export function stolenSteps(model: SettingsModel, actions: SettingsActions): TemplateResult {
  const { stolen } = model;
  if (stolen.step === 'closed') return html``;
  return html`<div class="stack">
    ${steps(
      ORDER.map((step) => t(STEP_WORDS[step])),
      ORDER.indexOf(stolen.step),
    )}
    <section class="panel join__card stack">${card(stolen, model, actions)}</section>
  </div>`;
}

function card(stolen: Exclude<StolenChange, { step: 'closed' }>, model: SettingsModel, actions: SettingsActions): TemplateResult {
  switch (stolen.step) {
    case 'explain':
      return explain(actions);
    case 'password':
      return html`${stepTitle(t('settings.new_password'), 1)}
        <p>${t('stolen.password_body')}</p>
        <new-password
          name=${model.signInName}
          .verdict=${stolen.verdict}
          .judge=${(_: string, fresh: string) => {
            actions.judgePassword(fresh);
          }}
          .choose=${(_: string, fresh: string) => {
            actions.chooseStolenPassword(fresh);
          }}
          .back=${() => {
            actions.cancelStolen();
          }}
        ></new-password>`;
    case 'code':
      return html`${stepTitle(t('settings.new_code'), 1)} ${changeFailure(stolen.failure)}
        <recovery-code
          .code=${stolen.code}
          .check=${stolen.check}
          ?working=${stolen.working}
          .tryCode=${(typed: string) => {
            actions.checkStolenCode(typed);
          }}
          .keep=${() => {
            actions.finishStolen();
          }}
          .back=${() => {
            actions.cancelStolen();
          }}
        ></recovery-code>`;
    case 'done':
      return html`<span class="bigseal" aria-hidden="true">${icon('check')}</span>
        ${stepTitle(t('stolen.done'), 1)}
        <p>${t('stolen.done_body')}</p>
        ${notice({ tone: 'honey', icon: 'shield', body: t('stolen.done_compare') })}
        <div class="join__foot">
          <button
            class="btn btn--main btn--tall"
            type="button"
            @click=${() => {
              actions.cancelStolen();
            }}
          >
            ${t('stolen.back_to_settings')}
          </button>
        </div>`;
  }
}

function explain(actions: SettingsActions): TemplateResult {
  return html`${stepTitle(t('stolen.title'), 1)}
    <p>${t('stolen.intro')}</p>
    <ul class="plain-list">
      <li>${t('stolen.will_sign_out')}</li>
      <li>${t('stolen.will_keys')}</li>
      <li>${t('stolen.will_read')}</li>
      <li>${t('stolen.will_compare')}</li>
    </ul>
    ${notice({ tone: 'honey', icon: 'info', body: t('stolen.already_read') })}
    <div class="join__foot">
      <button
        class="btn btn--plain"
        type="button"
        @click=${() => {
          actions.cancelStolen();
        }}
      >
        ${icon('back')}${t('dialog.keep')}
      </button>
      <button
        class="btn btn--main btn--tall"
        type="button"
        @click=${() => {
          actions.goOnStolen();
        }}
      >
        ${t('stolen.go_on')}
      </button>
    </div>`;
}
