/** Before a custodian lets anything go: the proof that the clinic's log holds the request, and no other (docs/protocol.md §5). */

import { ApiError } from '../api/http.ts';
import { getInclusion, type Inclusion } from '../api/log.ts';
import { LogError } from '../log/errors.ts';
import { verifyInclusion } from '../log/proof.ts';
import { leafHash } from '../log/tree.ts';
import { parseEntry, parseFrame } from '../protocol/accessLog.ts';
import { equalBytes, sha256 } from '../protocol/encoding.ts';
import { ProtocolError } from '../protocol/errors.ts';
import type { EmergencyId, EventId } from '../protocol/ids.ts';
import type { Witness } from './witness.ts';

const TRIES = 40;
const PAUSE = 250;

/** The service shows no proof that the log holds this request: nothing is released. */
export class NotInLog extends Error {
  override readonly name = 'NotInLog';
}

/** What must stand in the log: the entry, and the request that it is about. */
export interface LoggedRequest {
  readonly event: EventId;
  /** The hash of the request. */
  readonly statement: string;
  readonly emergency: EmergencyId;
}

/**
 * Settles once the log has proved that it holds an entry of this request, under a checkpoint that it signed and that fits all that this device remembers.
 *
 * @throws NotInLog where entry, frame, proof or checkpoint are not those of this request; Alarm; ApiError, Unreachable
 */
export async function requireInLog(witness: Pick<Witness, 'opened' | 'hear' | 'check'>, request: LoggedRequest): Promise<void> {
  const served = await inclusion(request.event);
  try {
    await hold(witness, served, request);
  } catch (error) {
    if (error instanceof LogError || error instanceof ProtocolError) throw new NotInLog(error.message, { cause: error });
    throw error;
  }
  await witness.check();
  await witness.hear(served.checkpoint);
}

async function hold(witness: Pick<Witness, 'opened'>, { frame, body, proof, checkpoint }: Inclusion, request: LoggedRequest): Promise<void> {
  const [{ index, bodyHash }, entry, head] = [parseFrame(frame), parseEntry(body), await witness.opened(checkpoint)];
  await verifyInclusion(proof, await leafHash(frame), index, head);
  const { event, emergency, statement } = request;
  const names = entry.id === event && entry.action === 'emergency:requested' && entry.object === emergency && entry.statement === statement;
  if (!names || !equalBytes(bodyHash, await sha256(body))) throw new NotInLog('an entry of something else');
}

/** The proof, asked for again while the entry waits for its place. */
async function inclusion(event: EventId): Promise<Inclusion> {
  for (let tries = TRIES; ; tries -= 1) {
    try {
      return await getInclusion(event);
    } catch (error) {
      if (!(error instanceof ApiError && error.code === 'not_in_the_log_yet') || tries === 0) throw error;
      await new Promise((resolve) => setTimeout(resolve, PAUSE));
    }
  }
}
