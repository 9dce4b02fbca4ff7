/** A copy of a patient's decisions as FHIR (docs/interchange.md): the file as it is handed out, and the decisions inside it. */

import { textOf } from '../protocol/encoding.ts';
import type { AccountId } from '../protocol/ids.ts';
import { ProtocolError } from '../protocol/errors.ts';
import * as shape from '../protocol/shape.ts';
import type { Envelope } from '../protocol/statement.ts';
import { fields, optional, readAnswer } from './answers.ts';
import { envelopes } from './doors.ts';
import { getText, path } from './http.ts';

const EVIDENCE = 'application/vnd.between.consent-evidence.v1+json';

const readBundle = fields({ entry: shape.listOf(fields({ resource: (value) => ({ type: readType(value), data: readData(value) }) })) });
const readType = optional('contentType', shape.text);
const readData = optional('data', shape.text);
const readEvidence = fields({ consents: envelopes });

export interface ConsentCopy {
  readonly file: string;
  /** The consent chain in it, **unverified**. */
  readonly consents: readonly Envelope[];
}

/** @throws ApiError, Unreachable, ProtocolError `malformed_answer` */
export async function getConsentCopy(patient: AccountId): Promise<ConsentCopy> {
  const file = await getText(path`/api/patients/${patient}/consents/export?format=r4`);
  const evidence = readAnswer(file, readBundle).entry.find(({ resource }) => resource.type === EVIDENCE)?.resource.data;
  if (!evidence) throw new ProtocolError('malformed_answer', 'a copy without its evidence');
  const bytes = Uint8Array.from(atob(evidence), (character) => character.charCodeAt(0));
  return { file, consents: readAnswer(textOf(bytes), readEvidence).consents };
}
