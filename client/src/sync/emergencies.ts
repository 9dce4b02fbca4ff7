/** Emergencies as staff take part in them: asked for, released, closed; each verified from the patient's own key down (docs/protocol.md §5). */

import {
  getEmergencies,
  getEmergency,
  getEmergencyWay,
  postEmergency,
  postEmergencyStatement,
  type EmergencyAnswer,
  type EmergencyLine,
  type EmergencyWay,
} from '../api/emergencies.ts';
import { keyWithSigningId } from '../protocol/accountChain.ts';
import { verifyEmergency, type Emergency } from '../protocol/emergencyChain.ts';
import { openShare, releaseShare } from '../protocol/emergencyShares.ts';
import { openText, sealText } from '../protocol/emergencyText.ts';
import { formatTime, type Bytes } from '../protocol/encoding.ts';
import { ProtocolError } from '../protocol/errors.ts';
import { newId, type AccountId, type EmergencyId } from '../protocol/ids.ts';
import { EMERGENCY_CLOSE, EMERGENCY_RELEASE, EMERGENCY_REQUEST, type EmergencyCloseBody, type EmergencyRequestBody } from '../protocol/kinds/emergency.ts';
import { EMERGENCY_KEY, type EmergencyKeyBody } from '../protocol/kinds/emergencyKey.ts';
import type { SealingPublicKey } from '../protocol/sealing.ts';
import { makeStatement, peekSigner, verify, type Envelope, type Kind } from '../protocol/statement.ts';
import { currentKeys, sealingKeyWithId } from './device-session.ts';
import { requireInLog } from './emergency-proof.ts';
import type { Ground } from './ground.ts';

export type EmergencyReason = EmergencyRequestBody['reason'];
export type Finding = EmergencyCloseBody['finding'];

/** A verified emergency, the patient's key that it is about, and what was served beside. */
export interface KnownEmergency {
  readonly emergency: Emergency;
  readonly key: EmergencyKeyBody;
  /** What the requester wrote; null where it was not sealed to this person, or does not open. */
  readonly text: string | null;
  readonly served: EmergencyAnswer;
}

/** What somebody asks for: one conversation of a patient, why, and for how many milliseconds. */
export interface EmergencyWish {
  readonly way: EmergencyWay;
  readonly conversation: EmergencyWay['conversations'][number];
  readonly reason: EmergencyReason;
  readonly text: string;
  readonly lasting: number;
}

/** Somebody has keys that nobody has looked at: nothing is sealed to them before. */
export class NewKeys extends Error {
  override readonly name = 'NewKeys';

  constructor(readonly account: AccountId) {
    super(account);
  }
}

export class Emergencies {
  constructor(private readonly ground: Pick<Ground, 'session' | 'directory' | 'witness'>) {}

  list(): Promise<readonly EmergencyLine[]> {
    return getEmergencies();
  }

  /** Whether there is a way, by an account's id or the six characters that staff call a patient by. @throws ApiError `not_found`; ProtocolError, Alarm */
  async lookUp(patient: string): Promise<EmergencyWay> {
    const { directory } = this.ground;
    const way = await getEmergencyWay(patient);
    await directory.take(way.patient, way.chain, null);
    await directory.loadAll([...way.conversations.flatMap(({ custodians }) => custodians), ...way.compliance]);
    return way;
  }

  /** @throws ApiError, Unreachable; ProtocolError, Alarm where it does not verify */
  async look(id: EmergencyId): Promise<KnownEmergency> {
    const { session, directory } = this.ground;
    const served = await getEmergency(id);
    if (served.patient !== session.account) await directory.take(served.patient, served.chain, null);
    const signers = served.statements.flatMap((statement) => peekSigner(statement).account ?? []);
    await directory.loadAll(signers.filter((account) => account !== session.account));
    const key = await this.emergencyKey(served);
    const emergency = await verifyEmergency(served.statements, id, key, directory.known);
    if (emergency.request.patient !== served.patient) throw new ProtocolError('wrong_emergency_key', "another patient's conversation");
    return { emergency, key, served, text: await this.textOf(emergency.request, served) };
  }

