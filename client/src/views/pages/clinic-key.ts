/** The clinic's own key: its code to print, and who holds it. */
import { html, nothing, type TemplateResult } from 'lit';
import type { ClinicKey, ClinicModel } from '../models/clinic.ts';
import type { Person } from '../models/person.ts';
import { avatar } from '../parts/avatar.ts';
import { codeGroups } from '../parts/code.ts';
import { notice } from '../parts/notices.ts';
import { verb } from '../parts/verb.ts';
import { joinNames, sentenceGap, t } from '../words.ts';

/** The six groups that stand on the visit cards and the front desk's sign. */
export function codePanel(model: ClinicModel): TemplateResult {
  return html`<section class="panel" id="code" aria-labelledby="code-title">
    <header class="panel__head"><h2 id="code-title">${t('clinic.code')}</h2></header>
    <div class="panel__body stack">
      ${codeGroups(model.clinicCode, t('clinic.code'))}
      <p class="quiet">${t('clinic.code_use')}</p>
    </div>
  </section>`;
}

/** Who holds the clinic's key, and giving it to another administrator. */
export function keyPanel(model: ClinicModel, key: ClinicKey, askShare: (person: Person) => void): TemplateResult {
  return html`<section class="panel" id="key" aria-labelledby="key-title">
    <header class="panel__head"><h2 id="key-title">${t('clinic.key')}</h2></header>
    <div class="panel__body stack">
      <p>${t('clinic.key_use')}</p>
      ${keyState(key)}
      <ul class="mini" role="list">
        ${key.holders.map(
          (holder) =>
            html`<li>
              ${avatar(holder, 'inline')}<span>${holder.name} <span class="tiny">${t('clinic.holds_key')}</span></span>
            </li>`,
        )}
      </ul>
      ${key.couldHold.map((person) => shareLine(person, key, model, askShare))}
    </div>
  </section>`;
}

function keyState({ holders, couldHold, heldByMe }: ClinicKey): TemplateResult {
  if (holders.length >= 2)
    return notice({ tone: 'pine', icon: 'shield', body: t('clinic.key_safe', { names: joinNames(holders.map((holder) => holder.name)) }) });
  const next =
    couldHold.length === 0
      ? t('clinic.key_invite_second')
      : heldByMe
        ? t('clinic.key_share_now')
        : t('clinic.key_ask', { names: joinNames(holders.map((holder) => holder.name)) });
  return notice({ tone: 'honey', icon: 'key', title: t('clinic.key_second_needed'), body: html`${t('clinic.key_why')}${sentenceGap()}${next}` });
}

function shareLine(
  person: Person,
  key: ClinicKey,
  { undertaking }: ClinicModel,
  askShare: (person: Person) => void,
): TemplateResult | typeof nothing {
  if (!key.heldByMe) return nothing;
  const working = undertaking?.what === 'share_clinic_key' && undertaking.on === person.id && undertaking.state === 'working';
  return html`<div class="waiting-person">
    ${avatar(person, 'small')}
    <p><b>${person.name}</b> <span class="quiet">${person.credential ?? ''}</span></p>
    <button
      class="btn btn--s"
      type="button"
      aria-haspopup="dialog"
      ?disabled=${working}
      @click=${() => {
        askShare(person);
      }}
    >
      ${verb(working ? t('clinic.sharing_key') : t('clinic.share_key'), person.name)}
    </button>
  </div>`;
}
