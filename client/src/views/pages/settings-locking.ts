/** Idle lock, password, recovery code, and what to do after a theft. */
import { html, nothing, type TemplateResult } from 'lit';
import { icon } from '../icons.ts';
import { minutesLong } from '../durations.ts';
import { IDLE_CHOICES, type ChangeFailure, type IdleMinutes, type SettingsActions, type SettingsModel } from '../models/settings.ts';
import { fieldAround } from '../parts/field.ts';
import { notice } from '../parts/notices.ts';
import type { PasswordField } from '../parts/password-field.ts';
import { doneMark, stepTitle } from '../parts/step-title.ts';
import { t, type WordKey } from '../words.ts';
import '../parts/new-password.ts';
import '../parts/password-field.ts';
import '../parts/recovery-code.ts';

const FAILURE_WORDS: Record<ChangeFailure, WordKey> = {
  wrong_password: 'settings.wrong_password',
  vault_moved: 'settings.vault_moved',
  unreachable: 'settings.unreachable',
  our_fault: 'error.ours',
};

/** The rows; the one that is being changed unfolds. */
export function lockingRows(model: SettingsModel, actions: SettingsActions): TemplateResult {
  return html`<ul class="panel rows" role="list">
      <li>${idleField(model.idleMinutes, actions)}</li>
      <li>${passwordRow(model, actions)}</li>
      <li>${recoveryRow(model, actions)}</li>
      <li class="setrow">
        <div>
          <b>${t('stolen.row')}</b>
          <p class="quiet small">${t('stolen.row_hint')}</p>
        </div>
        <button
          class="btn btn--stop"
          type="button"
          @click=${() => {
            actions.beginStolen();
          }}
        >
          ${t('stolen.begin')}
        </button>
      </li>
    </ul>
    ${notice({ tone: 'sky', icon: 'key', body: t('settings.lost_all') })}`;
}

/** A problem with changing keys, in words; a wrong password stands at its field instead. */
export function changeFailure(failure: ChangeFailure | null): TemplateResult | typeof nothing {
  if (failure === null || failure === 'wrong_password') return nothing;
  return notice({
    tone: failure === 'unreachable' ? 'honey' : 'brick',
    icon: failure === 'unreachable' ? 'offline' : 'alert',
    body: t(FAILURE_WORDS[failure]),
    urgent: true,
  });
}

function idleField(minutes: IdleMinutes, actions: SettingsActions): TemplateResult {
  const choose = (event: Event): void => {
    const chosen = IDLE_CHOICES.find((choice) => String(choice) === (event.target as HTMLSelectElement).value);
    if (chosen !== undefined) actions.chooseIdle(chosen);
  };
  return fieldAround(
    { id: 'idle', label: t('settings.idle') },
    () =>
      html`<select class="input" id="idle" @change=${choose}>
        ${IDLE_CHOICES.map((choice) => html`<option value=${choice} ?selected=${choice === minutes}>${minutesLong(choice)}</option>`)}
      </select>`,
  );
}

function passwordRow({ password, signInName }: SettingsModel, actions: SettingsActions): TemplateResult {
  if (password.step === 'present')
    return presentPassword(
      t('settings.change_password'),
      password,
      (present) => {
        actions.provePassword(present);
      },
      () => {
        actions.cancelPasswordChange();
      },
    );
  if (password.step === 'fresh')
    return html`<div class="stack">
      ${stepTitle(t('settings.new_password'), 3)} ${changeFailure(password.failure)}
      <new-password
        name=${signInName}
        .verdict=${password.verdict}
        ?working=${password.working}
        words=${password.working ? t('settings.saving') : t('settings.change_password')}
        .judge=${(_: string, fresh: string) => {
          actions.judgePassword(fresh);
        }}
        .choose=${(_: string, fresh: string) => {
          actions.changePassword(fresh);
        }}
        .back=${() => {
          actions.cancelPasswordChange();
        }}
      ></new-password>
    </div>`;
  return row(
    t('settings.password'),
    t('settings.password_hint'),
    t('settings.change_password'),
    () => {
      actions.beginPasswordChange();
    },
    password.changed ? t('settings.password_changed') : null,
  );
}

function recoveryRow({ recovery }: SettingsModel, actions: SettingsActions): TemplateResult {
  if (recovery.step === 'present')
    return presentPassword(
      t('settings.new_code'),
      recovery,
      (present) => {
        actions.makeRecoveryCode(present);
      },
      () => {
        actions.cancelRecoveryChange();
      },
    );
  if (recovery.step === 'code')
    return html`<div class="stack">
      ${stepTitle(t('settings.new_code'), 3)} ${changeFailure(recovery.failure)}
      <p class="quiet">${t('settings.new_code_counts')}</p>
      <recovery-code
        .code=${recovery.code}
        .check=${recovery.check}
        ?working=${recovery.working}
        .tryCode=${(typed: string) => {
          actions.checkRecoveryCode(typed);
        }}
        .keep=${() => {
          actions.keepRecoveryCode();
        }}
        .back=${() => {
          actions.cancelRecoveryChange();
        }}
      ></recovery-code>
    </div>`;
  return row(
    t('settings.recovery'),
    t('settings.recovery_hint'),
    t('settings.make_code'),
    () => {
      actions.beginRecoveryChange();
    },
    recovery.changed ? t('settings.recovery_changed') : null,
  );
}

function row(title: string, hint: string, verb: string, begin: () => void, done: string | null): TemplateResult {
  return html`<div class="setrow">
    <div>
      <b>${title}</b>
      <p class="quiet small">${hint}</p>
      ${done === null ? nothing : doneMark(done)}
    </div>
    <button class="btn" type="button" @click=${begin}>${verb}</button>
  </div>`;
}

/** Whoever finds the page open must not be able to change how it is locked. */
function presentPassword(
  title: string,
  state: { readonly working: boolean; readonly failure: ChangeFailure | null },
  prove: (present: string) => void,
  cancel: () => void,
): TemplateResult {
  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    const field = (event.target as HTMLElement).querySelector<PasswordField>('password-field');
    if (state.working || field === null) return;
    if (field.value === '') field.focus();
    else prove(field.value);
  };
  return html`<form class="stack" novalidate @submit=${submit}>
    ${stepTitle(title, 3)} ${changeFailure(state.failure)}
    <password-field
      field="present-password"
      label=${t('settings.present_password')}
      hint=${t('settings.present_password_hint')}
      error=${state.failure === 'wrong_password' ? t(FAILURE_WORDS.wrong_password) : ''}
    ></password-field>
    <div class="join__foot">
      <button class="btn btn--plain" type="button" @click=${cancel}>${icon('back')}${t('join.back')}</button>
      <button class="btn btn--main" type="submit" aria-disabled=${state.working ? 'true' : 'false'}>
        ${state.working ? t('settings.checking') : t('join.continue')}
      </button>
    </div>
  </form>`;
}
