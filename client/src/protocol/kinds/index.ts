/** The kinds of statements (docs/protocol.md §2). The list is closed and append-only. */

import { payloadType } from '../statement.ts';
import { LEASE_RENEWAL, OPEN } from './access.ts';
import { BLOCK, UNBLOCK } from './block.ts';
import { CLINIC, CLINIC_KEY_SHARE } from './clinic.ts';
import { CONSENT, CONSENT_CHANGE, CONSENT_REVOCATION } from './consent.ts';
import { CONVERSATION_CREATE, CONVERSATION_HISTORY, CONVERSATION_NAME, CONVERSATION_ROTATION } from './conversation.ts';
import { CUSTODIANS } from './custodians.ts';
import { EMERGENCY_CLOSE, EMERGENCY_RELEASE, EMERGENCY_REQUEST } from './emergency.ts';
import { EMERGENCY_OPT_IN, EMERGENCY_OPT_OUT } from './emergencyChoice.ts';
import { EMERGENCY_KEY } from './emergencyKey.ts';
import { INVITATION } from './invitation.ts';
import { KEY } from './key.ts';
import { PROFILE } from './profile.ts';
import { SIGN_IN } from './signIn.ts';
import { TEAM_ADMISSION, TEAM_CREATE, TEAM_GENERATION } from './team.ts';
import { TEAM_APPOINTMENT, TEAM_CHANGE, TEAM_REMOVAL } from './teamPeople.ts';
import { VAULT } from './vault.ts';

export const KINDS = [
  CLINIC,
  CLINIC_KEY_SHARE,
  INVITATION,
  KEY,
  VAULT,
  TEAM_CREATE,
  TEAM_GENERATION,
  TEAM_ADMISSION,
  CONSENT,
  CONVERSATION_CREATE,
  CONVERSATION_ROTATION,
  CONVERSATION_NAME,
  OPEN,
  LEASE_RENEWAL,
  SIGN_IN,
  PROFILE,
  CONSENT_CHANGE,
  CONSENT_REVOCATION,
  CONVERSATION_HISTORY,
  CUSTODIANS,
  EMERGENCY_OPT_IN,
  EMERGENCY_OPT_OUT,
  EMERGENCY_KEY,
  EMERGENCY_REQUEST,
  EMERGENCY_RELEASE,
  EMERGENCY_CLOSE,
  TEAM_CHANGE,
  TEAM_APPOINTMENT,
  TEAM_REMOVAL,
  BLOCK,
  UNBLOCK,
] as const;

const KNOWN_TYPES: ReadonlySet<string> = new Set(KINDS.map(({ kind }) => payloadType(kind)));

/** Whether this version knows the kind that a payload type names. */
export function isKnownType(type: string): boolean {
  return KNOWN_TYPES.has(type);
}
