/**
 * Reading what the server answers. An answer is not signed: it is checked for its shape, so that a wrong one fails here and by name, and nothing
 * in it is believed before the protocol has verified it. Members that this version does not know are passed over: the server may be newer.
 */

import { ProtocolError } from '../protocol/errors.ts';
import * as shape from '../protocol/shape.ts';
import type { Json } from '../protocol/strictJson.ts';

export type Reader<T> = shape.Reader<T>;
export type Read<R> = shape.Read<R>;

/** An object with at least these members. */
export function fields<S extends Readonly<Record<string, Reader<unknown>>>>(wanted: S): Reader<{ readonly [K in keyof S]: Read<S[K]> }> {
  const readMembers = shape.members(wanted);
  const names = Object.keys(wanted);
  return (value) => {
    const object = shape.object(value);
    return readMembers(Object.fromEntries(names.flatMap((name) => (name in object ? [[name, object[name] ?? null]] : []))));
  };
}

/** A member that may be left out; null then. */
export function optional<T>(name: string, reader: Reader<T>): Reader<T | null> {
  return (value) => {
    const member = shape.object(value)[name];
    return member === undefined || member === null ? null : reader(member);
  };
}

/** An answer without content. */
export const nothing: Reader<null> = () => null;

/** Parses and reads an answer. @throws ProtocolError `malformed_answer` */
export function readAnswer<T>(body: string, reader: Reader<T>): T {
  try {
    return reader(body === '' ? null : (JSON.parse(body) as Json));
  } catch (error) {
    throw new ProtocolError('malformed_answer', `an answer of another shape: ${error instanceof Error ? error.message : 'unreadable'}`);
  }
}