  /** Asks the custodians. @throws NewKeys; ApiError `not_opted_in`; Unreachable */
  async ask({ way, conversation, reason, text, lasting }: EmergencyWish): Promise<EmergencyId> {
    const { session } = this.ground;
    const [emergency, now] = [newId('eme'), Date.now()];
    const readers = new Map<AccountId, SealingPublicKey>();
    for (const reader of new Set([way.patient, ...conversation.custodians, ...way.compliance])) readers.set(reader, await this.keyOf(reader, way));
    const sealed = await sealText(emergency, text, readers);
    const body: EmergencyRequestBody = {
      ...{ emergency, clinic: session.clinicId, patient: way.patient, conversation: conversation.conversation },
      ...{ emergency_key: conversation.emergency_key, requester: session.account, key: currentKeys(session).sealing.public.id, reason },
      ...{ until: formatTime(new Date(now + lasting)), text: sealed.hash, boxes: sealed.listed },
    };
    const place = { account: session.account, time: formatTime(new Date(now)), sequence: 0, previous: null };
    const statement = await makeStatement(EMERGENCY_REQUEST, body, { self: currentKeys(session).signing }, place);
    await postEmergency(statement, sealed.ciphertext, sealed.boxes);
    return emergency;
  }

  /**
   * Lets this custodian's share go to the requester, once the log has proved that it holds the request.
   *
   * @throws NotInLog, Alarm; NewKeys; ProtocolError; ApiError, Unreachable
   */
  async release(id: EmergencyId): Promise<void> {
    const { session, witness } = this.ground;
    const { emergency, key, served } = await this.look(id);
    const { request, statement } = emergency;
    await requireInLog(witness, { event: served.event, statement, emergency: id });
    const listed = key.shares.find(({ custodian }) => custodian === session.account);
    const own = listed ? sealingKeyWithId(session, listed.key) : null;
    if (!own || !served.share_box) throw new ProtocolError('not_a_custodian', 'no share of this key is sealed to this person');
    const share = await openShare(key, session.account, own, served.share_box);
    const { body, box } = await releaseShare(request, statement, session.account, share, await this.keyOf(request.requester));
    await this.say(EMERGENCY_RELEASE, body, emergency, box);
  }

  /** What compliance found; an access that still runs ends. @throws ApiError, Unreachable; ProtocolError */
  async close(id: EmergencyId, finding: Finding): Promise<void> {
    const { emergency } = await this.look(id);
    await this.say(EMERGENCY_CLOSE, { emergency: id, request: emergency.statement, finding }, emergency, null);
  }

  private async say<B extends object>(kind: Kind<B>, body: B, { id, hashes }: Emergency, box: Bytes | null): Promise<void> {
    const { session } = this.ground;
    const place = { sequence: hashes.length, previous: hashes.at(-1) ?? null };
    const time = formatTime(new Date());
    const statement: Envelope = await makeStatement(kind, body, { self: currentKeys(session).signing }, { account: session.account, time, ...place });
    await postEmergencyStatement(id, statement, box);
  }

  /** The key, if the patient signed it. */
  private async emergencyKey({ patient, key }: EmergencyAnswer): Promise<EmergencyKeyBody> {
    const chain = this.ground.directory.known(patient);
    const signer = key && peekSigner(key);
    const known = chain && signer?.account === patient ? keyWithSigningId(chain, signer.key) : null;
    if (!key || !known) throw new ProtocolError('unknown_signer', 'no emergency key that the patient signed');
    return (await verify(key, EMERGENCY_KEY, { self: known.signing })).body;
  }

  private async textOf(request: EmergencyRequestBody, { text, text_box: box }: EmergencyAnswer): Promise<string | null> {
    const { session } = this.ground;
    const listed = request.boxes.find(({ reader }) => reader === session.account);
    const own = listed ? sealingKeyWithId(session, listed.key) : null;
    if (!own || !box) return null;
    try {
      return await openText(request, session.account, own, box, text);
    } catch (error) {
      if (error instanceof ProtocolError) return null;
      throw error;
    }
  }

  /** The newest key of somebody. A patient without a consent is served with the way to them alone. */
  private async keyOf(account: AccountId, way?: EmergencyWay): Promise<SealingPublicKey> {
    const { directory } = this.ground;
    const chain = account === way?.patient ? await directory.account(account) : await directory.refresh(account);
    if (directory.standing(account) === 'key_changed') throw new NewKeys(account);
    return chain.current.sealing;
  }
}
