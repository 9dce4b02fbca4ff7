/** The session with the newest vault: after a new password the one that the engine began with is out of date. */

import { ApiError, Unreachable } from '../api/http.ts';
import type { NewCredential } from '../sync/new-account.ts';
import { replaceCredential, VaultMoved } from '../sync/credentials.ts';
import type { DeviceSession } from '../sync/device-session.ts';
import type { Engine } from '../sync/engine.ts';
import { SignInFailed } from '../sync/sign-in.ts';
import type { ChangeFailure } from '../views/models/settings.ts';

const newest = new WeakMap<Engine, DeviceSession>();

export function newestSession(engine: Engine): DeviceSession {
  return newest.get(engine) ?? engine.session;
}

/** @throws VaultMoved, Unreachable */
export async function putCredential(engine: Engine, credential: NewCredential): Promise<void> {
  newest.set(engine, await replaceCredential(newestSession(engine), credential));
}

/** Why a change of keys did not work, in the view's terms. */
export function changeFailure(error: unknown): ChangeFailure {
  if (error instanceof SignInFailed) return 'wrong_password';
  if (error instanceof VaultMoved || (error instanceof ApiError && error.code === 'chain_moved')) return 'vault_moved';
  return error instanceof Unreachable ? 'unreachable' : 'our_fault';
}
