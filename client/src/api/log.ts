/** Calls about the clinic's access log (docs/api.md, Log). */

import type { Bytes } from '../protocol/encoding.ts';
import * as shape from '../protocol/shape.ts';
import { fields } from './answers.ts';
import { call } from './http.ts';

/** The newest checkpoint and the proof that it continues the tree of size `from`; null where nothing is in the log yet. */
export function getConsistency(from: number): Promise<{ readonly checkpoint: string; readonly proof: readonly Bytes[] }> {
  const readConsistency = fields({ checkpoint: shape.text, proof: shape.listOf(shape.bytes()) });
  return call('GET', `/api/log/consistency?from=${from}`, readConsistency);
}
