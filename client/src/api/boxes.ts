/** Boxes as they travel: reader (or member) → b64u. */

import { b64u, type Bytes } from '../protocol/encoding.ts';
import type { Json } from '../protocol/strictJson.ts';

export function boxesJson(boxes: ReadonlyMap<string, Bytes>): Record<string, Json> {
  return Object.fromEntries([...boxes].map(([reader, box]) => [reader, b64u(box)]));
}
