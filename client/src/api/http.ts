/** Calls to the server: JSON in, JSON out, errors as stable codes (docs/api.md). Nothing secret ever stands in an address. */

import type { Json } from '../protocol/strictJson.ts';
import { fields, readAnswer, type Reader } from './answers.ts';
import * as shape from '../protocol/shape.ts';

/** The server refused. `code` is one of docs/api.md's; `sentence` is in the person's language and may be shown. */
export class ApiError extends Error {
  override readonly name = 'ApiError';

  constructor(
    readonly status: number,
    readonly code: string,
    readonly sentence: string,
  ) {
    super(`${status} ${code}`);
  }
}

/** No answer came, or none that a server of ours gives: whether the call was carried out is not known. */
export class Unreachable extends Error {
  override readonly name = 'Unreachable';
}

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

const readError = fields({ error: fields({ code: shape.text, message: shape.text }) });
const PATIENCE = 30_000;

/** Makes one call. @throws ApiError, Unreachable, ProtocolError `malformed_answer` */
export async function call<T>(method: Method, path: string, reader: Reader<T>, body?: Json): Promise<T> {
  const { response, text } = await answerTo(method, path, body);
  if (response.ok) return readAnswer(text, reader);
  throw refusal(response.status, text);
}

/** What stands at an address as text, where no JSON does. @throws ApiError, Unreachable */
export async function getText(address: string): Promise<string> {
  const { response, text } = await answerTo('GET', address, undefined);
  if (response.ok) return text;
  throw refusal(response.status, text);
}

async function answerTo(method: Method, path: string, body: Json | undefined): Promise<{ response: Response; text: string }> {
  try {
    const response = await fetch(path, {
      method,
      cache: 'no-store',
      credentials: 'same-origin',
      redirect: 'error',
      referrerPolicy: 'no-referrer',
      signal: AbortSignal.timeout(PATIENCE),
      headers: { 'X-Between': '1', ...(body === undefined ? {} : { 'Content-Type': 'application/json' }) },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    return { response, text: await response.text() };
  } catch {
    throw new Unreachable('no answer');
  }
}

function refusal(status: number, text: string): ApiError | Unreachable {
  try {
    const { error } = readAnswer(text, readError);
    return new ApiError(status, error.code, error.message);
  } catch {
    // A proxy's page, or a server that is starting: not the application's word.
    return new Unreachable(`status ${status} without a code`);
  }
}

/** A path made of fixed parts and ids; an id is checked text, and is encoded all the same. */
export function path(parts: TemplateStringsArray, ...values: readonly (string | number)[]): string {
  return parts.reduce((made, part, at) => made + part + (at < values.length ? encodeURIComponent(String(values[at])) : ''), '');
}
