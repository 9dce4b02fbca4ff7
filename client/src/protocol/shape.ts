/**
 * Readers of parsed JSON with exactly the members a format has. A reader takes a value and gives it back typed, or throws
 * ProtocolError `bad_members`: unknown and missing members are refused alike, because a member that one reader ignores and another obeys is how two
 * people come to see two different statements.
 */

import { fromB64u, isTime, type Bytes } from './encoding.ts';
import { ProtocolError } from './errors.ts';
import { isId, type Id, type IdType } from './ids.ts';
import { checkSigningKey } from './keys.ts';
import { checkSealingKey, SEALING_PUBLIC_KEY_LENGTH } from './sealing.ts';
import type { Json, JsonObject } from './strictJson.ts';

export type Reader<T> = (value: Json) => T;
type Shape = Readonly<Record<string, Reader<unknown>>>;
export type Read<R> = R extends Reader<infer T> ? T : never;

function refuse(why: string): never {
  throw new ProtocolError('bad_members', why);
}

function isObject(value: Json): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** An object with exactly these members. */
export function members<S extends Shape>(shape: S): Reader<{ readonly [K in keyof S]: Read<S[K]> }> {
  const readers = Object.entries(shape);
  return (value) => {
    if (!isObject(value)) refuse('not an object');
    if (Object.keys(value).length !== readers.length) refuse('unknown or missing members');
    // The names are the code's own, none of them `__proto__`; an object without a prototype is many times slower to fill and to copy.
    const read: Record<string, unknown> = {};
    for (const [name, reader] of readers) {
      const member = value[name];
      if (member === undefined) refuse(`member ${name} is missing`);
      read[name] = reader(member);
    }
    return read as { readonly [K in keyof S]: Read<S[K]> };
  };
}

/** What `reader` accepts, if it also fits together. */
export function where<T>(reader: Reader<T>, fits: (value: T) => boolean, why: string): Reader<T> {
  return (value) => {
    const read = reader(value);
    return fits(read) ? read : refuse(why);
  };
}

/** Whether texts are in the order of their code units, each once: one list has one spelling. */
export function isSortedSet(texts: readonly string[]): boolean {
  return texts.every((text, at) => at === 0 || (texts[at - 1] ?? '') < text);
}

/** A public signing key in b64u, checked as docs/protocol.md §1 asks. */
export const signingKey: Reader<string> = (value) => {
  checkSigningKey(bytes(32)(value));
  return text(value);
};

/** A public sealing key in b64u, checked as docs/protocol.md §1 asks. */
export const sealingKey: Reader<string> = (value) => {
  checkSealingKey(bytes(SEALING_PUBLIC_KEY_LENGTH)(value));
  return text(value);
};

/** An object used as a map, each value read alike. */
export function mapOf<T>(reader: Reader<T>): Reader<Readonly<Record<string, T>>> {
  return (value) => {
    if (!isObject(value)) refuse('not an object');
    const read = Object.create(null) as Record<string, T>;
    for (const [name, member] of Object.entries(value)) read[name] = reader(member);
    return read;
  };
}

export function listOf<T>(reader: Reader<T>): Reader<readonly T[]> {
  return (value) => (Array.isArray(value) ? (value as readonly Json[]).map(reader) : refuse('not a list'));
}

export function orNull<T>(reader: Reader<T>): Reader<T | null> {
  return (value) => (value === null ? null : reader(value));
}

export const text: Reader<string> = (value) => (typeof value === 'string' ? value : refuse('not a text'));

/** A text of `shortest` to `longest` UTF-16 code units, the length both languages count alike. */
export function textOfLength(shortest: number, longest: number): Reader<string> {
  return (value) => {
    const written = text(value);
    return written.length >= shortest && written.length <= longest ? written : refuse('a text of another length');
  };
}

export const flag: Reader<boolean> = (value) => (typeof value === 'boolean' ? value : refuse('not true or false'));

/** An integer from `least` on. */
export function integer(least: number): Reader<number> {
  return (value) => (typeof value === 'number' && value >= least ? value : refuse('not such an integer'));
}

export function oneOf<const T extends string | number>(...choices: readonly T[]): Reader<T> {
  return (value) => (choices.includes(value as T) ? (value as T) : refuse('not one of the closed codes'));
}

export function id<T extends IdType>(...types: readonly T[]): Reader<Id<T>> {
  return (value) => (typeof value === 'string' && isId(value, ...types) ? value : refuse(`not an id of type ${types.join(' or ')}`));
}

/** A list of different ids. */
export function ids<T extends IdType>(...types: readonly T[]): Reader<readonly Id<T>[]> {
  const list = listOf(id(...types));
  return (value) => {
    const found = list(value);
    return new Set(found).size === found.length ? found : refuse('an id stands in the list twice');
  };
}

/** Canonical b64u of `length` bytes, as bytes. */
export function bytes(length?: number): Reader<Bytes> {
  return (value) => {
    const decoded = decode(text(value));
    return length === undefined || decoded.length === length ? decoded : refuse('bytes of another length');
  };
}

/** Canonical b64u of `length` bytes, kept as text. */
export function encoded(length?: number): Reader<string> {
  const reader = bytes(length);
  return (value) => {
    reader(value);
    return text(value);
  };
}

/** An object whose members are read elsewhere. */
export const object: Reader<JsonObject> = (value) => (isObject(value) ? value : refuse('not an object'));

/** The member `v` of an object, before anything else about it is judged. */
export function versionOf(value: Json): number {
  const version = isObject(value) ? value['v'] : undefined;
  return version === undefined ? refuse('no version') : integer(1)(version);
}

function decode(written: string): Bytes {
  try {
    return fromB64u(written);
  } catch {
    return refuse('not base64url');
  }
}

/** Canonical b64u of 32 bytes: of the last character's six bits the lower two are unused, and zero. */
const HASH = /^[\w-]{42}[AEIMQUYcgkosw048]$/;

/** A SHA-256 hash, kept as its 43 characters: hashes are compared and used as names far more than they are computed on. */
export const hash: Reader<string> = (value) => {
  const written = text(value);
  return HASH.test(written) ? written : refuse('not a hash');
};

/** An instant in the protocol's form. */
export const time: Reader<string> = (value) => {
  const written = text(value);
  return isTime(written) ? written : refuse('not a time');
};
