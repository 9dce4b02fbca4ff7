/** People as the interface shows them, from verified keys, cards and opened profiles. */

import type { AccountId } from '../protocol/ids.ts';
import type { Engine } from '../sync/engine.ts';
import type { Profile } from '../protocol/profile.ts';
import type { Patient, PatientProfile } from '../views/models/patient.ts';
import type { Person, Tone } from '../views/models/person.ts';
import { t } from '../views/words.ts';

const TONES: readonly Tone[] = ['pine', 'sky', 'plum', 'honey', 'plain'];
const TITLES = /^(?:dr|prof|mr|mrs|ms|mx)\.?$/iu;

/** "Dr Amara Okafor" → "AO"; "陈秀英" → "陈". */
export function initialsOf(name: string): string {
  const words = name.trim().split(/\s+/u).filter((word) => !TITLES.test(word));
  const [first = '', last = ''] = [words[0], words.length > 1 ? words.at(-1) : ''];
  const initial = (word: string): string => Array.from(word)[0] ?? '';
  return /\p{Script=Han}/u.test(first) ? initial(first) : (initial(first) + initial(last)).toLocaleUpperCase();
}

/** One colour for each person, the same on every page. */
export function toneOf(account: AccountId): Tone {
  return TONES[Number.parseInt(account.slice(-4), 16) % TONES.length] ?? 'plain';
}

export class People {
  constructor(private readonly engine: Engine) {}

  get me(): Person {
    const { account, role, name } = this.engine.session;
    return role === 'patient' ? this.patientPerson(account, name) : this.staff(account, name);
  }

  /** Anybody, as far as this browser knows them. */
  person(account: AccountId): Person {
    if (account === this.engine.session.account) return this.me;
    const role = this.engine.directory.known(account)?.role;
    return role === 'patient' ? this.patientPerson(account, numbered(account)) : this.staff(account, t('person.unknown'));
  }

  /** A patient as staff may know them. */
  patient(account: AccountId): Patient {
    const known = this.engine.patients.get(account);
    const number = numberOf(account);
    if (known?.profile) return { account, number, person: this.patientPerson(account, numbered(account)), closed: null };
    return { account, number, person: null, closed: known || this.engine.patients.loaded ? 'not_for_me' : 'opening' };
  }

  profile(account: AccountId): PatientProfile | null {
    const profile = this.engine.patients.get(account)?.profile;
    return profile ? profileModel(profile) : null;
  }

  private staff(account: AccountId, fallback: string): Person {
    const card = this.engine.directory.cardOf(account);
    const name = card?.name ?? fallback;
    const credential = card?.credential ?? '';
    const person = { id: idOf(account), name, initials: initialsOf(name), shape: 'clinic', tone: toneOf(account) } as const;
    return credential === '' ? person : { ...person, credential };
  }

  private patientPerson(account: AccountId, fallback: string): Person {
    const profile = this.engine.patients.get(account)?.profile;
    const [preferred, legal] = [profile?.preferred_name.trim() ?? '', profile?.legal_name.trim() ?? ''];
    const name = preferred !== '' ? preferred : legal !== '' ? legal : fallback;
    const person = { id: idOf(account), name, initials: initialsOf(name), shape: 'person', tone: toneOf(account) } as const;
    return legal !== '' && legal !== name ? { ...person, fullName: legal } : person;
  }
}

/** What a patient is called who has written no name. */
function numbered(account: AccountId): string {
  return t('patient.number', { number: numberOf(account) });
}

export function profileModel({ legal_name, preferred_name, pronouns, language_note }: Profile): PatientProfile {
  return { legalName: legal_name, preferredName: preferred_name, pronouns, languageNote: language_note };
}

/** The 32 hexadecimal digits of an account: what elements name people by. */
export function idOf(account: AccountId): string {
  return account.slice(4);
}

export function accountOf(id: string): AccountId {
  return `acc_${id}`;
}

/** A few digits that staff can read out to each other. */
export function numberOf(account: AccountId): string {
  return account.slice(-6).toUpperCase();
}
