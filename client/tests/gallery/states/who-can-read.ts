/** Who can read, and changing it. */
import type { Grant, Terms, WhoCanReadActions, WhoCanReadModel } from '../../../src/views/models/who-can-read.ts';
import { at, chromeActions, fischer, idle, LONDON, NOW, okafor, patientChrome, PHONE, reyes, say, team, watanabe } from '../factories.ts';
import { press, type State, type States } from '../state.ts';
import '../../../src/views/pages/who-can-read-page.ts';

const heart = (): string => say('Heart and blood pressure', '心脏和血压');
const terms: Terms = { scope: 'all', purpose: 'treatment', history: 'all', from: '', until: '', mayOpen: true };

const theTeam = (): Grant => ({
  ...{ id: 'cns_team', name: team().name, person: null, members: team().members, blocked: false, state: 'active', terms, conversation: null },
  ...{ begins: at('02-03T16:40'), from: null, until: null, alsoThrough: [] },
});

const theNurse = (): Grant => ({
  ...theTeam(),
  ...{ id: 'cns_nurse', name: reyes().name, person: reyes(), members: [], state: 'ending', conversation: heart() },
  terms: { scope: 'cnv_1', purpose: 'coordination', history: 'from', from: '2025-03-01', until: '2025-03-18', mayOpen: false },
  ...{ from: at('03-01T00:00'), until: at('03-18T23:59'), alsoThrough: [team().name] },
});

const theCardiologist = (): Grant => ({
  ...{ ...theTeam(), id: 'cns_later', name: watanabe().name, person: watanabe(), members: [], state: 'future', begins: at('04-01T00:00') },
  terms: { ...terms, purpose: 'billing', history: 'none', mayOpen: false },
});

export const whoCanReadActions: WhoCanReadActions = {
  ...{ chrome: chromeActions, tryAgain: idle, forgetFailure: idle, give: idle, change: idle, takeOff: idle, saveCopy: idle, block: idle, unblock: idle },
  effects: (_, { until }) => (until === '' ? ['end_extended'] : []),
};

function whoCanRead(part: Partial<WhoCanReadModel> = {}): State {
  return {
    tag: 'who-can-read-page',
    model: {
      ...{ chrome: patientChrome({ place: 'who_can_read' }), loading: { state: 'ready' }, now: NOW, zones: LONDON, clinicPhone: PHONE },
      grants: [theTeam(), theNurse(), theCardiologist()],
      blocked: [],
      emergencyAccess: false,
      events: [
        { id: '4', at: at('03-10T14:02'), name: reyes().name, did: 'changed', codes: ['end_narrowed', 'history_extended'] },
        { id: '3', at: at('03-01T09:15'), name: reyes().name, did: 'given', codes: [] },
        { id: '2', at: at('02-28T23:59'), name: okafor().name, did: 'ended', codes: [] },
        { id: '1', at: at('02-03T16:40'), name: fischer().name, did: 'taken_off', codes: [] },
      ],
      choices: [
        { id: 'tea_1', name: team().name, detail: '', what: 'team' },
        { id: 'acc_fischer', name: fischer().name, detail: fischer().credential ?? '', what: 'person' },
        { id: 'acc_reyes', name: reyes().name, detail: reyes().credential ?? '', what: 'person' },
      ],
      conversations: [
        { id: 'cnv_1', name: heart() },
        { id: 'cnv_2', name: null },
      ],
      ...{ asked: null, deed: { state: 'idle' }, copying: { state: 'idle' } },
      ...part,
    } satisfies WhoCanReadModel,
    actions: whoCanReadActions,
  };
}

const give = press('.home__sec > .btn');
const change = press('#cns_nurse .grant__do .btn');
const takeOff = press('#cns_nurse .btn--stop');

const block = press('#cns_team .btn--quiet');

/** The nurse is kept from reading; an agreement with the nurse alone stands. */
function blocked(): State {
  const kept = { ...theNurse(), blocked: true, alsoThrough: [] };
  const others = theTeam().members.filter(({ id }) => id !== reyes().id);
  const events: WhoCanReadModel['events'] = [
    { id: '2', at: at('03-10T14:02'), name: reyes().name, did: 'blocked', codes: [] },
    { id: '1', at: at('03-01T09:15'), name: fischer().name, did: 'unblocked', codes: [] },
  ];
  return whoCanRead({ blocked: [reyes()], grants: [{ ...theTeam(), members: others }, kept], events });
}

async function choose(element: HTMLElement, selector: string, value: string): Promise<void> {
  const field = element.querySelector<HTMLInputElement | HTMLSelectElement>(selector);
  if (!field) throw new Error(`nothing at ${selector}`);
  if (field instanceof HTMLInputElement && field.type === 'radio') field.checked = true;
  else field.value = value;
  field.dispatchEvent(new Event('change', { bubbles: true }));
  await new Promise(requestAnimationFrame);
}

export const whoCanReadStates: States = {
  'who-can-read': () => whoCanRead(),
  'who-can-read-asked': () =>
    whoCanRead({
      asked: {
        grantee: 'acc_fischer',
        terms: { scope: 'cnv_1', purpose: 'coordination', history: 'all', from: '', until: '2025-06-30', mayOpen: false },
      },
    }),
  'who-can-read-emergency': () =>
    whoCanRead({
      emergencyAccess: true,
      events: [
        { id: '2', at: at('03-10T14:02'), name: '', did: 'emergency_on', codes: [] },
        { id: '1', at: at('03-01T09:15'), name: '', did: 'emergency_off', codes: [] },
      ],
    }),
  'who-can-read-blocked': () => blocked(),
  'who-can-read-unblock': () => ({ ...blocked(), before: press('[aria-labelledby=blocked-title] .btn') }),
  'who-can-read-block': () => ({ ...whoCanRead(), before: block }),
  'who-can-read-block-last': () => ({
    ...whoCanRead({ grants: [{ ...theTeam(), members: [okafor()] }], deed: { state: 'failed', reason: 'refused' } }),
    before: async (element) => {
      block(element);
      await new Promise(requestAnimationFrame);
      await choose(element, '[name=block-who]', okafor().id);
    },
  }),
  'who-can-read-nobody': () => whoCanRead({ grants: [], events: [] }),
  'who-can-read-loading': () => whoCanRead({ loading: { state: 'loading' } }),
  'who-can-read-failed': () => whoCanRead({ loading: { state: 'failed', reference: 'R-4417' } }),
  'who-can-read-copy-differs': () => whoCanRead({ copying: { state: 'failed', reason: 'differs' } }),
  'who-can-read-give': () => ({ ...whoCanRead(), before: give }),
  'who-can-read-give-filled': () => ({
    ...whoCanRead({ deed: { state: 'failed', reason: 'unreachable' } }),
    before: async (element) => {
      give(element);
      await new Promise(requestAnimationFrame);
      await choose(element, '#grantee', 'acc_fischer');
      await choose(element, '[name=history][value=from]', '');
      await choose(element, '#from', '2025-03-03');
      await choose(element, '[name=until][value=day]', '');
      await choose(element, '#until', '2025-09-10');
    },
  }),
  'who-can-read-change': () => ({ ...whoCanRead({ deed: { state: 'working', done: 1, all: 3 } }), before: change }),
  'who-can-read-take-off': () => ({ ...whoCanRead(), before: takeOff }),
};
