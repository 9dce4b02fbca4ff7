/**
 * I-JSON (RFC 7493) as docs/protocol.md §1 narrows it: UTF-8 without byte order mark, no duplicate names, no lone surrogates, integers
 * of at most 2⁵³−1 in absolute value, nesting of at most 16. `JSON.parse` keeps the last of two equal names and rounds
 * numbers in silence, so two readers could see two different statements under one signature.
 */

import { textOf, type Bytes } from './encoding.ts';
import { ProtocolError } from './errors.ts';

export type Json = null | boolean | number | string | readonly Json[] | JsonObject;
export interface JsonObject {
  readonly [name: string]: Json;
}

export const DEEPEST_NESTING = 16;

/** RFC 7493 §2.1: noncharacters and surrogates without their other half. */
const UNFIT = /[\p{Noncharacter_Code_Point}\p{Surrogate}]/u;
/** What every text with one of those holds, and few others: asked first, because it is answered many times faster. */
const MAYBE_UNFIT = /[\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]/;
const encoder = new TextEncoder();

const SPACE = /[ \t\n\r]*/y;
const PLAIN_STRING = /"[^"\\\u0000-\u001f]*"/y;
const ESCAPED_STRING = /"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/y;
const INTEGER = /-?(?:0|[1-9][0-9]*)(?![0-9.eE])/y;
const LITERALS = [['true', true], ['false', false], ['null', null]] as const;

/** @throws ProtocolError `malformed_json` */
export function parseStrictJson(bytes: Uint8Array): Json {
  let text: string;
  try {
    text = textOf(bytes);
  } catch {
    return refuse('not UTF-8');
  }
  if (MAYBE_UNFIT.test(text) && UNFIT.test(text)) refuse('a noncharacter');
  return readNatively(text) ?? new StrictReader(text).document();
}

/**
 * What `JSON.parse` makes of a text that it can be trusted with, many times faster than the reader below, which reads every other text. The trust is that
 * writing the value gives the text again: so no name stood there twice, no number was rounded, nothing was left out. Lone surrogates would come back,
 * but always as escapes; nesting and fractions are looked for.
 */
function readNatively(text: string): Json | undefined {
  if (text.includes('\\u')) return undefined;
  try {
    const value = JSON.parse(text) as Json;
    return JSON.stringify(value) === text && isNarrow(value, 1) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** Whether all numbers are integers within the range, and what nests is not too deep, `depth` being that of the value. */
function isNarrow(value: Json, depth: number): boolean {
  if (typeof value === 'number') return Number.isSafeInteger(value);
  if (value === null || typeof value !== 'object') return true;
  return depth <= DEEPEST_NESTING && Object.values(value).every((member) => isNarrow(member, depth + 1));
}

/** Compact JSON in UTF-8. @throws ProtocolError `malformed_json` for what {@link parseStrictJson} would refuse. */
export function writeJson(value: Json): Bytes {
  const bytes = encoder.encode(JSON.stringify(value));
  parseStrictJson(bytes);
  return bytes;
}

function refuse(why: string): never {
  throw new ProtocolError('malformed_json', why);
}

class StrictReader {
  private at = 0;

  constructor(private readonly text: string) {}

  document(): Json {
    const value = this.value(0);
    this.skipSpace();
    if (this.at !== this.text.length) refuse('something follows the document');
    return value;
  }

  private value(depth: number): Json {
    this.skipSpace();
    switch (this.text[this.at]) {
      case '{':
        return this.object(depth + 1);
      case '[':
        return this.array(depth + 1);
      case '"':
        return this.string();
      default:
        return this.literalOrInteger();
    }
  }

  private object(depth: number): JsonObject {
    if (depth > DEEPEST_NESTING) refuse('nested too deep');
    // No prototype: a member called `__proto__` is a member and nothing else.
    const members = Object.create(null) as Record<string, Json>;
    this.at += 1;
    if (this.eats('}')) return members;
    do {
      this.skipSpace();
      const name = this.string();
      if (name in members) refuse('a name occurs twice');
      if (!this.eats(':')) refuse('a name without a value');
      members[name] = this.value(depth);
    } while (this.eats(','));
    if (!this.eats('}')) refuse('an object that does not end');
    return members;
  }

  private array(depth: number): readonly Json[] {
    if (depth > DEEPEST_NESTING) refuse('nested too deep');
    const items: Json[] = [];
    this.at += 1;
    if (this.eats(']')) return items;
    do items.push(this.value(depth));
    while (this.eats(','));
    if (!this.eats(']')) refuse('an array that does not end');
    return items;
  }

  private string(): string {
    const plain = this.match(PLAIN_STRING);
    if (plain !== null) return plain.slice(1, -1);
    const token = this.match(ESCAPED_STRING) ?? refuse('a malformed string');
    const text = JSON.parse(token) as string;
    if (UNFIT.test(text)) refuse('a lone surrogate or a noncharacter');
    return text;
  }

  private literalOrInteger(): boolean | null | number {
    for (const [word, value] of LITERALS) {
      if (this.text.startsWith(word, this.at)) {
        this.at += word.length;
        return value;
      }
    }
    return this.integer();
  }

  private integer(): number {
    const token = this.match(INTEGER) ?? refuse('not a value, or not an integer');
    const number = Number(token);
    if (!Number.isSafeInteger(number) || token === '-0') refuse('an integer out of range');
    return number;
  }

  private match(pattern: RegExp): string | null {
    pattern.lastIndex = this.at;
    if (!pattern.test(this.text)) return null;
    const found = this.text.slice(this.at, pattern.lastIndex);
    this.at = pattern.lastIndex;
    return found;
  }

  private eats(sign: string): boolean {
    this.skipSpace();
    if (this.text[this.at] !== sign) return false;
    this.at += 1;
    return true;
  }

  private skipSpace(): void {
    const code = this.text.charCodeAt(this.at);
    if (code === 0x20 || (code >= 0x09 && code <= 0x0d)) this.match(SPACE);
  }
}
