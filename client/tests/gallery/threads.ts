/** Threads to look at: an ordinary one, one that waits, and everything that can go wrong. */
import type { AskState } from '../../src/views/models/ask.ts';
import type { ConversationAlarm } from '../../src/views/models/conversation.ts';
import type { Person } from '../../src/views/models/person.ts';
import type { EventEntry, MessageEntry, ThreadEntry, UnverifiedEntry, UnverifiedReason } from '../../src/views/models/thread.ts';
import { at, fischer, message, okafor, open, ownMessage, peggy, reyes, say, team, watanabe } from './factories.ts';

const swimming = (): string => say('The pool opens again this week. Is swimming all right for me?', '这周游泳馆重新开放。我可以游泳吗？');

/** A week between a patient and her team. */
export function patientThread(): ThreadEntry[] {
  const link = { id: 'msg_q1', excerpt: say('Is swimming all right for me?', '我可以游泳吗？') };
  return [
    { type: 'event', id: 'event-started', at: at('03-10T08:10'), event: { what: 'started', by: peggy() } },
    ownMessage({
      id: 'msg_q1',
      at: at('03-10T08:12'),
      kind: 'question',
      text: swimming(),
      question: { state: 'answered', by: okafor(), at: at('03-10T11:20') },
      delivery: { state: 'read', by: [okafor(), reyes(), fischer()] },
    }),
    message({
      at: at('03-10T11:20'),
      answers: [link],
      text: say(
        'Yes, and it is good for you. Twenty minutes, four times a week to begin with. Stop if you feel short of breath or dizzy, and write to us the same day.',
        '可以，而且对您有好处。开始时每周四次，每次二十分钟。如果气短或头晕就停下来，当天写信告诉我们。',
      ),
      corrections: [
        {
          at: at('03-10T11:34'),
          text: say(
            'Yes, and it is good for you. Twenty minutes, twice a week to begin with. Stop if you feel short of breath or dizzy, and write to us the same day.',
            '可以，而且对您有好处。开始时每周两次，每次二十分钟。如果气短或头晕就停下来，当天写信告诉我们。',
          ),
          reason: say(
            'I first wrote four times a week. That is too much to begin with. I am sorry for the mix-up.',
            '我先前写的是每周四次。刚开始这样太多了。写错了，对不起。',
          ),
        },
      ],
    }),
    ownMessage({
      at: at('03-10T12:01'),
      kind: 'thanks',
      text: say('Thank you, that is good to know.', '谢谢，知道了就放心了。'),
      delivery: { state: 'delivered' },
    }),
    { type: 'event', id: 'event-joined', at: at('03-10T14:00'), event: { what: 'reader_joined', who: watanabe() } },
    ownMessage({
      id: 'msg_q2',
      at: at('03-11T09:02'),
      kind: 'question',
      text: say(
        'My ankles are more swollen in the evening, like last winter.\n\nShould I take the second water tablet?',
        '晚上脚踝肿得更厉害，和去年冬天一样。\n\n要不要加吃第二片利尿药？',
      ),
      question: { state: 'acknowledged', by: reyes(), at: at('03-11T09:20') },
    }),
    message({
      at: at('03-11T09:20'),
      sender: reyes(),
      acknowledges: [{ id: 'msg_q2', excerpt: say('My ankles are more swollen in the evening…', '晚上脚踝肿得更厉害……') }],
      text: say(
        'Good that you wrote, Peggy. I am checking with Dr Okafor and write again today.',
        '您写得很及时。我和林医生确认一下，今天再给您回信。',
      ),
    }),
    ownMessage({ at: at('03-11T10:40'), text: say('I weighed 71.9 this morning.', '今早体重 71.9。'), delivery: { state: 'sent' } }),
  ];
}

/** What has not gone out. */
export function waitingThread(): ThreadEntry[] {
  const failed = (reason: 'connection' | 'too_large' | 'server_full'): MessageEntry =>
    ownMessage({
      at: at('03-11T10:44'),
      text: say('No, I am fine lying down. Thank you for asking.', '没有，平躺时没事。谢谢您问我。'),
      delivery: { state: 'failed', reason },
    });
  return [
    ...patientThread(),
    failed('connection'),
    failed('too_large'),
    ownMessage({ at: at('03-11T10:46'), text: say('And the swelling is down.', '脚也消肿了。'), delivery: { state: 'sending' } }),
    ownMessage({
      at: at('03-11T10:47'),
      kind: 'question',
      question: open,
      text: say('May I swim on Thursday?', '周四可以游泳吗？'),
      delivery: { state: 'waiting' },
    }),
  ];
}

const REASONS: readonly UnverifiedReason[] = [
  'bad_signature',
  'not_a_member',
  'wrong_conversation',
  'cannot_decrypt',
  'forked',
  'replayed',
  'newer_version',
  'waiting_for_key',
  'future_time',
];

function unverified(reason: UnverifiedReason, part: Partial<UnverifiedEntry> = {}): UnverifiedEntry {
  return {
    type: 'unverified',
    id: `msg_${reason}`,
    at: at('03-11T10:48'),
    claims: fischer().name,
    reason,
    heldBack: say('Take three tablets.', '吃三片。'),
    shown: false,
    checking: false,
    ...part,
  };
}

