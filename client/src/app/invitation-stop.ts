/** Why an invitation leads nowhere, from what looking at it threw. */

import { getService } from '../api/doors.ts';
import { ApiError, Unreachable } from '../api/http.ts';
import { ProtocolError } from '../protocol/errors.ts';
import { LARGEST_CLOCK_DIFFERENCE } from '../sync/blocks.ts';
import type { JoinStop } from '../views/models/join.ts';

const REFUSALS: Readonly<Record<string, JoinStop>> = {
  invitation_unknown: 'unknown',
  invitation_expired: 'expired',
  invitation_used: 'used',
  invitation_cancelled: 'cancelled',
};

const NOT_GENUINE: Readonly<Record<string, JoinStop>> = {
  malformed_link: 'damaged_link',
  wrong_clinic_key: 'wrong_clinic',
  wrong_log_key: 'wrong_clinic',
  invitation_expired: 'expired',
};

/** The stop to show; null for a fault that is none of these. */
export async function stopOf(error: unknown): Promise<JoinStop | null> {
  if (error instanceof Unreachable) return 'unreachable';
  if (error instanceof ApiError) return REFUSALS[error.code] ?? null;
  if (!(error instanceof ProtocolError)) return null;
  // The service still offers it: if it has run out by this device's clock, the clock may be what is wrong.
  if (error.code === 'invitation_expired' && (await clockIsWrong())) return 'clock';
  return NOT_GENUINE[error.code] ?? 'not_genuine';
}

async function clockIsWrong(): Promise<boolean> {
  try {
    const { now } = await getService();
    return Math.abs(Date.now() - Date.parse(now)) > LARGEST_CLOCK_DIFFERENCE;
  } catch {
    return false;
  }
}
