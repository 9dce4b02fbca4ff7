/** Whether a patient lets the clinic keep a way in for an emergency: their word, in their consent chain (docs/protocol.md §5). */

import * as shape from '../shape.ts';
import { MAX_PAYLOAD_BYTES, type Kind } from '../statement.ts';

const readChoice = shape.members({ patient: shape.id('acc') });
export type EmergencyChoiceBody = shape.Read<typeof readChoice>;

/** From this statement on the patient's conversations are sealed to their emergency keys too. */
export const EMERGENCY_OPT_IN: Kind<EmergencyChoiceBody> = {
  kind: 'emergency-opt-in',
  maxBytes: MAX_PAYLOAD_BYTES,
  body: readChoice,
  chain: (body) => `consent:${body.patient}`,
  mayStandAt: () => true,
};

/** From this statement on they are not. */
export const EMERGENCY_OPT_OUT: Kind<EmergencyChoiceBody> = {
  kind: 'emergency-opt-out',
  maxBytes: MAX_PAYLOAD_BYTES,
  body: readChoice,
  chain: (body) => `consent:${body.patient}`,
  mayStandAt: (sequence) => sequence > 0,
};
