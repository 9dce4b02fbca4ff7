/** One message as an article: who, what kind, when, the words, and how it fared. */
import { html, nothing, type TemplateResult } from 'lit';
import { icon, type IconName } from '../icons.ts';
import type { Face } from '../models/chrome.ts';
import type { ReadingAsk } from '../models/ask.ts';
import type { ConversationActions } from '../models/conversation.ts';
import type { Delivery, MessageEntry, MessageKind, QuestionLink, SendFailure } from '../models/thread.ts';
import { timeElement, timeOfDay, weekdayTime } from '../times.ts';
import { joinNames, rich, t, type WordKey } from '../words.ts';
import { askCard } from './ask-card.ts';
import { avatar } from './avatar.ts';
import { coverTag } from './cover-words.ts';
import { questionSlip, type Moment } from './slip.ts';

export interface ThreadContext extends Moment {
  readonly face: Face;
  readonly actions: Pick<ConversationActions, 'sendAgain' | 'discard' | 'checkAgain' | 'showAnyway' | 'goTo' | 'decide' | 'sayNotNow'>;
  /** Opens the dialog that asks before taking back, or in which to correct. */
  askTakeBack(entry: MessageEntry): void;
  askCorrect(entry: MessageEntry): void;
}

const KIND_WORDS: Record<MessageKind, WordKey> = { question: 'kind.question', update: 'kind.update', thanks: 'kind.thanks' };
const KIND_ICONS: Record<MessageKind, IconName> = { question: 'ask', update: 'update', thanks: 'heart' };

const FAILURE_WORDS: Record<SendFailure, WordKey> = {
  connection: 'failure.connection',
  refused: 'failure.refused',
  too_large: 'failure.too_large',
  device_full: 'failure.device_full',
  server_full: 'failure.server_full',
  not_a_reader: 'failure.not_a_reader',
};

/** The words shown now: the newest correction, or the first words. */
export function currentText(entry: MessageEntry): string {
  return entry.corrections.at(-1)?.text ?? entry.text;
}

/** What kind of message it is, in one word or two. */
export function kindWords(entry: MessageEntry): string {
  if (entry.answers.length > 0) return t('kind.answer');
  if (entry.acknowledges.length > 0) return t('kind.acknowledgement');
  return t(KIND_WORDS[entry.kind]);
}

/** A verified message, or one of one's own that still waits. */
export function messageArticle(entry: MessageEntry, context: ThreadContext): TemplateResult {
  const name = entry.mine ? t('thread.you') : entry.sender.name;
  const label = t('thread.article', { name, kind: kindWords(entry), time: timeOfDay(entry.at, context.zones) });
  return html`<article class=${articleClass(entry)} id=${entry.id} tabindex="-1" aria-label=${label}>
    ${entry.mine ? nothing : avatar(entry.sender, context.face === 'staff' ? 'small' : 'normal')}
    <div>
      ${entry.mine ? nothing : byLine(entry, context)}
      <div class=${entry.kind === 'question' && !entry.mine ? 'bubble bubble--q' : 'bubble'}>${bubble(entry, context)}</div>
      ${entry.mine ? ownMeta(entry, context) : checkedMeta(entry, context)}
    </div>
  </article>`;
}

function articleClass({ mine, delivery }: MessageEntry): string {
  const state = delivery?.state === 'failed' ? ' msg--failed' : delivery?.state === 'waiting' ? ' msg--waiting' : '';
  return `msg${mine ? ' msg--mine' : ''}${state}`;
}

function byLine(entry: MessageEntry, context: ThreadContext): TemplateResult {
  const plain = entry.kind !== 'question' && entry.answers.length + entry.acknowledges.length === 0;
  return html`<p class="msg__by">
    <b>${entry.sender.name}</b>${entry.sender.credential ? html`<span>${entry.sender.credential}</span>` : nothing}
    ${coverTag(entry.sender, context)}
    ${plain && entry.sender.shape === 'person' ? html`<span>${t(KIND_WORDS[entry.kind])}</span>` : nothing}
    ${timeElement(entry.at, timeOfDay(entry.at, context.zones))}
  </p>`;
}

function bubble(entry: MessageEntry, context: ThreadContext): TemplateResult {
  return html`${entry.kind === 'question' ? html`<p class="kind kind--pine">${icon(KIND_ICONS.question)}${t(KIND_WORDS.question)}</p>` : nothing}
  ${entry.acknowledges.map((link) => linked('message.acknowledges', link, context))}
  ${entry.answers.map((link) => linked('message.answers', link, context))} ${paragraphs(currentText(entry))}
  ${entry.corrections.length ? correction(entry, context) : nothing}
  ${entry.question ? questionSlip(entry.question, entry.at, context.face, context) : nothing}
  ${entry.ask ? askPart(entry.id, entry.ask, context) : nothing}
  ${entry.delivery?.state === 'failed' ? failureSlip(entry, entry.delivery.reason, context) : nothing}`;
}

function askPart(id: string, ask: ReadingAsk, context: ThreadContext): TemplateResult {
  const { actions, face } = context;
  return askCard(ask, face, context, {
    decide: () => {
      actions.decide(ask);
    },
    notNow: () => {
      actions.sayNotNow(id);
    },
  });
}