/** An ask in a state; Dr Okafor asks for the dietitian. */
export function asking(state: AskState): MessageEntry {
  const until = at('06-30T22:59');
  return message({
    id: `msg_ask_${state}`,
    at: at('03-11T10:20'),
    text: say('Lena could look at your salt with us. May she read along?', 'Lena 可以和我们一起看看您的盐分摄入。她能一起看吗？'),
    ask: {
      ...{ grantee: 'acc_fischer', state, name: fischer().name, detail: fischer().credential ?? '', from: null, until, patient: peggy().name },
      terms: { scope: 'cnv_1', purpose: 'coordination', history: 'all', from: '', until: '2025-06-30', mayOpen: false },
    },
  });
}

export const ASK_STATES: readonly AskState[] = ['looking', 'unknown', 'blocked', 'over', 'ended', 'let', 'not_now', 'open'];

/** Everything that cannot be shown as an ordinary message. */
export function trouble(): ThreadEntry[] {
  return [
    message({ at: at('03-11T10:00'), saysWritten: at('03-09T10:00') }),
    ...REASONS.map((reason) => unverified(reason, reason === 'cannot_decrypt' ? { heldBack: null, claims: null } : {})),
    unverified('unknown_key', { shown: true }),
    unverified('malformed', { checking: true, heldBack: null }),
    { type: 'taken_back', id: 'msg_gone', at: at('03-11T10:49'), sender: okafor(), mine: false },
    { type: 'taken_back', id: 'msg_gone_mine', at: at('03-11T10:49'), sender: peggy(), mine: true },
    { type: 'erased', id: 'msg_erased', at: at('03-11T10:49'), sender: reyes() },
    { type: 'gap', id: 'gap-1', at: at('03-11T10:49'), missing: 1, sender: reyes(), state: 'missing' },
    { type: 'gap', id: 'gap-2', at: at('03-11T10:49'), missing: 3, sender: null, state: 'missing' },
    { type: 'gap', id: 'gap-3', at: at('03-11T10:49'), missing: 2, sender: null, state: 'fetching' },
    { type: 'fork', id: 'fork-1', at: at('03-11T10:50'), sender: okafor() },
    ...events(),
  ];
}

function events(): ThreadEntry[] {
  const made: readonly { readonly what: 'reader_left' | 'key_changed'; readonly who: Person }[] = [
    { what: 'reader_left', who: watanabe() },
    { what: 'key_changed', who: reyes() },
  ];
  return [
    ...made.map((event, index): ThreadEntry => ({ type: 'event', id: `event-${index}`, at: at('03-11T10:50'), event })),
    { type: 'event', id: 'event-named', at: at('03-11T10:50'), event: { what: 'named', by: peggy(), name: say('Swimming', '游泳') } },
    { type: 'event', id: 'event-logged', at: at('03-11T10:50'), event: { what: 'opening_logged' } },
    { type: 'event', id: 'event-newer', at: at('03-11T10:50'), event: { what: 'newer_version' } },
  ];
}

/** Every alarm at once; in life one is enough. */
/** A thread in which everything happens to its readers that can. */
export function readersThread(): ThreadEntry[] {
  const [first, ...rest] = patientThread();
  const name = team().name;
  const decided = { by: peggy(), mine: true, name: reyes().name };
  const events: EventEntry['event'][] = [
    { what: 'before_my_time', count: 12 },
    { what: 'consent_given', ...decided },
    { what: 'emergency_on', by: decided.by, mine: decided.mine },
    { what: 'emergency_off', by: decided.by, mine: !decided.mine },
    { what: 'emergency_asked', who: reyes() },
    { what: 'emergency_open', who: reyes(), until: at('03-11T14:50') },
    { what: 'emergency_over', who: reyes() },
    { what: 'consent_changed', ...decided, mine: false },
    { what: 'history_opened', name: reyes().name },
    { what: 'consent_ended', ...decided },
    { what: 'reader_blocked', ...decided },
    { what: 'reader_unblocked', ...decided, mine: false },
    { what: 'consent_ran_out', name },
  ];
  const lines = events.map((event, index): EventEntry => ({ type: 'event', id: `readers-${index}`, at: at('03-11T09:30'), event }));
  return [...(first ? [first] : []), ...lines, ...rest];
}

export function everyAlarm(): ConversationAlarm[] {
  return [
    { what: 'clock', minutes: 31 },
    { what: 'log_forked' },
    { what: 'log_unreachable' },
    { what: 'readers_invalid' },
    { what: 'rolled_back' },
  ];
}

/** Many messages, every seventh one's own, a dozen a day up to now. */
export function longThread(count: number): MessageEntry[] {
  return Array.from({ length: count }, (_, index) => {
    const when = new Date(at('03-11T10:40').getTime() - (count - 1 - index) * 7_200_000);
    const text = `${say('Message', '消息')} ${index + 1}. ${say('The pressure was 138 over 86. ', '血压 138/86。').repeat(1 + (index % 5))}`;
    return index % 7 === 0
      ? ownMessage({ id: `msg_long_${index}`, at: when, text })
      : message({ id: `msg_long_${index}`, at: when, sender: index % 2 ? okafor() : reyes(), text });
  });
}
