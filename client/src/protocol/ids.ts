/** Typed identifiers: a three-letter type, `_` and 32 hexadecimal digits of a UUIDv7 (RFC 9562 §5.7). */

import { ProtocolError } from './errors.ts';

export const ID_TYPES = ['cln', 'acc', 'dev', 'tea', 'cnv', 'msg', 'inv', 'cns', 'slt', 'ses', 'evt', 'emk', 'eme'] as const;
export type IdType = (typeof ID_TYPES)[number];
export type Id<T extends IdType> = `${T}_${string}`;

export type ClinicId = Id<'cln'>;
export type AccountId = Id<'acc'>;
export type DeviceId = Id<'dev'>;
export type TeamId = Id<'tea'>;
export type ConversationId = Id<'cnv'>;
export type MessageId = Id<'msg'>;
export type InvitationId = Id<'inv'>;
export type ConsentId = Id<'cns'>;
export type SlotId = Id<'slt'>;
export type EmergencyKeyId = Id<'emk'>;
export type EmergencyId = Id<'eme'>;
export type EventId = Id<'evt'>;
/** Whom a consent names: a person or a whole team. */
export type GranteeId = AccountId | TeamId;
/** What an epoch key is sealed to: a person, a whole team, the conversation's emergency key. */
export type ReaderId = GranteeId | EmergencyKeyId;

const ANY_ID = /^[a-z]{3}_[0-9a-f]{12}7[0-9a-f]{3}[89ab][0-9a-f]{15}$/;

/** Whether a text is an id of one of the types. */
export function isId<T extends IdType>(text: string, ...types: readonly T[]): text is Id<T> {
  return ANY_ID.test(text) && (types as readonly string[]).includes(text.slice(0, 3));
}

/** The text as an id of one of the types. @throws ProtocolError `bad_id` */
export function parseId<T extends IdType>(text: string, ...types: readonly T[]): Id<T> {
  if (isId(text, ...types)) return text;
  throw new ProtocolError('bad_id', `not an id of type ${types.join(' or ')}`);
}

/** A new id of the type; `time` in milliseconds since 1970. */
export function newId<T extends IdType>(type: T, time: number = Date.now()): Id<T> {
  return idOf(type, time, crypto.getRandomValues(new Uint8Array(10)));
}

/** The id of a moment and 10 random bytes, of which 74 bits are used. */
export function idOf<T extends IdType>(type: T, time: number, entropy: Uint8Array): Id<T> {
  const random = entropy.slice();
  random[0] = 0x70 | ((random[0] ?? 0) & 0x0f);
  random[2] = 0x80 | ((random[2] ?? 0) & 0x3f);
  const tail = Array.from(random, (byte) => byte.toString(16).padStart(2, '0')).join('');
  return `${type}_${time.toString(16).padStart(12, '0')}${tail}`;
}

/** When the id was made, in milliseconds since 1970, as its maker's clock said. */
export function timeOfId(id: Id<IdType>): number {
  return Number.parseInt(id.slice(4, 16), 16);
}
