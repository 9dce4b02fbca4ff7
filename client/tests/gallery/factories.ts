/**
 * Made-up people and messages for looking at the interface. Everything plays on Tuesday 11 March 2025, at 10:51
 * in London; texts come in the language that is spoken, so that long and Chinese ones are both seen.
 */
import type { ChromeActions, ChromeModel, Emergency } from '../../src/views/models/chrome.ts';
import type { Inviter, TeamCard } from '../../src/views/models/join.ts';
import type { Person } from '../../src/views/models/person.ts';
import type { Reader, Readers } from '../../src/views/models/readers.ts';
import type { MessageEntry, QuestionState } from '../../src/views/models/thread.ts';
import type { Zones } from '../../src/views/times.ts';
import { currentLanguage } from '../../src/views/words.ts';

export const NOW = new Date('2025-03-11T10:51:00Z');
export const LONDON: Zones = { reader: 'Europe/London', clinic: 'Europe/London' };
export const PHONE = '020 7946 0112';

/** The words of the language that is spoken. */
export function say(english: string, chinese: string): string {
  return currentLanguage() === 'en' ? english : chinese;
}

/** An instant of that week, "03-10T08:12". */
export function at(monthDayTime: string): Date {
  return new Date(`2025-${monthDayTime}:00Z`);
}

function staff(id: string, name: string, initials: string, tone: Person['tone'], credential: string): Person {
  return { id, name, initials, shape: 'clinic', tone, credential };
}

export const okafor = (): Person =>
  staff('acc_okafor', say('Dr Amara Okafor', '林悦医生'), say('AO', '林'), 'pine', say('Family doctor, MD', '家庭医生'));
export const reyes = (): Person => staff('acc_reyes', 'Tom Reyes', 'TR', 'sky', say('Nurse, RN', '护士'));
export const fischer = (): Person => staff('acc_fischer', 'Lena Fischer', 'LF', 'plum', say('Pharmacist, PharmD', '药剂师'));
export const watanabe = (): Person =>
  staff('acc_watanabe', say('Dr Jun Watanabe', '渡边淳医生'), say('JW', '渡'), 'honey', say('Cardiologist, MD', '心内科医生'));
export const voss = (): Person => staff('acc_voss', say('Carla Voss', '吴凯拉'), say('CV', '吴'), 'plum', say('Custodian, pharmacist', '保管人、药剂师'));
export const amadi = (): Person => staff('acc_amadi', 'Cyril Amadi', 'CA', 'honey', say('Custodian, head nurse', '保管人、护士长'));
export const lind = (): Person => staff('acc_lind', 'Cora Lind', 'CL', 'sky', say('Custodian, records officer', '保管人、档案管理员'));
export const brandt = (): Person => staff('acc_brandt', say('Olga Brandt', '白兰'), say('OB', '白'), 'pine', say('Compliance officer', '合规人员'));
export const peggy = (): Person => ({
  id: 'acc_peggy',
  name: say('Peggy', '秀英'),
  initials: say('PH', '秀'),
  shape: 'person',
  tone: 'honey',
  fullName: say('Margaret Hale', '陈秀英'),
});

export const clinicName = (): string => say('Riverside Clinic', '河畔诊所');
export const emergency = (): Emergency => ({ number: say('112', '120') });
export const team = (): TeamCard => ({ name: say('Heart & kidney team', '心肾团队'), members: [okafor(), reyes(), fischer(), watanabe()] });
export const inviter = (): Inviter => ({ ...okafor(), invitedAt: at('03-10T15:00') });

/** Digits that look like a code and are none. */
export function digits(groups: number): string[] {
  return Array.from({ length: groups }, (_, index) => String((48_219 * (index + 3)) % 100_000).padStart(5, '0'));
}

export const RECOVERY_CODE = ['KR7M', '2FXD', '9QPA', 'W4TN', 'H8VE', 'C3JB', '5ZGK', 'M6RT', 'Q2XY'];

function reader(person: Person, part: Partial<Reader> = {}): Reader {
  return { ...person, why: team().name, since: at('03-03T09:00'), until: null, safety: 'vouched', safetyCode: digits(12), ...part };
}

export function readers(part: Partial<Readers> = {}): Readers {
  return {
    people: [
      reader(okafor(), { safety: 'compared' }),
      reader(reyes()),
      reader(fischer(), { until: at('09-10T00:00') }),
      reader(watanabe()),
    ],
    changedSinceLastVisit: false,
    escrowed: false,
    ...part,
  };
}

/** The readers after one of them has made new keys. */
export function readersWithNewKeys(): Readers {
  return readers({ people: [reader(okafor(), { safety: 'compared' }), reader(reyes(), { safety: 'changed' })] });
}

export function patientChrome(part: Partial<ChromeModel> = {}): ChromeModel {
  return {
    face: 'patient',
    clinicName: clinicName(),
    me: peggy(),
    place: 'messages',
    places: ['messages', 'who_can_read', 'settings'],
    unread: 2,
    connection: 'online',
    emergency: emergency(),
    appearance: { theme: 'system', textSize: 'normal', contrast: 'system' },
    toasts: [],
    locksIn: null,
    ...part,
  };
}

export function staffChrome(part: Partial<ChromeModel> = {}): ChromeModel {
  return patientChrome({
    face: 'staff',
    me: okafor(),
    place: 'inbox',
    places: ['inbox', 'clinic', 'settings'],
    clinicName: `${clinicName()} · ${team().name}`,
    ...part,
  });
}

/** Actions that do nothing; a test that looks at one replaces it. */
export const chromeActions: ChromeActions = {
  lock: idle,
  stayOpen: idle,
  chooseAppearance: idle,
  chooseLanguage: idle,
  dismissToast: idle,
  undoToast: idle,
};

export function idle(): void {
  // Nothing happens in a gallery.
}

let made = 0;

/** A message; left out, it is the doctor's plain update. */
export function message(part: Partial<MessageEntry> = {}): MessageEntry {
  made += 1;
  return {
    type: 'message',
    id: `msg_${String(made).padStart(6, '0')}`,
    at: NOW,
    sender: okafor(),
    mine: false,
    kind: 'update',
    text: say('Thank you for writing.', '谢谢您告诉我们。'),
    corrections: [],
    answers: [],
    acknowledges: [],
    question: null,
    ask: null,
    delivery: null,
    saysWritten: null,
    ...part,
  };
}

/** One's own message, sent and read. */
export function ownMessage(part: Partial<MessageEntry> = {}): MessageEntry {
  return message({ sender: peggy(), mine: true, delivery: { state: 'read', by: [reyes()] }, ...part });
}

export const open: QuestionState = { state: 'open' };
