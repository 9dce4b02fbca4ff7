/** Emergencies about a patient's own conversations, as the patient is told of them: each verified from the patient's own key down. */

import { getEmergencies, type EmergencyLine } from '../api/emergencies.ts';
import { ApiError, Unreachable } from '../api/http.ts';
import { ProtocolError } from '../protocol/errors.ts';
import { Emergencies, type KnownEmergency } from './emergencies.ts';
import type { Engine } from './engine.ts';
import { Observable } from './observable.ts';
import { OneMoreRound } from './one-more-round.ts';

/** How long one that is over is still told of, in milliseconds. */
const TOLD_AFTERWARDS = 7 * 24 * 60 * 60 * 1000;

export class ToldEmergencies extends Observable {
  /** Newest first. */
  known: readonly KnownEmergency[] = [];
  /** Those that the service lists and whose statements do not hold. */
  doubtful: readonly EmergencyLine[] = [];
  private readonly rounds = new OneMoreRound(() => this.loadNow());
  private readonly emergencies: Emergencies;

  constructor(private readonly engine: Pick<Engine, 'session' | 'directory' | 'witness' | 'emergencyNews' | 'meet'>) {
    super();
    const { session, directory, witness } = engine;
    this.emergencies = new Emergencies({ session, directory, witness });
    engine.emergencyNews.watch(() => void this.load());
  }

  /** Fetches them; what is asked for while that runs is answered by one more round. */
  load(): Promise<void> {
    return this.rounds.run();
  }

  private async loadNow(): Promise<void> {
    try {
      const [known, doubtful]: [KnownEmergency[], EmergencyLine[]] = [[], []];
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

  private async look({ emergency: id }: EmergencyLine): Promise<KnownEmergency | null> {
    try {
      const known = await this.emergencies.look(id);
      // Signed with this patient's own key, or it is about somebody else.
      return known.emergency.request.patient === this.engine.session.account ? known : null;
    } catch (error) {
      if (error instanceof ProtocolError) return null;
      throw error;
    }
  }
}
