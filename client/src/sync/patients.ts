/** Patients whose consents cover this person: their verified chains and consents, and the profiles this browser opened. */

import { getPatients, getProfile, type PatientAnswer, type SealedProfile } from '../api/directory.ts';
import { putProfile } from '../api/self.ts';
import { Unreachable } from '../api/http.ts';
import { formatTime, b64u } from '../protocol/encoding.ts';
import { ProtocolError } from '../protocol/errors.ts';
import { isId, type AccountId, type ReaderId } from '../protocol/ids.ts';
import { PROFILE, type ProfileBody } from '../protocol/kinds/profile.ts';
import { encryptProfile, openProfile, type Profile } from '../protocol/profile.ts';
import { currentKeys as readersKeys, dueGrantees } from '../protocol/rotation.ts';
import type { SealingKey } from '../protocol/sealing.ts';
import { makeStatement, verify } from '../protocol/statement.ts';
import type { Json } from '../protocol/strictJson.ts';
import { currentKeys, sealingKeyWithId } from './device-session.ts';
import type { Ground } from './ground.ts';
import { Observable } from './observable.ts';

/** A profile as opened; null where there is none, or none of its keys is this person's. */
export interface KnownPatient {
  readonly account: AccountId;
  readonly profile: Profile | null;
}

export class Patients extends Observable {
  private readonly known = new Map<AccountId, KnownPatient>();
  /** The list was fetched: who is not in it is nobody this person may know. */
  loaded = false;

  constructor(private readonly ground: Pick<Ground, 'session' | 'directory' | 'teams' | 'trouble'>) {
    super();
  }

  get all(): readonly KnownPatient[] {
    return [...this.known.values()];
  }

  get(account: AccountId): KnownPatient | null {
    return this.known.get(account) ?? null;
  }

  /** Care staff: fetches everybody. One automatic log entry for each patient and day. */
  async load(): Promise<void> {
    try {
      // Profiles are sealed to teams: without their chains none of their keys is found.
      if (this.ground.teams.chains.size === 0) await this.ground.teams.load();
      for (const listed of await getPatients()) await this.take(listed);
      this.loaded = true;
    } catch (error) {
      if (error instanceof Unreachable) await this.loadKept();
      else this.ground.trouble(error);
    }
    this.changed();
  }

  /** A patient: fetches one's own profile. */
  async loadOwn(): Promise<Profile | null> {
    const { account } = this.ground.session;
    await this.open(account, await getProfile(account));
    this.changed();
    return this.known.get(account)?.profile ?? null;
  }

  /** A patient: writes one's own profile anew, sealed to oneself and to whom one's consents name. */
  async saveOwn(profile: Profile): Promise<void> {
    const { session, directory, teams } = this.ground;
    const { account } = session;
    const stored = await getProfile(account);
    const version = stored ? (await this.verified(account, stored)).version + 1 : 1;
    const now = formatTime(new Date());
    const readers = dueGrantees(account, await directory.consents(account), teams.chains, 'all', now);
    const keys = readersKeys(readers, { teams: teams.chains, accounts: directory.known });
    const made = await encryptProfile(profile, account, version, keys);
    const place = { account, time: now, sequence: null, previous: null };
    const statement = await makeStatement(PROFILE, made.body, { self: currentKeys(session).signing }, place);
    await putProfile(statement, b64u(made.ciphertext), made.boxes);
    await this.remember(account, profile);
    this.changed();
  }

  /** Whose keys do not hold stays closed, and is heard of; the others have their names. */
  private async take({ patient, chain, consents, profile }: PatientAnswer): Promise<void> {
    try {
      await this.ground.directory.take(patient, chain, null);
      await this.ground.directory.takeConsents(patient, consents);
      await this.open(patient, profile);
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error;
      this.ground.trouble(error);
    }
  }

  private async open(patient: AccountId, sealed: SealedProfile | null): Promise<void> {
    let profile: Profile | null = null;
    try {
      profile = sealed && (await this.opened(patient, sealed));
    } catch (error) {
      // A profile that is not its patient's, or does not open, is nobody's name.
      if (!(error instanceof ProtocolError)) throw error;
    }
    await this.remember(patient, profile);
  }

  private async opened(patient: AccountId, sealed: SealedProfile): Promise<Profile | null> {
    const body = await this.verified(patient, sealed);
    for (const { reader, key } of body.boxes) {
      const [box, mine] = [sealed.boxes[reader], await this.privateKey(reader, key)];
      if (box && mine) return openProfile(body, sealed.ciphertext, reader, mine, box);
    }
    return null;
  }

  private async verified(patient: AccountId, { statement }: SealedProfile): Promise<ProfileBody> {
    const chain = await this.ground.directory.account(patient);
    const { body } = await verify(statement, PROFILE, { self: chain.current.signing });
    if (body.patient !== patient) throw new ProtocolError('wrong_patient', "another patient's profile");
    return body;
  }

  private async privateKey(reader: ReaderId, keyId: string): Promise<SealingKey | null> {
    const { session, teams } = this.ground;
    if (isId(reader, 'tea')) return (await teams.keyWithId(reader, keyId))?.key ?? null;
    return reader === session.account ? sealingKeyWithId(session, keyId) : null;
  }

  private async remember(account: AccountId, profile: Profile | null): Promise<void> {
    this.known.set(account, { account, profile });
    const value = { account, profile: profile && { ...profile } } as unknown as Json;
    await this.ground.session.store.write({ store: 'directory', name: `profile:${account}`, value });
  }

  private async loadKept(): Promise<void> {
    const kept = await this.ground.session.store.list('directory');
    for (const { name, value } of kept) {
      if (!name.startsWith('profile:')) continue;
      const patient = value as unknown as KnownPatient;
      this.known.set(patient.account, patient);
    }
  }
}
