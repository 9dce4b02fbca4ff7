/** Joined, and waiting until a colleague lets one into the team. */
import { html, nothing, type TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { BetweenPage } from '../element.ts';
import { icon } from '../icons.ts';
import type { AdmissionActions, AdmissionModel } from '../models/admission.ts';
import { avatar } from '../parts/avatar.ts';
import { pageFrame } from '../parts/chrome.ts';
import { codeGroups } from '../parts/code.ts';
import { t } from '../words.ts';

/** `<admission-page .model .actions>` */
@customElement('admission-page')
export class AdmissionPage extends BetweenPage {
  protected readonly titleWords = 'page.admission';
  @property({ attribute: false }) model!: AdmissionModel;
  @property({ attribute: false }) actions!: AdmissionActions;

  protected override render(): TemplateResult {
    return pageFrame({ chrome: this.model.chrome, actions: this.actions.chrome, content: this.#content() });
  }

  #content(): TemplateResult {
    const { teams, safetyCode } = this.model;
    return html`<div class="work work--narrow stack stack-l">
      <header class="work__head">
        <div>
          <h1>${t('admission.title')}</h1>
          <p>${t('admission.body')}</p>
        </div>
      </header>
      ${teams.length === 0 ? html`<p class="panel panel__body">${t('admission.no_team')}</p>` : nothing}
      ${teams.map(
        (team) =>
          html`<section class="panel">
            <header class="panel__head">
              <h2>${team.name}</h2>
              <span class="tag tag--honey">${icon('clock', 'small')}${t('admission.waiting')}</span>
            </header>
            <div class="panel__body stack stack-s">
              <p>${team.members.length === 0 ? t('admission.nobody_yet') : t('admission.who_can')}</p>
              <ul class="mini" role="list">
                ${team.members.map(
                  (member) =>
                    html`<li>
                      ${avatar(member, 'inline')}<span>${member.name} <span class="tiny">${member.credential ?? ''}</span></span>
                    </li>`,
                )}
              </ul>
            </div>
          </section>`,
      )}
      <section class="panel">
        <header class="panel__head"><h2>${t('settings.my_code')}</h2></header>
        <div class="panel__body stack">
          ${codeGroups(safetyCode, t('settings.my_code'))}
          <p class="quiet">${t('admission.code_use')}</p>
        </div>
      </section>
      <p class="quiet" role="status">${t('admission.opens_itself')}</p>
    </div>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'admission-page': AdmissionPage;
  }
}
