/** What this browser remembers and what the service says cannot both be true: everything stops. */
import { html, nothing, type TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { BetweenPage } from '../element.ts';
import { icon } from '../icons.ts';
import type { Alarm, AlarmActions, AlarmCheckpoint, AlarmModel } from '../models/alarm.ts';
import { codeGroups } from '../parts/code.ts';
import { joinFrame } from '../parts/door-frame.ts';
import { notice, telephone } from '../parts/notices.ts';
import { weekdayTime } from '../times.ts';
import { currentLanguage, t, type WordKey } from '../words.ts';

interface AlarmWords {
  readonly title: WordKey;
  readonly noticed: WordKey;
}

const WORDS: Record<Alarm['what'], AlarmWords> = {
  log_forked: { title: 'alarms.log_forked', noticed: 'alarms.log_forked_noticed' },
  log_rolled_back: { title: 'alarms.log_rolled_back', noticed: 'alarms.log_rolled_back_noticed' },
  log_key_changed: { title: 'alarms.log_key_changed', noticed: 'alarms.log_key_changed_noticed' },
  clinic_key_changed: { title: 'alarms.clinic_key_changed', noticed: 'alarms.clinic_key_changed_noticed' },
  own_keys_changed: { title: 'alarms.own_keys_changed', noticed: 'alarms.own_keys_changed_noticed' },
  chain_rolled_back: { title: 'alarms.chain_rolled_back', noticed: 'alarms.chain_rolled_back_noticed' },
  vault_rolled_back: { title: 'alarms.vault_rolled_back', noticed: 'alarms.vault_rolled_back_noticed' },
};

/** `<alarm-page .model .actions>` */
@customElement('alarm-page')
export class AlarmPage extends BetweenPage {
  protected readonly titleWords = 'page.alarm';
  @property({ attribute: false }) model!: AlarmModel;
  @property({ attribute: false }) actions!: AlarmActions;

  protected override render(): TemplateResult {
    const { model, actions } = this;
    const { title, noticed } = WORDS[model.alarm.what];
    const who = model.alarm.what === 'chain_rolled_back' ? model.alarm.who.name : '';
    return joinFrame(
      model,
      actions,
      html`<section class="panel join__card stack" aria-labelledby="alarm-title">
        <div class="stack" role="alert">
          <p class="kind kind--brick">${icon('broken')}${t('alarms.stopped')}</p>
          <h1 id="alarm-title" tabindex="-1">${t(title, { name: who })}</h1>
        </div>
        <p>${t(noticed, { name: who })}</p>
        <p class="quiet">${t('alarms.noticed_at', { time: weekdayTime(model.noticedAt, model.now, model.zones) })}</p>
        ${this.#toDo()} ${this.#waiting()} ${this.#evidence(model.alarm)}
        <div class="join__foot">
          <button
            class="btn btn--plain"
            type="button"
            @click=${() => {
              actions.saveReport();
            }}
          >
            ${icon('download')}${t('alarms.save_report')}
          </button>
          ${this.#callOrLock()}
        </div>
      </section>`,
    );
  }

  #toDo(): TemplateResult {
    return html`<div class="stack stack-s">
      <h2>${t('alarms.what_to_do')}</h2>
      <ol class="plain-list">
        <li>${t('alarms.do_not_act')}</li>
        <li>${this.model.clinicPhone === null ? t('alarms.do_tell') : t('alarms.do_call', { phone: this.model.clinicPhone })}</li>
        <li>${t('alarms.do_not_type')}</li>
      </ol>
      <p class="quiet">${t('alarms.not_you')}</p>
    </div>`;
  }

  #waiting(): TemplateResult | typeof nothing {
    const { waiting } = this.model;
    return waiting === 0 ? nothing : notice({ tone: 'sky', icon: 'lock', body: t('alarms.waiting', { count: waiting }) });
  }

  #callOrLock(): TemplateResult {
    const lock = html`<button
      class="btn"
      type="button"
      @click=${() => {
        this.actions.lock();
      }}
    >
      ${icon('lock')}${t('frame.lock')}
    </button>`;
    const { clinicPhone } = this.model;
    if (clinicPhone === null) return lock;
    return html`<span class="row"
      >${lock}<a class="btn btn--main" href=${telephone(clinicPhone)}>${icon('phone')}${t('error.call_clinic')}</a></span
    >`;
  }

  #evidence(alarm: Alarm): TemplateResult | typeof nothing {
    const content = this.#evidenceOf(alarm);
    if (content === null) return nothing;
    return html`<details>
      <summary>${icon('forward')}${t('alarms.evidence')}</summary>
      <div class="stack">${content}</div>
    </details>`;
  }

  #evidenceOf(alarm: Alarm): TemplateResult | null {
    switch (alarm.what) {
      case 'log_forked':
      case 'log_rolled_back':
        return html`${checkpoint(t('alarms.remembered'), alarm.remembered)} ${checkpoint(t('alarms.served'), alarm.served)}`;
      case 'clinic_key_changed':
        return html`<h3>${t('alarms.remembered')}</h3>
          ${codeGroups(alarm.remembered, t('alarms.remembered'))}
          <h3>${t('alarms.served')}</h3>
          ${codeGroups(alarm.served, t('alarms.served'))}`;
      case 'log_key_changed':
      case 'own_keys_changed':
      case 'chain_rolled_back':
      case 'vault_rolled_back':
        return null;
    }
  }
}

function checkpoint(title: string, { size, root }: AlarmCheckpoint): TemplateResult {
  return html`<h3>${title}</h3>
    <dl class="facts">
      <dt>${t('security.log_size')}</dt>
      <dd class="num">${new Intl.NumberFormat(currentLanguage()).format(size)}</dd>
      <dt>${t('security.log_root')}</dt>
      <dd><code dir="ltr">${root}</code></dd>
    </dl>`;
}

declare global {
  interface HTMLElementTagNameMap {
    'alarm-page': AlarmPage;
  }
}
