/** What two custodians opened, to read and no more: marked as that, with until when. */
import { html, nothing, type TemplateResult } from 'lit';
import { icon } from '../icons.ts';
import type { EmergenciesActions, EmergenciesModel, EmergencyReading } from '../models/emergencies.ts';
import type { ThreadContext } from '../parts/message.ts';
import { notice } from '../parts/notices.ts';
import { weekdayTime } from '../times.ts';
import { joinNames, t } from '../words.ts';
import '../parts/thread.ts';

const NOTHING = (): void => undefined;

/** The conversation as its emergency key opens it. */
export function readingPane(reading: EmergencyReading, model: EmergenciesModel, actions: EmergenciesActions, context: ThreadContext): TemplateResult {
  const { row, id, entries } = reading;
  const until = weekdayTime(row.until, model.now, model.zones);
  const names = joinNames(row.releases.map(({ by }) => by.name));
  const back = (): void => {
    actions.stopReading();
  };
  const contents = { id, entries, older: 'none', firstUnread: null } as const;
  return html`<header class="work__head">
      <div>
        <h1 tabindex="-1" id="reading-title">${row.patient.name}</h1>
        <p>${t('emergencies.reading_lead')}</p>
      </div>
      <button class="btn" type="button" @click=${back}>${icon('back')}${t('emergencies.back')}</button>
    </header>
    ${notice({ tone: 'brick', icon: 'unlock', title: t('emergencies.reading_until', { until }), body: t('emergencies.reading_by', { names }) })}
    <section class="panel panel__body" aria-label=${t('conversation.with', { name: row.patient.name })}>
      ${entries.length === 0 ? html`<p class="quiet">${t('emergencies.reading_empty')}</p>` : nothing}
      <message-thread .contents=${contents} .context=${context} .actions=${{ loadOlder: NOTHING, markRead: NOTHING }}></message-thread>
    </section>`;
}
