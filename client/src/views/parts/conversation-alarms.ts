/** What must be settled before people write on, said above the composer, where they look. */
import { html, nothing, type TemplateResult } from 'lit';
import type { ConversationActions, ConversationAlarm, ConversationModel } from '../models/conversation.ts';
import type { Person } from '../models/person.ts';
import { sentenceGap, t, type WordKey } from '../words.ts';
import type { OpenDialog } from './conversation-dialogs.ts';
import { notice, telephone } from './notices.ts';

type Plain = Exclude<ConversationAlarm['what'], 'key_changed' | 'clock'>;

const WORDS: Record<Plain, readonly [title: WordKey, body: WordKey]> = {
  log_forked: ['alarm.log_forked', 'alarm.log_forked_do'],
  log_unreachable: ['alarm.log_unreachable', 'alarm.log_unreachable_do'],
  readers_invalid: ['alarm.readers_invalid', 'alarm.readers_invalid_do'],
  rolled_back: ['alarm.rolled_back', 'alarm.rolled_back_do'],
};

/** All alarms of a conversation, one below the other; nothing when there are none. */
export function conversationAlarms(
  model: ConversationModel,
  actions: ConversationActions,
  open: (dialog: OpenDialog) => void,
): TemplateResult | typeof nothing {
  if (model.alarms.length === 0) return nothing;
  return html`<div class="alarms stack stack-s">${model.alarms.map((alarm) => alarmNotice(alarm, model, actions, open))}</div>`;
}

function alarmNotice(
  alarm: ConversationAlarm,
  model: ConversationModel,
  actions: ConversationActions,
  open: (dialog: OpenDialog) => void,
): TemplateResult {
  if (alarm.what === 'key_changed') return keyChanged(alarm.who, model, actions, open);
  if (alarm.what === 'clock')
    return notice({ tone: 'honey', title: t('alarm.clock'), body: t('alarm.clock_do', { count: alarm.minutes }), urgent: true });
  const [title, body] = WORDS[alarm.what];
  const tone = alarm.what === 'log_unreachable' ? 'honey' : 'brick';
  return notice({ tone, title: t(title), body: html`${t(body)}${sentenceGap()}${callClinic(model.clinicPhone)}`, urgent: true });
}

function keyChanged(
  who: Person,
  model: ConversationModel,
  actions: ConversationActions,
  open: (dialog: OpenDialog) => void,
): TemplateResult {
  const person = model.readers.people.find(({ id }) => id === who.id);
  const body = html`${t('alarm.key_changed_do', { name: who.name })}
    <p class="row">
      ${
        person?.safetyCode
          ? html`<button
              class="btn"
              type="button"
              @click=${() => {
                open({ what: 'safety', person });
              }}
            >
              ${t('readers.compare')}
            </button>`
          : nothing
      }
      <button
        class="btn btn--plain"
        type="button"
        @click=${() => {
          actions.acknowledgeKeyChange(who.id);
        }}
      >
        ${t('alarm.key_changed_go_on')}
      </button>
    </p>`;
  return notice({ tone: 'brick', title: t('alarm.key_changed', { name: who.name }), body, urgent: true });
}

function callClinic(phone: string | null): TemplateResult | typeof nothing {
  return phone === null ? nothing : html`<a class="tapline" href=${telephone(phone)}>${t('error.call_clinic')}</a>`;
}
