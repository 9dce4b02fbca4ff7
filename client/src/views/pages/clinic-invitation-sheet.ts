/** The finished invitation: on the screen and on paper, to hand over in person. */
import { html, nothing, type TemplateResult } from 'lit';
import { icon } from '../icons.ts';
import type { ClinicActions, ClinicModel, InvitationResult } from '../models/clinic.ts';
import { codeGroups } from '../parts/code.ts';
import { fieldAround } from '../parts/field.ts';
import { notice } from '../parts/notices.ts';
import { qrCode } from '../parts/qr-code.ts';
import { longDay } from '../times.ts';
import { t } from '../words.ts';

/** Whoever has this link can join in the person's place, so it is shown once, and says so. */
export function invitationSheet(result: InvitationResult, model: ClinicModel, actions: ClinicActions): TemplateResult {
  return html`<section class="panel sheet stack" aria-labelledby="sheet-title">
    <h2 id="sheet-title" tabindex="-1">${t('sheet.title', { clinic: model.clinicName })}</h2>
    <div class="no-print">
      ${notice({ tone: 'honey', icon: 'key', title: t('sheet.for', { who: result.label }), body: t('sheet.care') })}
    </div>
    <div class="sheet__grid">
      ${qrCode(result.link, t('sheet.qr'))}
      <ol class="sheet__steps">
        <li>${t('sheet.step_scan')}</li>
        <li>${t('sheet.step_compare')}</li>
        <li>${t('sheet.step_password')}</li>
      </ol>
    </div>
    ${linkField(result.link, actions)}
    <div class="field">
      <span class="label" aria-hidden="true">${t('clinic.code')}</span>${codeGroups(model.clinicCode, t('clinic.code'))}
    </div>
    <p class="small">
      ${t('sheet.ends', { day: longDay(result.expiresAt, model.now, model.zones) })}
      ${model.clinicPhone ? t('sheet.call', { phone: model.clinicPhone }) : nothing}
    </p>
    <div class="row no-print">
      <button
        class="btn btn--main"
        type="button"
        @click=${() => {
          window.print();
        }}
      >
        ${icon('print')}${t('sheet.print')}
      </button>
      <button
        class="btn"
        type="button"
        @click=${() => {
          actions.closeInvitation();
        }}
      >
        ${t('sheet.done')}
      </button>
    </div>
  </section>`;
}

/** On paper the link stands as text: a field would cut it off. */
function linkField(link: string, actions: ClinicActions): TemplateResult {
  const select = (event: FocusEvent): void => {
    (event.target as HTMLInputElement).select();
  };
  const field = fieldAround(
    { id: 'sheet-link', label: t('sheet.link') },
    () =>
      html`<div class="input-with">
        <input class="input mono" id="sheet-link" readonly dir="ltr" .value=${link} @focus=${select} />
        <button
          class="btn"
          type="button"
          @click=${() => {
            actions.copyLink();
          }}
        >
          ${t('sheet.copy')}
        </button>
      </div>`,
  );
  return html`<div class="no-print">${field}</div>
    <p class="print-only mono" dir="ltr">${link}</p>`;
}
