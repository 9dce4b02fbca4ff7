/** Emergency access: who asks, who releases, who closes. */
import type { EmergenciesActions, EmergenciesModel, EmergencyAsking, EmergencyRow, EmergencyStep } from '../../../src/views/models/emergencies.ts';
import { amadi, at, brandt, chromeActions, clinicName, idle, lind, LONDON, message, NOW, okafor, peggy, PHONE, reyes, say, staffChrome, voss } from '../factories.ts';
import { press, type State, type States } from '../state.ts';
import '../../../src/views/pages/emergencies-page.ts';

/** What those without a consent know of a patient. */
const numbered = (): EmergencyRow['patient'] => ({ ...peggy(), name: say('Patient 3A0F21', '患者3A0F21'), initials: say('P', '患') });

export function emergencyRow(part: Partial<EmergencyRow> = {}): EmergencyRow {
  return {
    id: 'eme_1',
    patient: numbered(),
    requester: reyes(),
    reason: 'unconscious',
    text: say(
      'Brought in unconscious. I needed the current water tablets and allergies; the family did not know.',
      '送来时昏迷。我需要知道目前的利尿药和过敏情况；家属不清楚。',
    ),
    requestedAt: at('03-11T10:20'),
    until: at('03-11T14:20'),
    state: 'waiting',
    releases: [],
    releasedByMe: false,
    closing: null,
    deed: null,
    ...part,
  };
}

const release = (): EmergencyStep => ({ by: voss(), at: at('03-11T10:31') });
const both = (): EmergencyStep[] => [release(), { by: lind(), at: at('03-11T10:40') }];
const over = (): EmergencyRow =>
  emergencyRow({
    ...{ id: 'eme_2', requester: okafor(), reason: 'medicines', state: 'over', releases: both() },
    ...{ requestedAt: at('03-04T02:14'), until: at('03-04T06:14') },
  });
const closed = (): EmergencyRow => ({ ...over(), id: 'eme_3', closing: { by: brandt(), at: at('03-05T09:00'), finding: 'justified' } });

export const emergencyActions: EmergenciesActions = {
  chrome: chromeActions,
  tryAgain: idle,
  beginAsking: idle,
  stopAsking: idle,
  lookUp: idle,
  ask: idle,
  release: idle,
  read: idle,
  stopReading: idle,
  close: idle,
  acknowledgeKeys: idle,
  showAnyway: idle,
};

/** Words come in the language that is spoken, so that a model is made when it is shown. */
export function emergencies(part: Partial<EmergenciesModel> = {}): State {
  const view = part.view ?? 'care_staff';
  const me = { care_staff: reyes(), custodian: voss(), compliance: brandt() }[view];
  const places = view === 'care_staff' ? (['inbox', 'emergency', 'clinic', 'settings'] as const) : (['emergency', 'settings'] as const);
  const model: EmergenciesModel = {
    chrome: staffChrome({ place: 'emergency', places, me, clinicName: clinicName() }),
    loading: { state: 'ready' },
    ...{ now: NOW, zones: LONDON, clinicPhone: PHONE, view },
    ...{ rows: [], doubtful: [], asking: null, undertaking: null, reading: null },
    ...part,
  };
  return { tag: 'emergencies-page', model, actions: emergencyActions };
}

const toRelease = (): EmergencyRow => emergencyRow({ deed: 'release' });
const toRead = (): EmergencyRow => emergencyRow({ state: 'open', releases: both(), deed: 'read' });
const toClose = (): EmergencyRow => emergencyRow({ id: 'eme_4', state: 'open', releases: both(), deed: 'close' });
const patientStep = (part: Partial<EmergencyAsking & { step: 'patient' }> = {}): EmergencyAsking => ({
  ...{ step: 'patient', patients: [peggy()], working: false, trouble: null },
  ...part,
});
const requestStep = (part: Partial<EmergencyAsking & { step: 'request' }> = {}): EmergencyAsking => ({
  ...{ step: 'request', patient: numbered(), working: false, trouble: null },
  conversations: [
    { id: 'cnv_1', begunAt: at('03-03T09:12') },
    { id: 'cnv_2', begunAt: at('03-10T16:40') },
  ],
  custodians: [voss(), amadi(), lind()],
  ...part,
});
const trouble = (why: 'not_in_log' | 'unreachable' | 'not_opted_in'): EmergenciesModel['undertaking'] => ({
  ...{ what: 'release', on: 'eme_1', trouble: { why, who: null } },
});
const question = press('.grant__do .btn--main');

