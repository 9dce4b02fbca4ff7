/** One emergency: who asks to read a conversation and why, who lets them, what came of it (docs/protocol.md §5). */

import * as shape from '../shape.ts';
import { MAX_PAYLOAD_BYTES, type Kind } from '../statement.ts';
import { readReader } from './conversation.ts';

const readRequest = shape.where(
  shape.members({
    emergency: shape.id('eme'),
    clinic: shape.id('cln'),
    patient: shape.id('acc'),
    conversation: shape.id('cnv'),
    emergency_key: shape.id('emk'),
    requester: shape.id('acc'),
    /** The requester's sealing key id: shares are sealed to it again. */
    key: shape.hash,
    reason: shape.oneOf('unconscious', 'danger', 'medicines', 'unreachable'),
    until: shape.time,
    /** The hash of the ciphertext of what the requester wrote. */
    text: shape.hash,
    /** To whom the key of that ciphertext was sealed. */
    boxes: shape.listOf(readReader),
  }),
  ({ boxes }) => boxes.length > 0 && shape.isSortedSet(boxes.map(({ reader }) => reader)),
  'the readers of the text are sorted, each once',
);

/** Somebody of the care staff asks the custodians to open one conversation to them, until an instant. */
export type EmergencyRequestBody = shape.Read<typeof readRequest>;

export const EMERGENCY_REQUEST: Kind<EmergencyRequestBody> = {
  kind: 'emergency-request',
  maxBytes: MAX_PAYLOAD_BYTES,
  body: readRequest,
  chain: (body) => `emergency:${body.emergency}`,
  mayStandAt: (sequence) => sequence === 0,
};

const readRelease = shape.members({
  emergency: shape.id('eme'),
  /** The hash of the request. */
  request: shape.hash,
  custodian: shape.id('acc'),
  index: shape.integer(1),
  /** The requester's sealing key id. */
  key: shape.hash,
  /** The hash of the box. */
  box: shape.hash,
});

/** A custodian seals their share to the requester, against this request and no other. */
export type EmergencyReleaseBody = shape.Read<typeof readRelease>;

export const EMERGENCY_RELEASE: Kind<EmergencyReleaseBody> = {
  kind: 'emergency-release',
  maxBytes: MAX_PAYLOAD_BYTES,
  body: readRelease,
  chain: (body) => `emergency:${body.emergency}`,
  mayStandAt: (sequence) => sequence > 0,
};

const readClose = shape.members({
  emergency: shape.id('eme'),
  request: shape.hash,
  finding: shape.oneOf('justified', 'avoidable', 'misuse'),
});

/** Compliance has looked at it: what was found. The access ends here at the latest. */
export type EmergencyCloseBody = shape.Read<typeof readClose>;

export const EMERGENCY_CLOSE: Kind<EmergencyCloseBody> = {
  kind: 'emergency-close',
  maxBytes: MAX_PAYLOAD_BYTES,
  body: readClose,
  chain: (body) => `emergency:${body.emergency}`,
  mayStandAt: (sequence) => sequence > 0,
};
