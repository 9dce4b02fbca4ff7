/**
 * The pin document: what this person's clients have verified, sealed on the server so that a new device continues it, and nothing older or other is believed
 * later (docs/protocol.md §4).
 */

import type { AccountChain } from './accountChain.ts';
import { ProtocolError } from './errors.ts';
import type { AccountId, ConversationId, TeamId } from './ids.ts';
import * as shape from './shape.ts';
import type { Json, JsonObject } from './strictJson.ts';

const readAccountPin = shape.members({
  head: shape.hash,
  version: shape.integer(1),
  /** Key ids of that version. */
  signing: shape.hash,
  sealing: shape.hash,
  /** The safety codes were compared in person. */
  compared: shape.flag,
});
const readTeamPin = shape.members({ head: shape.hash, generation: shape.integer(0) });
const readConversationPin = shape.members({ head: shape.hash, epoch: shape.integer(1), sequence: shape.integer(0) });
const readConsentPin = shape.members({ head: shape.hash, sequence: shape.integer(0) });

export type AccountPin = shape.Read<typeof readAccountPin>;
export type TeamPin = shape.Read<typeof readTeamPin>;
export type ConversationPin = shape.Read<typeof readConversationPin>;
export type ConsentPin = shape.Read<typeof readConsentPin>;

const readPins = shape.members({
  /** The clinic's signing key id. */
  clinic: shape.hash,
  accounts: shape.mapOf(readAccountPin),
  teams: shape.mapOf(readTeamPin),
  conversations: shape.mapOf(readConversationPin),
  consents: shape.mapOf(readConsentPin),
  /** The newest vault version. */
  vault: shape.integer(1),
  /** The newest verified checkpoint, a whole signed note. */
  checkpoint: shape.orNull(shape.text),
});

export interface PinDocument {
  readonly clinic: string;
  readonly accounts: Readonly<Partial<Record<AccountId, AccountPin>>>;
  readonly teams: Readonly<Partial<Record<TeamId, TeamPin>>>;
  readonly conversations: Readonly<Partial<Record<ConversationId, ConversationPin>>>;
  readonly consents: Readonly<Partial<Record<AccountId, ConsentPin>>>;
  readonly vault: number;
  readonly checkpoint: string | null;
}

/** A person who has just joined: one clinic, oneself, nothing else seen. */
export function firstPins(clinicKey: string, own: AccountChain): PinDocument {
  const accounts = { [own.account]: pinAccount(own, true) };
  return { clinic: clinicKey, accounts, teams: {}, conversations: {}, consents: {}, vault: 1, checkpoint: null };
}

/** @throws ProtocolError `bad_members` */
export function parsePins(json: Json): PinDocument {
  return readPins(json);
}

export function pinsJson(pins: PinDocument): JsonObject {
  return pins as unknown as JsonObject;
}

/** The pin of an account as it is verified now. */
export function pinAccount(chain: AccountChain, compared: boolean): AccountPin {
  const { current, hashes } = chain;
  const { version, signing, sealing } = current;
  return { head: hashes.at(-1) ?? '', version, signing: signing.id, sealing: sealing.id, compared };
}

/** How a verified chain stands to what was pinned of it. */
export type Standing = 'new' | 'same' | 'key_changed';

/**
 * What a verified chain is beside its pin. `key_changed` stops sending until the person acknowledges it.
 *
 * @throws ProtocolError `rolled_back` when the chain no longer holds what was pinned: that is an alarm.
 */
export function judgeAccount(pin: AccountPin | undefined, chain: AccountChain): Standing {
  if (!pin) return 'new';
  checkPinnedHead(pin.head, chain.hashes);
  const { version, signing, sealing } = chain.current;
  return pin.version === version && pin.signing === signing.id && pin.sealing === sealing.id ? 'same' : 'key_changed';
}

/** @throws ProtocolError `rolled_back` unless a chain still holds the statement that was its head when pinned. */
export function checkPinnedHead(head: string | undefined, hashes: readonly string[]): void {
  if (head !== undefined && !hashes.includes(head)) throw new ProtocolError('rolled_back', 'an older or another history than was seen');
}
