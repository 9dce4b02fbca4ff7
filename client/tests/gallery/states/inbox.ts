/** The care team's inbox. */
import type { AskChoices } from '../../../src/views/models/ask.ts';
import type { InboxActions, InboxConversation, InboxModel, OpenConversation, WaitingQuestion } from '../../../src/views/models/inbox.ts';
import type { Patient } from '../../../src/views/models/patient.ts';
import type { GranteeChoice } from '../../../src/views/models/who-can-read.ts';
import {
  at,
  chromeActions,
  fischer,
  idle,
  LONDON,
  message,
  NOW,
  okafor,
  open,
  peggy,
  PHONE,
  readers,
  reyes,
  say,
  staffChrome,
} from '../factories.ts';
import { press, type State, type States } from '../state.ts';
import { ASK_STATES, asking } from '../threads.ts';
import { composer, conversation, conversationActions } from './conversation.ts';
import '../../../src/views/pages/inbox-page.ts';

export function patient(account: string, name: string, fullName?: string): Patient {
  const person = {
    id: account,
    name,
    initials: name.slice(0, 2).toUpperCase(),
    shape: 'person',
    tone: 'honey',
    ...(fullName ? { fullName } : {}),
  } as const;
  return { account, number: account.slice(-4).toUpperCase(), person, closed: null };
}

const tomek = (): Patient => patient('acc_7f3a', say('Tomek', '托梅克'), 'Tomasz Zieliński');
const peggyAsPatient = (): Patient => ({ account: 'acc_91c2', number: '91C2', person: peggy(), closed: null });
const locked = (closed: 'opening' | 'not_for_me'): Patient => ({ account: 'acc_55d0', number: '55D0', person: null, closed });

function question(part: Partial<WaitingQuestion> = {}): WaitingQuestion {
  return {
    id: 'msg_q4',
    conversation: 'cnv_4',
    patient: tomek(),
    category: 'medicines',
    urgent: true,
    askedAt: at('03-10T16:30'),
    acknowledged: true,
    ...part,
  };
}

const queue = (): WaitingQuestion[] => [
  question({
    id: 'msg_q0',
    conversation: 'cnv_0',
    patient: patient('acc_0b1e', 'Walter Brandt'),
    category: 'symptoms',
    askedAt: at('03-07T09:12'),
    acknowledged: false,
  }),
  question(),
  question({
    id: 'msg_q5',
    conversation: 'cnv_5',
    patient: locked('opening'),
    category: null,
    urgent: false,
    askedAt: at('03-10T17:05'),
    acknowledged: false,
  }),
  question({
    id: 'msg_q6',
    conversation: 'cnv_6',
    patient: locked('not_for_me'),
    category: 'results',
    urgent: false,
    askedAt: at('03-11T08:20'),
    acknowledged: false,
  }),
  question({
    id: 'msg_q2',
    conversation: 'cnv_1',
    patient: peggyAsPatient(),
    category: 'symptoms',
    urgent: false,
    askedAt: at('03-11T09:02'),
  }),
  question({
    id: 'msg_q7',
    conversation: 'cnv_7',
    patient: patient('acc_3c11', 'Beatriz do Nascimento Albuquerque', 'Maria Beatriz do Nascimento Albuquerque'),
    category: 'appointments',
    urgent: false,
    askedAt: at('03-11T10:47'),
    acknowledged: false,
  }),
];

function row(part: Partial<InboxConversation> = {}): InboxConversation {
  return {
    id: 'cnv_4',
    patient: tomek(),
    name: say('Blood pressure tablets', '降压药'),
    lastAt: at('03-11T08:10'),
    unread: 0,
    openQuestions: 1,
    waiting: 0,
    alarm: false,
    ...part,
  };
}

const rows = (): InboxConversation[] => [
  row({
    id: 'cnv_1',
    patient: peggyAsPatient(),
    name: say('Heart and blood pressure', '心脏和血压'),
    lastAt: at('03-11T10:40'),
    unread: 2,
  }),
  row(),
  row({ id: 'cnv_5', patient: locked('opening'), name: null, lastAt: at('03-10T17:05'), waiting: 1 }),
  row({ id: 'cnv_8', patient: patient('acc_8e02', 'Ida Lindqvist'), lastAt: at('03-01T12:00'), openQuestions: 0, alarm: true }),
  row({ id: 'cnv_9', patient: patient('acc_4d77', 'Farid Haddad'), name: null, lastAt: null, openQuestions: 0 }),
];

const asked = () =>
  message({
    id: 'msg_q4',
    sender: { id: 'acc_7f3a', name: say('Tomek', '托梅克'), initials: 'TO', shape: 'person', tone: 'honey' },
    at: at('03-10T16:30'),
    kind: 'question',
    question: open,
    text: say(
      'I missed two doses at the weekend, do I double up? My pressure was 148/92 this morning.',
      '周末漏吃了两次药，要补吃吗？今早血压 148/92。',
    ),
  });
const reply = () =>
  message({
    at: at('03-10T16:55'),
    mine: true,
    sender: okafor(),
    acknowledges: [{ id: 'msg_q4', excerpt: say('I missed two doses at the weekend…', '周末漏吃了两次药……') }],
    delivery: { state: 'read', by: [reyes()] },
    text: say(
      'Good that you wrote, Tomek. Take today’s tablet as normal and nothing extra for now. I will answer fully tomorrow morning.',
      '您写得很及时。今天的药照常吃，先不要多吃。明早我再详细答复您。',
    ),
  });

