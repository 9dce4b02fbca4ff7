/** The control chain of a conversation: its creation, its rotations, its names, its history (docs/protocol.md §5). */

import * as shape from '../shape.ts';
import { MAX_PAYLOAD_BYTES, type Kind } from '../statement.ts';

/** A person or a team to whom something was sealed. `key` is the reader's sealing key id, `box` the hash of the box. */
export const readReader = shape.members({ reader: shape.id('acc', 'tea'), key: shape.hash, box: shape.hash });

/** To whom an epoch key was sealed: these, or the conversation's emergency key. */
const readEpochReader = shape.members({ reader: shape.id('acc', 'tea', 'emk'), key: shape.hash, box: shape.hash });
export type EpochReader = shape.Read<typeof readEpochReader>;

/** One epoch key as it is written. */
export const readEpoch = shape.where(
  shape.members({ number: shape.integer(1), commitment: shape.hash, readers: shape.listOf(readEpochReader) }),
  ({ readers }) => readers.length > 0 && shape.isSortedSet(readers.map(({ reader }) => reader)),
  "an epoch's readers are sorted, each once",
);

/** One epoch key, by its commitment, and everybody to whom it was sealed. */
export type Epoch = shape.Read<typeof readEpoch>;

const readCreate = shape.where(
  shape.members({
    conversation: shape.id('cnv'),
    clinic: shape.id('cln'),
    patient: shape.id('acc'),
    consent_head: shape.hash,
    epoch: readEpoch,
    /** The hash of the encrypted name. */
    name: shape.orNull(shape.hash),
  }),
  ({ epoch }) => epoch.number === 1,
  'a conversation begins with epoch 1',
);

/** The first link: epoch 1. */
export type ConversationCreateBody = shape.Read<typeof readCreate>;

export const CONVERSATION_CREATE: Kind<ConversationCreateBody> = {
  kind: 'conversation-create',
  maxBytes: MAX_PAYLOAD_BYTES,
  body: readCreate,
  chain: (body) => `conversation:${body.conversation}`,
  mayStandAt: (sequence) => sequence === 0,
};

const readRotation = shape.where(
  shape.members({
    conversation: shape.id('cnv'),
    consent_head: shape.hash,
    epoch: readEpoch,
    reason: shape.oneOf('age', 'team', 'key', 'added', 'removed', 'emergency'),
    /** The hash of the name, encrypted again under the new key. */
    name: shape.orNull(shape.hash),
  }),
  ({ epoch }) => epoch.number > 1,
  'a rotation begins a later epoch',
);

/** A later link: a new epoch key for the members of now. */
export type ConversationRotationBody = shape.Read<typeof readRotation>;
export type RotationReason = ConversationRotationBody['reason'];

export const CONVERSATION_ROTATION: Kind<ConversationRotationBody> = {
  kind: 'conversation-rotation',
  maxBytes: MAX_PAYLOAD_BYTES,
  body: readRotation,
  chain: (body) => `conversation:${body.conversation}`,
  mayStandAt: (sequence) => sequence > 0,
};

const readName = shape.members({ conversation: shape.id('cnv'), epoch: shape.integer(1), name: shape.hash });

/** A new name, encrypted under the running epoch's key; `name` is the hash of the encrypted name. */
export type ConversationNameBody = shape.Read<typeof readName>;

export const CONVERSATION_NAME: Kind<ConversationNameBody> = {
  kind: 'conversation-name',
  maxBytes: MAX_PAYLOAD_BYTES,
  body: readName,
  chain: (body) => `conversation:${body.conversation}`,
  mayStandAt: (sequence) => sequence > 0,
};

/** An earlier epoch whose key was sealed to a later reader; `box` is the hash of the box. */
const readOpened = shape.members({ number: shape.integer(1), box: shape.hash });

const readHistory = shape.where(
  shape.members({
    conversation: shape.id('cnv'),
    consent: shape.id('cns'),
    reader: shape.id('acc', 'tea'),
    /** The reader's sealing key id in the running link. */
    key: shape.hash,
    epochs: shape.listOf(readOpened),
  }),
  ({ epochs }) => epochs.length > 0 && epochs.every(({ number }, at) => at === 0 || (epochs[at - 1]?.number ?? 0) < number),
  'the epochs opened are sorted, each once',
);

/** Keys of earlier epochs, sealed to a reader whose consent reaches back to them. */
export type ConversationHistoryBody = shape.Read<typeof readHistory>;

export const CONVERSATION_HISTORY: Kind<ConversationHistoryBody> = {
  kind: 'conversation-history',
  maxBytes: MAX_PAYLOAD_BYTES,
  body: readHistory,
  chain: (body) => `conversation:${body.conversation}`,
  mayStandAt: (sequence) => sequence > 0,
};
