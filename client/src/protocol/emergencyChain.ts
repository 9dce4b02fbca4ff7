/** One emergency from the request to the finding, verified (docs/protocol.md §5). */

import { keyWithSealingId } from './accountChain.ts';
import { ChainWalk, firstOf } from './chain.ts';
import { parseTime } from './encoding.ts';
import { ProtocolError } from './errors.ts';
import type { AccountId, EmergencyId } from './ids.ts';
import { THRESHOLD } from './kinds/custodians.ts';
import {
  EMERGENCY_CLOSE,
  EMERGENCY_RELEASE,
  EMERGENCY_REQUEST,
  type EmergencyCloseBody,
  type EmergencyReleaseBody,
  type EmergencyRequestBody,
} from './kinds/emergency.ts';
import type { EmergencyKeyBody } from './kinds/emergencyKey.ts';
import { CARE_STAFF } from './kinds/invitation.ts';
import { Signers, type Accounts } from './signers.ts';
import { payloadType, type Envelope } from './statement.ts';

/** How long the access that one request asks for may last, in milliseconds. */
export const LONGEST_EMERGENCY = 24 * 60 * 60 * 1000;

/** A share that a custodian let go. */
export interface Release {
  readonly statement: string;
  readonly time: string;
  readonly body: EmergencyReleaseBody;
}

/** What compliance found. */
export interface Closing {
  readonly statement: string;
  readonly time: string;
  readonly account: AccountId;
  readonly finding: EmergencyCloseBody['finding'];
}

/** A verified emergency. */
export interface Emergency {
  readonly id: EmergencyId;
  readonly request: EmergencyRequestBody;
  /** The hash of the request. */
  readonly statement: string;
  readonly time: string;
  readonly releases: readonly Release[];
  readonly closing: Closing | null;
  readonly hashes: readonly string[];
}

/** When the second custodian released, from when on the requester can read; null before. */
export function openedAt({ releases }: Emergency): string | null {
  return releases[THRESHOLD - 1]?.time ?? null;
}

/** Whether the requester may be served at an instant. */
export function runsAt(emergency: Emergency, at: string): boolean {
  const { request, closing } = emergency;
  return openedAt(emergency) !== null && at < request.until && (closing === null || at < closing.time);
}

/**
 * The emergency with this id, about the conversation whose verified emergency key is given.
 *
 * @throws ProtocolError `empty_chain`, `broken_chain`, `wrong_emergency_key`, `not_care_staff`, `wrong_requester`, `wrong_clinic`,
 * `unknown_reader_key`, `emergency_too_long`, `wrong_request`, `not_a_custodian`, `wrong_share`, `released_twice`, `emergency_over`,
 * `not_compliance`, `unknown_signer`, `retired_key`, and what `verify` throws.
 */
export async function verifyEmergency(
  envelopes: readonly Envelope[],
  emergency: EmergencyId,
  key: EmergencyKeyBody,
  accounts: Accounts,
): Promise<Emergency> {
  const walk = new ChainWalk(`emergency:${emergency}`);
  const reading = new EmergencyReading(key, accounts, walk);
  const { request, time } = await reading.request(firstOf(envelopes));
  for (const envelope of envelopes.slice(1)) {
    if (await walk.takeIfNewer(envelope)) continue;
    if (envelope.type === payloadType(EMERGENCY_CLOSE.kind)) await reading.close(envelope);
    else await reading.release(envelope, request);
  }
  const { releases, closing } = reading;
  return { id: emergency, request, statement: walk.hashes[0] ?? '', time, releases, closing, hashes: walk.hashes };
}

class EmergencyReading {
  readonly releases: Release[] = [];
  closing: Closing | null = null;
  private readonly signers: Signers;

  constructor(
    private readonly key: EmergencyKeyBody,
    accounts: Accounts,
    private readonly walk: ChainWalk,
  ) {
    this.signers = new Signers(accounts);
  }

  async request(envelope: Envelope): Promise<{ request: EmergencyRequestBody; time: string }> {
    const { statement, signer } = await this.signers.verify(envelope, EMERGENCY_REQUEST);
    const { body, header, hash } = statement;
    this.walk.take(header, hash);
    if (body.conversation !== this.key.conversation || body.emergency_key !== this.key.emergency_key) {
      throw new ProtocolError('wrong_emergency_key', 'asks for another conversation than the key is of');
    }
    if (body.requester !== signer.account) throw new ProtocolError('wrong_requester', 'whoever signed is not who it asks for');
    if (!CARE_STAFF.has(signer.role)) throw new ProtocolError('not_care_staff', 'only care staff ask for emergency access');
    if (body.clinic !== signer.clinic) throw new ProtocolError('wrong_clinic', "another clinic than the requester's");
    if (!keyWithSealingId(signer, body.key)) throw new ProtocolError('unknown_reader_key', "a key that is not the requester's");
    const lasts = parseTime(body.until).getTime() - parseTime(header.time).getTime();
    if (lasts <= 0 || lasts > LONGEST_EMERGENCY) throw new ProtocolError('emergency_too_long', 'lasts for a day at most');
    return { request: body, time: header.time };
  }

  async release(envelope: Envelope, request: EmergencyRequestBody): Promise<void> {
    const { statement, signer } = await this.signers.verify(envelope, EMERGENCY_RELEASE);
    const { body, header, hash } = statement;
    this.walk.take(header, hash);
    this.requireThisRequest(body.request);
    const share = this.key.shares.find(({ custodian }) => custodian === signer.account);
    if (body.custodian !== signer.account || signer.role !== 'custodian' || !share) {
      throw new ProtocolError('not_a_custodian', 'whoever signed has no share of this key');
    }
    if (body.index !== share.index) throw new ProtocolError('wrong_share', "not the share that the patient's client made for them");
    if (body.key !== request.key) throw new ProtocolError('unknown_reader_key', 'sealed to another key than the request names');
    if (this.releases.some((one) => one.body.custodian === signer.account)) {
      throw new ProtocolError('released_twice', 'this custodian has released their share already');
    }
    if (request.until <= header.time || this.closing) throw new ProtocolError('emergency_over', 'it was over before the share was released');
    this.releases.push({ statement: hash, time: header.time, body });
  }

  async close(envelope: Envelope): Promise<void> {
    const { statement, signer } = await this.signers.verify(envelope, EMERGENCY_CLOSE);
    const { body, header, hash } = statement;
    this.walk.take(header, hash);
    this.requireThisRequest(body.request);
    if (signer.role !== 'compliance') throw new ProtocolError('not_compliance', 'only compliance closes an emergency');
    if (this.closing) throw new ProtocolError('emergency_over', 'this emergency was closed already');
    this.closing = { statement: hash, time: header.time, account: signer.account, finding: body.finding };
  }

  private requireThisRequest(named: string): void {
    if (named !== this.walk.hashes[0]) throw new ProtocolError('wrong_request', 'this is about another request');
  }
}
