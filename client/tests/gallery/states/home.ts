/** The patient's first screen. */
import type { HomeModel } from '../../../src/views/models/home.ts';
import {
  at,
  chromeActions,
  fischer,
  idle,
  LONDON,
  NOW,
  okafor,
  open,
  patientChrome,
  PHONE,
  reyes,
  say,
  team,
  watanabe,
} from '../factories.ts';
import type { ToldEmergency } from '../../../src/views/models/told-emergency.ts';
import { press, type State, type States } from '../state.ts';
import '../../../src/views/pages/home-page.ts';

const heart = (): string => say('Heart and blood pressure', '心脏和血压');
const everyone = () => [okafor(), reyes(), fischer(), watanabe()];

function told(part: Partial<ToldEmergency> = {}): ToldEmergency {
  return {
    ...{ id: 'eme_1', conversation: 'cnv_1', conversationName: heart(), who: reyes(), reason: 'unconscious', state: 'waiting', agreed: [] },
    text: say('Found unconscious at home, medicines unknown.', '在家中被发现昏迷，用药不明。'),
    ...{ requestedAt: at('03-11T10:58'), until: at('03-11T14:58') },
    ...part,
  };
}

function home(part: Partial<HomeModel> = {}): State {
  return {
    tag: 'home-page',
    model: {
      chrome: patientChrome(),
      loading: { state: 'ready' },
      now: NOW,
      zones: LONDON,
      clinicPhone: PHONE,
      questions: [
        { id: 'msg_q2', conversation: 'cnv_1', conversationName: heart(), askedAt: at('03-11T09:02'), state: open },
        {
          id: 'msg_q3',
          conversation: 'cnv_1',
          conversationName: heart(),
          askedAt: at('03-10T16:30'),
          state: { state: 'acknowledged', by: reyes(), at: at('03-10T16:55') },
        },
        {
          id: 'msg_q1',
          conversation: 'cnv_1',
          conversationName: heart(),
          askedAt: at('03-10T08:12'),
          state: { state: 'answered', by: okafor(), at: at('03-10T11:20') },
        },
      ],
      conversations: [
        { id: 'cnv_1', name: heart(), people: everyone(), lastAt: at('03-11T10:05'), unread: 2, waiting: 0, alarm: false },
        {
          id: 'cnv_2',
          name: say('Repeat medicines', '续方配药'),
          people: [fischer(), okafor()],
          lastAt: at('03-07T12:00'),
          unread: 0,
          waiting: 0,
          alarm: false,
        },
      ],
      team: team(),
      ...{ emergencies: [], doubtfulEmergencies: 0, clinicCodeUnchecked: false },
      starting: 'idle',
      ...part,
    } satisfies HomeModel,
    actions: { chrome: chromeActions, tryAgain: idle, startConversation: idle, openConversation: idle, compareClinicCode: idle },
  };
}

const empty = { questions: [], conversations: [] };
const ask = press('.home__head .btn--main');

export const homeStates: States = {
  home: () => home(),
  'home-emergency-asked': () => home({ emergencies: [told({ agreed: [fischer()] })] }),
  'home-emergency-open': () => home({ emergencies: [told({ state: 'open', reason: 'medicines', agreed: [fischer(), watanabe()] })] }),
  'home-emergency-over': () =>
    home({
      emergencies: [
        told({ state: 'over', reason: 'danger', agreed: [fischer(), watanabe()] }),
        told({ id: 'eme_2', state: 'lapsed', reason: 'unreachable', text: null, conversationName: null }),
      ],
    }),
  'home-emergency-doubtful': () => home({ doubtfulEmergencies: 2 }),
  'home-empty': () => home({ ...empty, chrome: patientChrome({ unread: 0 }) }),
  'home-no-team': () => home({ ...empty, team: null, chrome: patientChrome({ unread: 0 }) }),
  'home-loading': () => home({ loading: { state: 'loading' } }),
  'home-offline': () =>
    home({
      chrome: patientChrome({ connection: 'offline' }),
      conversations: [
        { id: 'cnv_1', name: heart(), people: everyone(), lastAt: at('03-11T10:05'), unread: 0, waiting: 3, alarm: true },
        { id: 'cnv_2', name: null, people: [okafor()], lastAt: null, unread: 0, waiting: 0, alarm: false },
      ],
    }),
  'home-reconnecting': () => home({ chrome: patientChrome({ connection: 'reconnecting' }) }),
  'home-failed': () => home({ loading: { state: 'failed', reference: 'R-4417' } }),
  'home-clinic-code-unchecked': () => home({ clinicCodeUnchecked: true }),
  'home-ask': () => ({ ...home(), before: ask }),
  'home-ask-first': () => ({ ...home({ ...empty, starting: 'unreachable' }), before: press('.empty .btn--main') }),
  'home-about-to-lock': () => home({ chrome: patientChrome({ locksIn: 100 }) }),
  'home-toasts': () =>
    home({
      chrome: patientChrome({
        toasts: [
          { id: '1', text: say('Conversation renamed', '对话已改名'), undo: say('Undo', '撤销') },
          { id: '2', text: say('Sent', '已发送') },
        ],
      }),
    }),
  'home-largest-text': () => home({ chrome: patientChrome({ appearance: { theme: 'system', textSize: 'largest', contrast: 'more' } }) }),
};
