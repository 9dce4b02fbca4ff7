/** While something loads, when there is nothing yet, and when it failed. */
import { html, nothing, type TemplateResult } from 'lit';
import { icon } from '../icons.ts';
import { t } from '../words.ts';
import { telephone } from './notices.ts';

/** Rows of grey shapes; screen readers hear one sentence. */
export function skeleton(sentence: string, rows = 3): TemplateResult {
  const row = html`<div class="row row--nw top" aria-hidden="true">
    <span class="skel skel--av"></span>
    <div class="grow">
      <div class="skel skel--line skel--w40"></div>
      <div class="skel skel--line skel--w95"></div>
      <div class="skel skel--line skel--w80"></div>
    </div>
  </div>`;
  return html`<div class="panel panel__body stack" role="status">
    <span class="vh">${sentence}</span>${Array.from({ length: rows }, () => row)}
  </div>`;
}

export interface Emptiness {
  readonly title: string;
  /** What to do about it. */
  readonly body: string;
  readonly action?: TemplateResult | null;
}

/** Nothing here yet: says so, and what to do. */
export function emptyState({ title, body, action }: Emptiness): TemplateResult {
  return html`<div class="panel empty">
    <svg viewBox="0 0 160 110" aria-hidden="true">
      <ellipse class="art-soft" cx="80" cy="94" rx="64" ry="11" />
      <path class="art-face" d="M34 26h76v48H66L48 90V74H34V26Z" />
      <path class="art" d="M50 44h44M50 57h28" />
      <path class="art-warm" d="m112 62 22-22 8 8-22 22-10 2 2-10Z" />
    </svg>
    <h2>${title}</h2>
    <p>${body}</p>
    ${action ?? nothing}
  </div>`;
}

export interface Failure {
  /** What could not be done, in the person's words. */
  readonly title: string;
  /** To read out on the phone: "R-4417". Names nobody and nothing. */
  readonly reference?: string | null;
  readonly clinicPhone?: string | null;
  /** There is no connection, which is nobody's fault and no reason to call. */
  readonly offline?: boolean;
}

/** Something failed: whose fault, nothing is lost, what to do. */
export function errorState({ title, reference, clinicPhone, offline = false }: Failure, tryAgain: () => void): TemplateResult {
  return html`<div class="panel panel__body stack" role="alert">
    <p class=${offline ? 'kind kind--honey' : 'kind kind--brick'}>${icon(offline ? 'offline' : 'alert')}${title}</p>
    <p>${offline ? t('error.offline') : t('error.ours')}</p>
    <div class="row">
      <button class="btn btn--main" type="button" @click=${tryAgain}>${icon('redo')}${t('error.try_again')}</button>
      ${clinicPhone ? html`<a class="tapline" href=${telephone(clinicPhone)}>${t('error.call_clinic')}</a>` : nothing}
    </div>
    ${reference ? html`<p class="quiet small">${t('error.reference')} <b class="mono">${reference}</b></p>` : nothing}
  </div>`;
}