/** A question by Tomek, in a conversation of its own unless it is said. */
export function waiting(id: string, conversation = `cnv_${id}`): WaitingQuestion {
  return question({ id, conversation });
}

/** Tomek's conversation with what is known about him. */
export function opened(id = 'cnv_4', part: Partial<OpenConversation['context']> = {}): OpenConversation {
  const link = { id: 'msg_q4', excerpt: say('I missed two doses at the weekend…', '周末漏吃了两次药……') };
  const { person } = tomek();
  return {
    conversation: conversation({
      face: 'staff',
      id,
      name: say('Blood pressure tablets', '降压药'),
      ...(person ? { patient: person } : {}),
      entries: [asked(), reply()],
      typing: { who: 'people', names: [reyes().name] },
      composer: composer({ openQuestions: [link], draft: { text: '', kind: 'update', mode: 'answers', question: 'msg_q4' } }),
    }),
    context: {
      patient: tomek(),
      profile: {
        legalName: 'Tomasz Zieliński',
        preferredName: say('Tomek', '托梅克'),
        pronouns: say('he / him', '他'),
        languageNote: say('English is fine, first language Polish', '母语是波兰语，也能看普通话'),
      },
      questions: [question(), question({ id: 'msg_q9', category: null, urgent: false, askedAt: at('03-11T07:30') })],
      readers: readers(),
      ...part,
    },
  };
}

function askable(): readonly GranteeChoice[] {
  return [
    { id: 'tea_1', name: say('Heart team', '心脏团队'), detail: reyes().name, what: 'team' },
    { id: 'acc_fischer', name: fischer().name, detail: fischer().credential ?? '', what: 'person' },
  ];
}

/** A conversation in which somebody has asked, and asks again. */
function askingOf(askChoices: AskChoices): OpenConversation {
  const shown = opened();
  return { ...shown, conversation: { ...shown.conversation, askChoices, entries: ASK_STATES.map(asking) } };
}

export const inboxActions: InboxActions = {
  chrome: chromeActions,
  conversation: conversationActions,
  tryAgain: idle,
  showList: idle,
  openQuestion: idle,
  openConversation: idle,
  closeConversation: idle,
  beginStart: idle,
  cancelStart: idle,
  startConversation: idle,
};

export function inbox(part: Partial<InboxModel> = {}): State {
  const model: InboxModel = {
    chrome: staffChrome(),
    loading: { state: 'ready' },
    now: NOW,
    zones: LONDON,
    clinicPhone: PHONE,
    list: 'questions',
    questions: queue(),
    conversations: rows(),
    open: null,
    singleKeys: true,
    start: null,
    covering: [],
    ...part,
  };
  return { tag: 'inbox-page', model, actions: inboxActions };
}

const many = (): WaitingQuestion[] =>
  Array.from({ length: 450 }, (_, index) =>
    question({
      id: `msg_${index}`,
      conversation: `cnv_${index + 100}`,
      patient: patient(`acc_${String(index).padStart(4, '0')}`, `Patient Nr. ${index + 1}`),
      urgent: false,
    }),
  );

const everybody = (): Patient[] => [peggyAsPatient(), tomek(), locked('opening'), ...many().map((one) => one.patient)];

export const inboxStates: States = {
  'inbox-asks': () => inbox({ open: askingOf({ state: 'ready', choices: askable() }) }),
  'inbox-ask': () => ({ ...inbox({ open: askingOf({ state: 'ready', choices: askable() }) }), before: press('.conv__foot .btn--plain') }),
  'inbox-ask-failed': () => ({ ...inbox({ open: askingOf({ state: 'failed' }) }), before: press('.conv__foot .btn--plain') }),
  inbox: () => inbox(),
  'inbox-open': () => inbox({ open: opened() }),
  'inbox-open-context': () => ({ ...inbox({ open: opened() }), before: press('.talkbar__who') }),
  'inbox-open-locked-profile': () => ({
    ...inbox({ open: opened('cnv_4', { patient: locked('not_for_me'), profile: null, questions: [] }) }),
    before: press('.talkbar__who'),
  }),
  'inbox-conversations': () => inbox({ list: 'conversations', open: opened() }),
  'inbox-conversations-empty': () => inbox({ list: 'conversations', conversations: [], questions: [] }),
  'inbox-empty': () => inbox({ questions: [] }),
  'inbox-loading': () => inbox({ loading: { state: 'loading' } }),
  'inbox-offline': () => inbox({ chrome: staffChrome({ connection: 'offline' }) }),
  'inbox-failed': () => inbox({ loading: { state: 'failed', reference: 'R-4417' } }),
  'inbox-many': () => inbox({ questions: many() }),
  'inbox-keys': () => ({ ...inbox(), before: press('.tool--keys') }),
  'inbox-no-single-keys': () => inbox({ singleKeys: false }),
  'inbox-start': () => inbox({ start: { patients: everybody(), state: 'idle' } }),
  'inbox-start-nobody': () => inbox({ start: { patients: [], state: 'unreachable' } }),
  'inbox-start-nobody-chosen': () => ({
    ...inbox({ start: { patients: everybody().slice(0, 3), state: 'idle' } }),
    before: press('conversation-start button[type=submit]'),
  }),
};
