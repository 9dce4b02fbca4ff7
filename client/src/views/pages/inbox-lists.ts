/** The two lists of the inbox. They hold no message text: that is shown where opening it is logged. */
import { html, nothing, type TemplateResult } from 'lit';
import { lasted } from '../durations.ts';
import { icon } from '../icons.ts';
import type { Category, InboxActions, InboxConversation, InboxModel, WaitingQuestion } from '../models/inbox.ts';
import { emptyState, errorState, skeleton } from '../parts/loading.ts';
import type { ListRow } from '../parts/long-list.ts';
import { patientName } from '../parts/patient-name.ts';
import { listTime, timeElement, weekdayTime } from '../times.ts';
import { t, type WordKey } from '../words.ts';
import '../parts/long-list.ts';

const CATEGORY_WORDS: Record<Category, WordKey> = {
  medicines: 'category.medicines',
  symptoms: 'category.symptoms',
  results: 'category.results',
  appointments: 'category.appointments',
  other: 'category.other',
};

/** What the question is about, in one word; "Question" where the patient did not say. */
export function categoryWords(category: Category | null): string {
  return t(category === null ? 'category.none' : CATEGORY_WORDS[category]);
}

/** How long it has been waiting: short to see, a sentence to hear. */
export function waitingChip(since: Date, now: Date): TemplateResult {
  const duration = lasted(since, now);
  return html`<span class="due"
    >${icon('clock', 'small')}<span aria-hidden="true">${duration}</span><span class="vh">${t('inbox.waiting', { duration })}</span></span
  >`;
}

/** The list that is chosen, or why it is not there. */
export function inboxList(model: InboxModel, actions: InboxActions): TemplateResult {
  if (model.loading.state === 'loading') return skeleton(t('inbox.loading'), 6);
  if (model.loading.state === 'failed') {
    const { reference } = model.loading;
    const failure = {
      title: t('inbox.failed'),
      offline: model.chrome.connection !== 'online',
      ...(reference ? { reference } : {}),
      ...(model.clinicPhone ? { clinicPhone: model.clinicPhone } : {}),
    };
    return errorState(failure, () => {
      actions.tryAgain();
    });
  }
  return model.list === 'questions' ? questions(model, actions) : conversations(model, actions);
}

function questions(model: InboxModel, actions: InboxActions): TemplateResult {
  if (model.questions.length === 0) return emptyState({ title: t('inbox.no_questions'), body: t('inbox.no_questions_body') });
  const rows = model.questions.map((question) => questionRow(question, model, actions));
  return html`<p class="queue__group">${t('inbox.longest_first')}</p>
    <long-list .rows=${rows} .label=${t('inbox.questions_label')}></long-list>`;
}

function questionRow(question: WaitingQuestion, model: InboxModel, actions: InboxActions): ListRow {
  const { id, conversation, patient, category, urgent, askedAt, acknowledged } = question;
  const current = isOpen(model, conversation);
  const asked = weekdayTime(askedAt, model.now, model.zones);
  const content = html`<span class="qi__top"
      ><span class="qi__who"
        >${patientName(patient)}${urgent ? html`<span class="tag tag--brick">${t('inbox.urgent')}</span>` : nothing}</span
      >${waitingChip(askedAt, model.now)}</span
    >
    <span class="qi__line"
      ><span class="qi__text"><span class="qi__cat">${categoryWords(category)}</span> ${t('inbox.asked', { time: asked })}</span
      >${acknowledged ? html`<span class="qi__meta">${icon('check', 'small')}${t('inbox.acknowledged')}</span>` : nothing}</span
    >`;
  const open = (): void => {
    actions.openQuestion(id, conversation);
  };
  return { id, current, content: rowLink(`/conversations/${conversation}#${id}`, current, content, open) };
}

function conversations(model: InboxModel, actions: InboxActions): TemplateResult {
  if (model.conversations.length === 0) {
    return emptyState({ title: t('inbox.no_conversations'), body: t('inbox.no_conversations_body') });
  }
  const rows = model.conversations.map((conversation) => conversationRow(conversation, model, actions));
  return html`<long-list .rows=${rows} .label=${t('inbox.conversations_label')}></long-list>`;
}

function conversationRow(row: InboxConversation, model: InboxModel, actions: InboxActions): ListRow {
  const current = isOpen(model, row.id);
  const content = html`<span class="qi__top"
      ><span class="qi__who">${patientName(row.patient)}${unreadMark(row.unread)}</span
      ><span class="qi__when">${row.lastAt ? timeElement(row.lastAt, listTime(row.lastAt, model.now, model.zones)) : nothing}</span></span
    >
    <span class="qi__line"><span class="qi__text">${row.name ?? t('inbox.no_name')}</span>${conversationMarks(row)}</span>`;
  const open = (): void => {
    actions.openConversation(row.id);
  };
  return { id: row.id, current, content: rowLink(`/conversations/${row.id}`, current, content, open) };
}

function unreadMark(count: number): TemplateResult | typeof nothing {
  return count === 0 ? nothing : html`<span class="count">${count}<span class="vh"> ${t('places.unread', { count })}</span></span>`;
}

function conversationMarks({ openQuestions, waiting, alarm }: InboxConversation): TemplateResult {
  return html`${alarm ? html`<span class="qi__meta brick">${icon('broken', 'small')}${t('inbox.unverified')}</span>` : nothing}
  ${waiting > 0 ? html`<span class="qi__meta">${icon('pause', 'small')}${t('inbox.not_sent', { count: waiting })}</span>` : nothing}
  ${openQuestions > 0 ? html`<span class="qi__meta">${icon('ask', 'small')}${t('inbox.open_questions', { count: openQuestions })}</span>` : nothing}`;
}

/** A real link, so that it can be opened in a tab of its own; a plain click stays on this page. */
function rowLink(path: string, current: boolean, content: TemplateResult, open: () => void): TemplateResult {
  return html`<a
    class="qi__a"
    href=${path}
    data-row
    aria-current=${current ? 'true' : nothing}
    @click=${(event: MouseEvent) => {
      if (event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
      event.preventDefault();
      open();
    }}
    >${content}</a
  >`;
}

function isOpen(model: InboxModel, conversation: string): boolean {
  return model.open?.conversation.id === conversation;
}
