/** Emergencies about a patient's own conversations, as the patient is told of them: each verified from the patient's own key down. */

import { getEmergencies, getEmergency, type EmergencyAnswer, type EmergencyLine } from '../api/emergencies.ts';
import { ApiError, Unreachable } from '../api/http.ts';
import { keyWithSigningId } from '../protocol/accountChain.ts';
import { verifyEmergency, type Emergency } from '../protocol/emergencyChain.ts';
import { openText } from '../protocol/emergencyText.ts';
import { ProtocolError } from '../protocol/errors.ts';
import type { EmergencyRequestBody } from '../protocol/kinds/emergency.ts';
import { EMERGENCY_KEY, type EmergencyKeyBody } from '../protocol/kinds/emergencyKey.ts';
import { peekSigner, verify } from '../protocol/statement.ts';
import { sealingKeyWithId } from './device-session.ts';
import type { Engine } from './engine.ts';
import { Observable } from './observable.ts';

/** How long one that is over is still told of, in milliseconds. */
const TOLD_AFTERWARDS = 7 * 24 * 60 * 60 * 1000;

/** A verified emergency, and what the requester wrote; null where it does not open. */
export interface ToldEmergency {
  readonly emergency: Emergency;
  readonly text: string | null;
}

export class ToldEmergencies extends Observable {
  /** Newest first. */
  known: readonly ToldEmergency[] = [];
  /** Those that the service lists and whose statements do not hold. */
  doubtful: readonly EmergencyLine[] = [];
  private loading: Promise<void> | null = null;
  private again = false;

  constructor(private readonly engine: Pick<Engine, 'session' | 'directory' | 'emergencyNews' | 'meet'>) {
    super();
    engine.emergencyNews.watch(() => void this.load());
  }

  /** Fetches them; what is asked for while that runs is answered by one more round. */
  load(): Promise<void> {
    this.again = this.loading !== null;
    this.loading ??= this.loadNow().finally(() => {
      this.loading = null;
      if (this.again) void this.load();
    });
    return this.loading;
  }

  private async loadNow(): Promise<void> {
    try {
      const [known, doubtful]: [ToldEmergency[], EmergencyLine[]] = [[], []];
      const since = Date.now() - TOLD_AFTERWARDS;
      for (const line of (await getEmergencies()).filter(({ until }) => Date.parse(until) > since)) {
        const found = await this.look(line);
        if (found) known.push(found);
        else doubtful.push(line);
      }
      [this.known, this.doubtful] = [known, doubtful];
      this.changed();
    } catch (error) {
      // What was told stays; it is asked for again with the next connection.
      if (!(error instanceof Unreachable) && !(error instanceof ApiError)) this.engine.meet(error);
    }
  }

  private async look({ emergency: id }: EmergencyLine): Promise<ToldEmergency | null> {
    const { session, directory } = this.engine;
    const served = await getEmergency(id);
    try {
      const signers = served.statements.flatMap((statement) => peekSigner(statement).account ?? []);
      await directory.loadAll(signers.filter((account) => account !== session.account));
      const emergency = await verifyEmergency(served.statements, id, await this.ownKey(served), directory.known);
      if (emergency.request.patient !== session.account) throw new ProtocolError('wrong_patient', 'names another patient');
      return { emergency, text: await this.textOf(emergency.request, served) };
    } catch (error) {
      if (error instanceof ProtocolError) return null;
      throw error;
    }
  }

  /** The emergency key, if it is one that this patient signed. */
  private async ownKey({ key }: EmergencyAnswer): Promise<EmergencyKeyBody> {
    const { session } = this.engine;
    const signer = key && peekSigner(key);
    const own = signer?.account === session.account ? keyWithSigningId(session.chain, signer.key) : null;
    if (!key || !own) throw new ProtocolError('unknown_signer', 'no emergency key that the patient signed');
    return (await verify(key, EMERGENCY_KEY, { self: own.signing })).body;
  }

  private async textOf(request: EmergencyRequestBody, { text, text_box: box }: EmergencyAnswer): Promise<string | null> {
    const { session } = this.engine;
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
}