export const emergencyStates: States = {
  'emergency-loading': () => emergencies({ loading: { state: 'loading' } }),
  'emergency-failed': () => emergencies({ loading: { state: 'failed', reference: 'R-4417' } }),
  'emergency-offline': () =>
    emergencies({ loading: { state: 'failed', reference: null }, chrome: staffChrome({ place: 'emergency', me: reyes(), connection: 'offline' }) }),
  'emergency-empty': () => emergencies(),
  'emergency-empty-custodian': () => emergencies({ view: 'custodian' }),
  'emergency-empty-compliance': () => emergencies({ view: 'compliance' }),
  'emergency-asked': () => emergencies({ rows: [emergencyRow({ releases: [release()] }), over(), closed()] }),
  'emergency-open': () => emergencies({ rows: [toRead(), closed()] }),
  'emergency-doubtful': () => emergencies({ view: 'compliance', rows: [closed()], doubtful: [{ id: 'eme_9', requestedAt: at('03-10T08:00') }] }),
  'emergency-patient': () => emergencies({ asking: patientStep() }),
  'emergency-patient-nobody': () => emergencies({ asking: patientStep({ patients: [], trouble: { why: 'nobody', who: null } }) }),
  'emergency-patient-wrong': () => ({ ...emergencies({ asking: patientStep() }), before: press('emergency-ask [type=submit]') }),
  'emergency-no-way': () => emergencies({ asking: { step: 'no_way', patient: numbered(), optedIn: false } }),
  'emergency-nothing-sealed': () => emergencies({ asking: { step: 'no_way', patient: numbered(), optedIn: true } }),
  'emergency-request': () => emergencies({ asking: requestStep() }),
  'emergency-request-incomplete': () => ({ ...emergencies({ asking: requestStep() }), before: press('emergency-request-form [type=submit]') }),
  'emergency-request-new-keys': () => emergencies({ asking: requestStep({ trouble: { why: 'new_keys', who: lind() } }) }),
  'emergency-reading': () => {
    const entries = [message({ sender: peggy(), kind: 'question', question: { state: 'open' } }), message({ at: at('03-11T10:30') })];
    return emergencies({ rows: [toRead()], reading: { row: toRead(), id: 'cnv_1', entries } });
  },
  'emergency-reading-empty': () => emergencies({ rows: [toRead()], reading: { row: toRead(), id: 'cnv_1', entries: [] } }),
  'emergency-custodian': () => emergencies({ view: 'custodian', rows: [toRelease(), closed()] }),
  'emergency-release': () => ({ ...emergencies({ view: 'custodian', rows: [toRelease()] }), before: question }),
  'emergency-release-second': () => ({ ...emergencies({ view: 'custodian', rows: [{ ...toRelease(), releases: [release()] }] }), before: question }),
  'emergency-releasing': () => emergencies({ view: 'custodian', rows: [toRelease()], undertaking: { what: 'release', on: 'eme_1', trouble: null } }),
  'emergency-released': () => emergencies({ view: 'custodian', rows: [emergencyRow({ releases: [release()], releasedByMe: true })] }),
  'emergency-not-in-log': () => emergencies({ view: 'custodian', rows: [toRelease()], undertaking: trouble('not_in_log') }),
  'emergency-opted-out': () => emergencies({ view: 'custodian', rows: [toRelease()], undertaking: trouble('not_opted_in') }),
  'emergency-unreachable': () => emergencies({ view: 'custodian', rows: [toRelease()], undertaking: trouble('unreachable') }),
  'emergency-compliance': () => emergencies({ view: 'compliance', rows: [toClose(), { ...over(), deed: 'close', text: null }, closed()] }),
  'emergency-close': () => ({ ...emergencies({ view: 'compliance', rows: [toClose()] }), before: question }),
};
