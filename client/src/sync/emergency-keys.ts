/**
 * The emergency keys of a patient who has opted in: made by the patient's own client, one for each conversation, and made anew once a key was used or the
 * clinic has named other custodians (docs/protocol.md §5).
 */

import { getConversations } from '../api/conversations.ts';
import { getClinic } from '../api/directory.ts';
import { postEmergencyKey } from '../api/emergency-keys.ts';
import { verifyClinicChain, type CustodianSet } from '../protocol/clinicChain.ts';
import { isOptedIn } from '../protocol/consentChain.ts';
import { isSpent, NO_EMERGENCIES } from '../protocol/emergencyKey.ts';
import { makeEmergencyKey } from '../protocol/emergencyShares.ts';
import { formatTime } from '../protocol/encoding.ts';
import { ProtocolError } from '../protocol/errors.ts';
import { isId, newId, type AccountId, type ConversationId } from '../protocol/ids.ts';
import { EMERGENCY_KEY } from '../protocol/kinds/emergencyKey.ts';
import { checkPinnedHead } from '../protocol/pins.ts';
import type { SealingPublicKey } from '../protocol/sealing.ts';
import { makeStatement } from '../protocol/statement.ts';
import { changedAccounts } from './blocks.ts';
import type { Progress } from './consents.ts';
import { ControlRefused, type ReadableConversation } from './control-reader.ts';
import { hasMoved } from './control-writer.ts';
import { currentKeys } from './device-session.ts';
import type { Ground } from './ground.ts';

const TRIES = 4;

export class EmergencyKeys {
  constructor(private readonly ground: Pick<Ground, 'session' | 'directory' | 'writer'>) {}

  /** Whom the clinic names now; null where it names nobody. @throws ProtocolError `rolled_back`; ApiError, Unreachable */
  async custodians(): Promise<CustodianSet | null> {
    const { clinic } = this.ground.session;
    const chain = await verifyClinicChain((await getClinic()).statements, clinic.key.id);
    checkPinnedHead(clinic.hashes.at(-1), chain.hashes);
    return chain.custodianSets.at(-1) ?? null;
  }

  /**
   * Makes what is missing in every conversation, and seals each to its key from now on; nothing for somebody who has not opted in.
   *
   * @throws as {@link standing}
   */
  async tend(progress: Progress = () => undefined): Promise<void> {
    const { session, directory } = this.ground;
    if (session.role === 'patient') await directory.consents(session.account);
    if (!this.isOptedIn) return;
    const rows = await getConversations();
    for (const [at, { conversation }] of rows.entries()) {
      progress(at, rows.length);
      await this.tendOne(conversation);
    }
    progress(rows.length, rows.length);
  }

  /** As {@link tend}, for one conversation. One that does not verify is left alone, as everything there is. */
  async tendOne(conversation: ConversationId): Promise<void> {
    if (!this.isOptedIn) return;
    const { writer, directory } = this.ground;
    try {
      const read = await this.standing(await writer.readAgain(conversation));
      const key = read.control.emergency?.body.emergency_key;
      const due = key !== undefined && !read.control.running.epoch.readers.some(({ reader }) => reader === key);
      // Nothing is sealed to keys that the person has not looked at yet: the next message is sealed so, when they have.
      if (due && changedAccounts(read, directory).length === 0) await writer.rotateIfDue(read);
    } catch (error) {
      if (!(error instanceof ControlRefused)) throw error;
    }
  }

  /**
   * The conversation with an emergency key that stands, where it is this patient's own, who has opted in; without one where the clinic names nobody.
   *
   * @throws ProtocolError `wrong_custodians`, `key_changed`, `newer_version`; ApiError, Unreachable
   */
  async standing(read: ReadableConversation): Promise<ReadableConversation> {
    for (let tries = TRIES; ; tries -= 1) {
      const { control, surroundings } = read;
      if (control.patient !== this.ground.session.account || !isOptedIn(surroundings.consents)) return read;
      const state = surroundings.emergency ?? NO_EMERGENCIES;
      if (control.emergency && !isSpent(control.emergency, state)) return read;
      const custodians = await this.custodians();
      if (!custodians || (control.emergency && !isSpent(control.emergency, { ...state, running: custodians }))) return read;
      try {
        await this.make(read, custodians);
      } catch (error) {
        if (!hasMoved(error) || tries === 0) throw error;
      }
      read = await this.ground.writer.readAgain(control.conversation);
    }
  }

  /** As this page knows it. @throws ProtocolError `newer_version` */
  get isOptedIn(): boolean {
    const consents = this.ground.directory.consentsNow(this.ground.session.account);
    return consents !== null && isOptedIn(consents);
  }

  private async make({ control: { conversation, hashes, head } }: ReadableConversation, custodians: CustodianSet): Promise<void> {
    const { session } = this.ground;
    const { body, boxes } = await makeEmergencyKey(conversation, newId('emk'), custodians, await this.keysOf(custodians));
    const place = { account: session.account, time: formatTime(new Date()), sequence: hashes.length, previous: head };
    await postEmergencyKey(conversation, await makeStatement(EMERGENCY_KEY, body, { self: currentKeys(session).signing }, place), boxes);
  }

  /** Their keys of now, which must be those that the clinic named. */
  private async keysOf({ keys }: CustodianSet): Promise<ReadonlyMap<AccountId, SealingPublicKey>> {
    const { directory } = this.ground;
    const found = [...keys].map(async ([account, named]) => {
      const chain = await directory.refresh(account);
      if (chain.role !== 'custodian' || chain.current.sealing.id !== named) {
        throw new ProtocolError('wrong_custodians', 'a custodian has other keys than when the clinic named them');
      }
      if (directory.standing(account) === 'key_changed') throw new ProtocolError('key_changed', 'new keys that nobody has looked at');
      return [account, chain.current.sealing] as const;
    });
    return new Map(await Promise.all(found));
  }
}

/** Whether what is written now can be opened in an emergency. */
export function isEscrowed({ control }: Pick<ReadableConversation, 'control'>): boolean {
  return control.running.epoch.readers.some(({ reader }) => isId(reader, 'emk'));
}