/** Text as written; nothing in it becomes a link or is fetched. */
export function paragraphs(text: string): TemplateResult[] {
  return text.split(/\n{2,}/).map((paragraph) => html`<p class="words" dir="auto">${paragraph}</p>`);
}

function linked(key: 'message.answers' | 'message.acknowledges', link: QuestionLink, { actions }: ThreadContext): TemplateResult {
  const excerpt = link.excerpt ?? t('message.earlier_question');
  const go = (): void => {
    actions.goTo(link.id);
  };
  return html`<button class="linked" type="button" @click=${go}>${icon('link')}<span>${t(key, { excerpt })}</span></button>`;
}

/** The old words stay readable, struck through; the author's reason beside them. */
function correction(entry: MessageEntry, { now, zones }: ThreadContext): TemplateResult {
  const last = entry.corrections.at(-1);
  const earlier = [entry.text, ...entry.corrections.slice(0, -1).map(({ text }) => text)];
  const at = last?.at ?? entry.at;
  const time = timeElement(at, weekdayTime(at, now, zones));
  const heading = entry.mine ? rich('message.corrected_mine', { time }) : rich('message.corrected', { time, name: entry.sender.name });
  return html`<div class="corr">
    ${icon('pencil')}
    <div>
      <b>${heading}</b>
      ${last?.reason ? html`<p dir="auto">${last.reason}</p>` : nothing}
      <p>${t('message.first_wrote')} ${earlier.map((text) => html`<del class="words" dir="auto">${text}</del> `)}</p>
    </div>
  </div>`;
}

function failureSlip(entry: MessageEntry, reason: SendFailure, { actions }: ThreadContext): TemplateResult {
  const again = (): void => {
    actions.sendAgain(entry.id);
  };
  const hopeless = reason === 'too_large' || reason === 'not_a_reader';
  const drop = (): void => {
    actions.discard(entry.id);
  };
  return html`<div class="slip">
    <span class="slip__main"><b class="brick">${t('failure.title')}</b><span class="quiet">${t(FAILURE_WORDS[reason])}</span></span>
    ${hopeless ? nothing : html`<button class="btn" type="button" @click=${again}>${icon('redo')}${t('failure.send_again')}</button>`}
    <button class="btn btn--plain" type="button" @click=${drop}>${t('failure.discard')}</button>
  </div>`;
}

function checkedMeta(entry: MessageEntry, { zones, now }: ThreadContext): TemplateResult {
  const off = entry.saysWritten;
  return html`<p class="msg__meta">
    <span>${icon('shield', 'small')}${t('message.checked', { name: entry.sender.name })}</span>
    ${off ? html`<span>${icon('clock', 'small')}${t('message.says_written', { time: weekdayTime(off, now, zones) })}</span>` : nothing}
  </p>`;
}

function ownMeta(entry: MessageEntry, context: ThreadContext): TemplateResult {
  const out = entry.delivery !== null && ['sent', 'delivered', 'read'].includes(entry.delivery.state);
  const saidAbove = entry.kind === 'question' || entry.answers.length > 0;
  return html`<div class="msg__meta">
    ${saidAbove ? nothing : html`<span>${icon(KIND_ICONS[entry.kind], 'small')}${t(KIND_WORDS[entry.kind])}</span>`}
    ${timeElement(entry.at, timeOfDay(entry.at, context.zones))} ${entry.delivery ? deliveryWords(entry.delivery) : nothing}
    ${out ? moreMenu(entry, context) : nothing}
  </div>`;
}

function deliveryWords(delivery: Delivery): TemplateResult | typeof nothing {
  switch (delivery.state) {
    case 'failed':
      return nothing; // the slip says it
    case 'waiting':
      return html`<span>${icon('clock', 'small')}${t('delivery.waiting')}</span>`;
    case 'sending':
      return html`<span>${t('delivery.sending')}</span>`;
    case 'sent':
      return html`<span>${icon('check', 'small')}${t('delivery.sent')}</span>`;
    case 'delivered':
      return html`<span>${icon('check', 'small')}${t('delivery.delivered')}</span>`;
    case 'read':
      return html`<span>${icon('eye', 'small')}${t('delivery.read_by', { names: joinNames(delivery.by.map(({ name }) => name)) })}</span>`;
  }
}

/** What one can still do about a message that has gone out. */
function moreMenu(entry: MessageEntry, context: ThreadContext): TemplateResult {
  const ask =
    (what: (entry: MessageEntry) => void) =>
    (event: Event): void => {
      (event.currentTarget as HTMLElement).closest('details')?.removeAttribute('open');
      what(entry);
    };
  return html`<details class="msg__more">
    <summary>${t('message.more')}</summary>
    <span class="row row--tight">
      <button
        class="btn btn--plain"
        type="button"
        @click=${ask((one) => {
          context.askCorrect(one);
        })}
      >
        ${icon('pencil', 'small')}${t('message.correct')}
      </button>
      <button
        class="btn btn--plain"
        type="button"
        @click=${ask((one) => {
          context.askTakeBack(one);
        })}
      >
        ${icon('redo', 'small')}${t('message.take_back')}
      </button>
    </span>
  </details>`;
}
