/** A conversation as the patient sees it. */
import type { ComposerModel } from '../../../src/views/models/composer.ts';
import type { ConversationActions, ConversationModel } from '../../../src/views/models/conversation.ts';
import type { ThreadEntry } from '../../../src/views/models/thread.ts';
import {
  chromeActions,
  emergency,
  idle,
  LONDON,
  NOW,
  patientChrome,
  peggy,
  PHONE,
  readers,
  readersWithNewKeys,
  reyes,
  say,
} from '../factories.ts';
import { press, type State, type States } from '../state.ts';
import { ASK_STATES, asking, everyAlarm, longThread, patientThread, readersThread, trouble, waitingThread } from '../threads.ts';
import '../../../src/views/pages/conversation-page.ts';

export function composer(part: Partial<ComposerModel> = {}): ComposerModel {
  return {
    draft: { text: '', kind: 'question', mode: 'plain', question: null },
    openQuestions: [],
    connection: 'online',
    blocked: null,
    maxBytes: 59_000,
    ...part,
  };
}

export const conversationActions: ConversationActions = {
  tryAgain: idle,
  loadOlder: idle,
  markRead: idle,
  send: idle,
  keepDraft: idle,
  tellTyping: idle,
  sendAgain: idle,
  discard: idle,
  takeBack: idle,
  correct: idle,
  checkAgain: idle,
  showAnyway: idle,
  rename: idle,
  markCompared: idle,
  reportDifferent: idle,
  acknowledgeKeyChange: idle,
  goTo: idle,
  loadAskChoices: idle,
  ask: idle,
  decide: idle,
  sayNotNow: idle,
};

export function conversation(part: Partial<ConversationModel> = {}): ConversationModel {
  return {
    face: 'patient',
    emergency: emergency(),
    loading: { state: 'ready' },
    closed: false,
    now: NOW,
    zones: LONDON,
    clinicPhone: PHONE,
    id: 'cnv_1',
    name: say('Heart and blood pressure', '心脏和血压'),
    renaming: 'idle',
    patient: peggy(),
    readers: readers(),
    alarms: [],
    entries: patientThread(),
    older: 'none',
    firstUnread: null,
    typing: null,
    askChoices: { state: 'loading' },
    composer: composer(),
    ...part,
  };
}

function page(part: Partial<ConversationModel> = {}, chrome = patientChrome()): State {
  return {
    tag: 'conversation-page',
    model: { chrome, conversation: conversation(part) },
    actions: { chrome: chromeActions, conversation: conversationActions },
  };
}

/** Shown in turn, from the top, so that each stands on a screenshot. */
const only = (entries: readonly ThreadEntry[]): State => page({ entries });

const words = say;
const draft = (text: string) => composer({ draft: { text, kind: 'update', mode: 'plain', question: null } });

export const conversationStates: States = {
  conversation: () => page(),
  'conversation-readers-changed': () => page({ entries: readersThread(), readers: readers({ changedSinceLastVisit: true }) }),
  'conversation-closed': () => page({ closed: true, entries: [] }),
  'conversation-unread': () => page({ firstUnread: patientThread()[5]?.id ?? null, typing: { who: 'team' } }),
  'conversation-empty': () => page({ entries: [] }),
  'conversation-loading': () => page({ loading: { state: 'loading' }, entries: [] }),
  'conversation-failed': () => page({ loading: { state: 'failed', reference: 'R-4417' }, entries: [] }),
  'conversation-offline': () =>
    page({ entries: waitingThread(), composer: composer({ connection: 'offline' }) }, patientChrome({ connection: 'offline' })),
  'conversation-asked': () => only(ASK_STATES.map(asking)),
  'conversation-trouble': () => only(trouble()),
  'conversation-writing': () => ({
    ...page({ composer: draft(words('I weighed 71.9 this morning, and the swelling is down.', '今早体重 71.9，脚也没那么肿了。')) }),
    before: (element) => {
      element.querySelector('textarea')?.focus();
    },
  }),
  'conversation-too-long': () => page({ composer: { ...draft(words('A long letter. ', '一封长信。').repeat(40)), maxBytes: 200 } }),
  'conversation-two-zones': () => page({ zones: { reader: 'Asia/Shanghai', clinic: 'Europe/London' } }),
  'conversation-older': () => page({ entries: longThread(200), older: 'more' }),
  'conversation-no-name': () => page({ name: null, readers: readers({ changedSinceLastVisit: true }) }),
  'conversation-new-keys': () =>
    page({
      readers: readersWithNewKeys(),
      alarms: [{ what: 'key_changed', who: reyes() }],
      composer: composer({ blocked: 'key_changed' }),
    }),
  'conversation-alarms': () => page({ alarms: everyAlarm(), composer: composer({ blocked: 'log_forked' }) }),
  'conversation-readers-emergency': () => ({ ...page({ readers: readers({ escrowed: true }) }), before: press('.seal') }),
  'conversation-readers': () => ({ ...page({ readers: readers({ changedSinceLastVisit: true }) }), before: press('.seal') }),
  'conversation-safety-code': () => ({
    ...page(),
    before: async (element) => {
      press('.seal')(element);
      await new Promise(requestAnimationFrame);
      press('.readers .btn')(element);
    },
  }),
  'conversation-rename': () => ({
    ...page({ renaming: 'failed' }),
    before: press('[aria-label="Rename this conversation"], [aria-label="给对话改名"]'),
  }),
  'conversation-take-back': () => ({ ...page(), before: press('.msg__more .btn:last-child') }),
  'conversation-correct': () => ({ ...page(), before: press('.msg__more .btn:first-child') }),
};
