/** Emergency access for staff: asking, releasing, reading, closing. */
import { html, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { BetweenPage } from '../element.ts';
import { icon } from '../icons.ts';
import type { EmergenciesActions, EmergenciesModel, EmergencyRow, Finding } from '../models/emergencies.ts';
import { choices } from '../parts/choices.ts';
import { pageFrame } from '../parts/chrome.ts';
import { emptyState, errorState, skeleton } from '../parts/loading.ts';
import type { ThreadContext } from '../parts/message.ts';
import { notice } from '../parts/notices.ts';
import type { MessageThread } from '../parts/thread.ts';
import { weekdayTime } from '../times.ts';
import { t, type WordKey } from '../words.ts';
import { readingPane } from './emergency-reading.ts';
import { emergencyCard } from './emergency-row.ts';
import { FINDINGS, REASONS } from './emergency-words.ts';
import '../parts/dialog.ts';
import './emergency-ask.ts';

const LEADS: Record<EmergenciesModel['view'], WordKey> = {
  care_staff: 'emergencies.lead_care_staff',
  custodian: 'emergencies.lead_custodian',
  compliance: 'emergencies.lead_compliance',
};
const EMPTY: Record<EmergenciesModel['view'], WordKey> = {
  care_staff: 'emergencies.empty_care_staff',
  custodian: 'emergencies.empty_custodian',
  compliance: 'emergencies.empty_compliance',
};

/** `<emergencies-page .model .actions>` */
@customElement('emergencies-page')
export class EmergenciesPage extends BetweenPage {
  protected readonly titleWords = 'page.emergency';
  @property({ attribute: false }) model!: EmergenciesModel;
  @property({ attribute: false }) actions!: EmergenciesActions;
  /** What the person is being asked before it is done. */
  @state() private asked: EmergencyRow | null = null;
  @state() private finding: Finding | null = null;

  protected override updated(changed: PropertyValues<this>): void {
    super.updated(changed);
    const before = changed.get('model');
    if (before && before.asking?.step !== this.model.asking?.step) this.querySelector<HTMLElement>('#emergency-title')?.focus();
    if (before && !before.reading !== !this.model.reading) this.querySelector<HTMLElement>('#reading-title, #emergency-title')?.focus();
  }

  protected override render(): TemplateResult {
    const { model, actions } = this;
    const content = html`<div class="work work--narrow stack">${this.#content()}</div>
      ${this.asked ? this.#question(this.asked) : nothing}`;
    return pageFrame({ chrome: model.chrome, actions: actions.chrome, content });
  }

  #content(): TemplateResult {
    const { model, actions } = this;
    if (model.loading.state !== 'ready') return html`${this.#head()}${this.#notReady()}`;
    if (model.reading) return readingPane(model.reading, model, actions, this.#context());
    if (model.asking) return html`${this.#head()}<emergency-ask .asking=${model.asking} .actions=${actions}></emergency-ask>`;
    return html`${this.#head()}${this.#doubtful()}${this.#list()}`;
  }

  #head(): TemplateResult {
    const { model, actions } = this;
    const begin = (): void => {
      actions.beginAsking();
    };
    const asks = model.view === 'care_staff' && model.asking === null && model.loading.state === 'ready';
    const title = model.asking?.step === 'request' ? t('emergencies.ask_for', { name: model.asking.patient.name }) : t('emergencies.title');
    return html`<header class="work__head">
      <div>
        <h1 id="emergency-title" tabindex="-1">${title}</h1>
        <p>${t(LEADS[model.view])}</p>
      </div>
      ${asks ? html`<button class="btn btn--main" type="button" @click=${begin}>${icon('unlock')}${t('emergencies.ask')}</button>` : nothing}
    </header>`;
  }

  #notReady(): TemplateResult {
    const { loading, clinicPhone, chrome } = this.model;
    if (loading.state !== 'failed') return skeleton(t('emergencies.loading'), 3);
    const failure = { title: t('emergencies.failed'), offline: chrome.connection !== 'online', reference: loading.reference, clinicPhone };
    return errorState(failure, () => {
      this.actions.tryAgain();
    });
  }

  /** What the service lists and cannot prove is said, and nothing can be done about it here. */
  #doubtful(): TemplateResult | typeof nothing {
    const { doubtful, now, zones } = this.model;
    if (doubtful.length === 0) return nothing;
    const times = doubtful.map(({ requestedAt }) => html`<li>${weekdayTime(requestedAt, now, zones)}</li>`);
    const body = html`<p>${t('emergencies.doubtful_body')}</p><ul>${times}</ul>`;
    return notice({ tone: 'brick', icon: 'broken', title: t('emergencies.doubtful', { count: doubtful.length }), body });
  }

  #list(): TemplateResult {
    const { model, actions } = this;
    if (model.rows.length === 0) return emptyState({ title: t('emergencies.empty'), body: t(EMPTY[model.view]) });
    const row = {
      begin: (one: EmergencyRow): void => {
        if (one.deed === 'read') actions.read(one.id);
        else this.asked = one;
      },
      acknowledgeKeys: (person: string): void => {
        actions.acknowledgeKeys(person);
      },
    };
    return html`<ul class="cards" role="list">${model.rows.map((one) => emergencyCard(one, model, row))}</ul>`;
  }

  #question(row: EmergencyRow): TemplateResult {
    const close = (): void => {
      this.asked = null;
      this.finding = null;
    };
    const release = (): void => {
      close();
      this.actions.release(row.id);
    };
    const found = (): void => {
      if (this.finding === null) return;
      this.actions.close(row.id, this.finding);
      close();
    };
    const closes = row.deed === 'close';
    const names = { name: row.requester.name, patient: row.patient.name };
    const heading = closes ? t('emergencies.close_title', names) : t('emergencies.release_title', names);
    const does = html`<button class="btn btn--main" type="button" ?disabled=${closes && this.finding === null} @click=${closes ? found : release}>
      ${t(closes ? 'emergencies.close' : 'emergencies.release')}
    </button>`;
    const foot = html`${does}<button class="btn" type="button" @click=${close}>${t('dialog.keep')}</button>`;
    return html`<modal-dialog .heading=${heading} .body=${closes ? this.#findings(row) : this.#release(row)} .foot=${foot} @dismiss=${close}></modal-dialog>`;
  }

  #release(row: EmergencyRow): TemplateResult {
    const { now, zones } = this.model;
    const places = { name: row.requester.name, reason: t(REASONS[row.reason]), until: weekdayTime(row.until, now, zones) };
    return html`<p>${t('emergencies.release_body', places)}</p>
      <p>${t(row.releases.length === 0 ? 'emergencies.release_first' : 'emergencies.release_second', places)}</p>
      <p class="quiet">${t('emergencies.release_check')}</p>`;
  }

  #findings(row: EmergencyRow): TemplateResult {
    const options = (Object.keys(FINDINGS) as Finding[]).map((value) => {
      const { words, means } = FINDINGS[value];
      return { value, label: t(words), hint: t(means) };
    });
    return html`${row.state === 'over' ? nothing : html`<p>${t('emergencies.close_ends')}</p>`}
    ${choices({ name: 'finding', legend: t('emergencies.finding'), options, chosen: this.finding }, (finding) => {
      this.finding = finding;
    })}`;
  }

  #context(): ThreadContext {
    const { now, zones } = this.model;
    const none = (): void => undefined;
    const goTo = (entry: string): void => {
      this.querySelector<MessageThread>('message-thread')?.reveal(entry);
    };
    const checkAgain = (): void => {
      if (this.model.reading) this.actions.read(this.model.reading.row.id);
    };
    const showAnyway = (entry: string): void => {
      this.actions.showAnyway(entry);
    };
    const actions = { sendAgain: none, discard: none, checkAgain, showAnyway, goTo, decide: none, sayNotNow: none };
    return { face: 'staff', now, zones, actions, askTakeBack: none, askCorrect: none };
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'emergencies-page': EmergenciesPage;
  }
}
