/** Calls about the clinic's access log (docs/api.md, Log). */

import type { Bytes } from '../protocol/encoding.ts';
import type { ClinicId, EventId } from '../protocol/ids.ts';
import * as shape from '../protocol/shape.ts';
import { fields, type Read } from './answers.ts';
import { ApiError, call, getText, path } from './http.ts';

/** The newest checkpoint as the log signed it; null while the log is empty. */
export async function getCheckpoint(clinic: ClinicId): Promise<string | null> {
  try {
    return await getText(path`/log/${clinic}/checkpoint`);
  } catch (error) {
    if (error instanceof ApiError && error.status === 404) return null;
    throw error;
  }
}

/** The proof that the log only grew between two sizes. */
export async function getConsistency(from: number, to: number): Promise<readonly Bytes[]> {
  const readProof = fields({ proof: shape.listOf(shape.bytes(32)) });
  return (await call('GET', `/api/log/consistency?from=${from}&to=${to}`, readProof)).proof;
}

const readInclusion = fields({ frame: shape.bytes(), body: shape.bytes(), proof: shape.listOf(shape.bytes(32)), checkpoint: shape.text });

/** An entry that concerns the caller, and the proof that the log holds it under a checkpoint. */
export type Inclusion = Read<typeof readInclusion>;

/** @throws ApiError `not_in_the_log_yet` while the entry waits for its place */
export function getInclusion(event: EventId): Promise<Inclusion> {
  return call('GET', path`/api/log/inclusion?event=${event}`, readInclusion);
}
