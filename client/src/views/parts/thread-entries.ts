/** What stands in a thread besides verified messages: held back, taken back, missing, forked, events. */
import { html, nothing, type TemplateResult } from 'lit';
import { icon, type IconName } from '../icons.ts';
import type {
  ErasedEntry,
  EventEntry,
  ForkEntry,
  GapEntry,
  TakenBackEntry,
  ThreadEntry,
  UnverifiedEntry,
  UnverifiedReason,
} from '../models/thread.ts';
import { timeElement, timeOfDay, weekdayTime } from '../times.ts';
import { t, type WordKey } from '../words.ts';
import { messageArticle, paragraphs, type ThreadContext } from './message.ts';

/** What happened, and what the words are held back for. */
const REASON_WORDS: Record<UnverifiedReason, WordKey> = {
  bad_signature: 'unverified.not_the_writer',
  unknown_key: 'unverified.not_the_writer',
  not_a_member: 'unverified.not_a_member',
  wrong_conversation: 'unverified.wrong_place',
  wrong_epoch: 'unverified.wrong_place',
  cannot_decrypt: 'unverified.cannot_open',
  malformed: 'unverified.cannot_open',
  forked: 'unverified.forked',
  replayed: 'unverified.replayed',
  newer_version: 'unverified.newer_version',
  waiting_for_key: 'unverified.waiting_for_key',
  future_time: 'unverified.future_time',
  not_the_author: 'unverified.not_the_writer',
};

/** These are nobody's doing: there is nothing to be afraid of, only to wait or to update. */
const HARMLESS: ReadonlySet<UnverifiedReason> = new Set<UnverifiedReason>(['newer_version', 'waiting_for_key']);

/** One entry of a thread, whatever it is. */
export function threadEntry(entry: ThreadEntry, context: ThreadContext): TemplateResult {
  switch (entry.type) {
    case 'message':
      return messageArticle(entry, context);
    case 'unverified':
      return unverifiedArticle(entry, context);
    case 'taken_back':
      return quietArticle(entry, takenBackWords(entry), context);
    case 'erased':
      return quietArticle(entry, t('thread.erased', { name: entry.sender.name }), context);
    case 'gap':
      return gapNotice(entry);
    case 'fork':
      return forkNotice(entry);
    case 'event':
      return eventLine(entry, context);
  }
}

function takenBackWords(entry: TakenBackEntry): string {
  return entry.mine ? t('thread.taken_back_mine') : t('thread.taken_back', { name: entry.sender.name });
}

/** A message that is no longer there, and that it was. */
function quietArticle(entry: TakenBackEntry | ErasedEntry, words: string, { zones }: ThreadContext): TemplateResult {
  const mine = entry.type === 'taken_back' && entry.mine;
  return html`<article class=${mine ? 'msg msg--mine msg--gone' : 'msg msg--gone'} id=${entry.id} tabindex="-1" aria-label=${words}>
    ${mine ? nothing : html`<span class="av av--machine" aria-hidden="true">${icon('redo')}</span>`}
    <div><p class="bubble">${words} ${timeElement(entry.at, timeOfDay(entry.at, zones))}</p></div>
  </article>`;
}

function unverifiedArticle(entry: UnverifiedEntry, { actions, zones, face }: ThreadContext): TemplateResult {
  const harmless = HARMLESS.has(entry.reason);
  const title = t(harmless ? 'unverified.not_yet' : 'unverified.title');
  return html`<article
    class=${harmless ? 'msg msg--unsure msg--later' : 'msg msg--unsure'}
    id=${entry.id}
    tabindex="-1"
    aria-label=${title}
  >
    <span class=${face === 'staff' ? 'av av--clinic av--s' : 'av av--clinic'} aria-hidden="true">?</span>
    <div>
      <p class="msg__by">
        <b>${entry.claims === null ? t('unverified.nobody') : t('unverified.claims', { name: entry.claims })}</b
        >${timeElement(entry.at, timeOfDay(entry.at, zones))}
      </p>
      <div class="bubble">
        <p class=${harmless ? 'kind kind--honey' : 'kind kind--brick'}>${icon(harmless ? 'clock' : 'broken')}${title}</p>
        ${heldBack(entry)} ${harmless ? nothing : html`<p class="small quiet">${t('unverified.do')}</p>`}
        <div class="slip">
          <button
            class="btn"
            type="button"
            ?disabled=${entry.checking}
            @click=${() => {
              actions.checkAgain(entry.id);
            }}
          >
            ${icon('redo')}${entry.checking ? t('unverified.checking') : t('unverified.check_again')}
          </button>
          ${
            entry.heldBack !== null && !entry.shown
              ? html`<button
                  class="btn btn--plain"
                  type="button"
                  @click=${() => {
                    actions.showAnyway(entry.id);
                  }}
                >
                  ${t('unverified.show_anyway')}
                </button>`
              : nothing
          }
        </div>
      </div>
    </div>
  </article>`;
}

function heldBack(entry: UnverifiedEntry): TemplateResult {
  const why = t(REASON_WORDS[entry.reason]);
  if (entry.shown && entry.heldBack !== null)
    return html`<p class="small quiet">${why}</p>
      <div class="doubtful" role="group" aria-label=${t('unverified.shown_label')}>${paragraphs(entry.heldBack)}</div>`;
  return html`<p class="holdback"><span>${why}</span></p>`;
}

function gapNotice(entry: GapEntry): TemplateResult {
  if (entry.state === 'fetching')
    return html`<p class="event" id=${entry.id}>${icon('clock')}<span>${t('gap.fetching', { count: entry.missing })}</span></p>`;
  const words =
    entry.sender === null
      ? t('gap.conversation', { count: entry.missing })
      : t('gap.sender', { count: entry.missing, name: entry.sender.name });
  return alarmLine(entry.id, 'broken', words, t('gap.do'));
}

function forkNotice(entry: ForkEntry): TemplateResult {
  return alarmLine(entry.id, 'broken', t('fork.title', { name: entry.sender.name }), t('fork.do', { name: entry.sender.name }));
}

function alarmLine(id: string, name: IconName, title: string, what: string): TemplateResult {
  return html`<div class="notice notice--brick" id=${id} tabindex="-1">
    ${icon(name)}
    <div><b>${title}</b>${what}</div>
  </div>`;
}

function eventLine({ id, event }: EventEntry, context: ThreadContext): TemplateResult {
  return html`<p class="event" id=${id}>${icon(eventIcon(event.what))}<span>${eventWords(event, context)}</span></p>`;
}

function eventIcon(what: EventEntry['event']['what']): IconName {
  if (what === 'opening_logged') return 'eye';
  if (what === 'key_changed' || what === 'newer_version' || what === 'reordered') return 'alert';
  if (what === 'before_my_time') return 'lock';
  if (what.startsWith('emergency_')) return 'key';
  return what === 'started' || what === 'named' ? 'chat' : 'users';
}

const DECISION_WORDS = {
  consent_given: { mine: 'event.consent_given_mine', theirs: 'event.consent_given' },
  consent_changed: { mine: 'event.consent_changed_mine', theirs: 'event.consent_changed' },
  consent_ended: { mine: 'event.consent_ended_mine', theirs: 'event.consent_ended' },
  reader_blocked: { mine: 'event.reader_blocked_mine', theirs: 'event.reader_blocked' },
  reader_unblocked: { mine: 'event.reader_unblocked_mine', theirs: 'event.reader_unblocked' },
} as const satisfies Record<string, Record<'mine' | 'theirs', WordKey>>;

function eventWords(event: EventEntry['event'], { now, zones }: ThreadContext): string {
  switch (event.what) {
    case 'started':
      return t('event.started', { name: event.by.name });
    case 'named':
      return t('event.named', { name: event.by.name, title: event.name });
    case 'reader_joined':
      return t('event.reader_joined', { name: event.who.name });
    case 'reader_left':
      return t('event.reader_left', { name: event.who.name });
    case 'consent_given':
    case 'consent_changed':
    case 'consent_ended':
    case 'reader_blocked':
    case 'reader_unblocked':
      return t(DECISION_WORDS[event.what][event.mine ? 'mine' : 'theirs'], { by: event.by.name, name: event.name });
    case 'emergency_on':
      return event.mine ? t('event.emergency_on_mine') : t('event.emergency_on', { by: event.by.name });
    case 'emergency_off':
      return event.mine ? t('event.emergency_off_mine') : t('event.emergency_off', { by: event.by.name });
    case 'emergency_asked':
      return t('event.emergency_asked', { name: event.who.name });
    case 'emergency_over':
      return t('event.emergency_over', { name: event.who.name });
    case 'emergency_open':
      return t('event.emergency_open', { name: event.who.name, until: weekdayTime(event.until, now, zones) });
    case 'consent_ran_out':
      return t('event.consent_ran_out', { name: event.name });
    case 'history_opened':
      return t('event.history_opened', { name: event.name });
    case 'team_joined':
    case 'team_left':
      return t(event.what === 'team_joined' ? 'event.team_joined' : 'event.team_left', { name: event.who.name, team: event.team });
    case 'team_covers': {
      const period = { from: weekdayTime(event.from, now, zones), until: weekdayTime(event.until, now, zones) };
      return t('event.team_covers', { name: event.who.name, team: event.team, ...period });
    }
    case 'before_my_time':
      return t('event.before_my_time', { count: event.count });
    case 'opening_logged':
      return t('event.opening_logged');
    case 'reordered':
      return t('event.reordered', { name: event.who.name });
    case 'key_changed':
      return t('event.key_changed', { name: event.who.name });
    case 'newer_version':
      return t('event.newer_version');
  }
}
