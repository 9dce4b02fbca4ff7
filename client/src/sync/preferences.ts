/** What a person decided about how the client behaves, on every device of theirs: a sealed document, so that the server does not learn it. */

import { getDocument, putDocument } from '../api/self.ts';
import { ApiError } from '../api/http.ts';
import { fields } from '../api/answers.ts';
import { openDocument, sealDocument } from '../protocol/documents.ts';
import { b64u, fromB64u } from '../protocol/encoding.ts';
import * as shape from '../protocol/shape.ts';
import type { DeviceSession } from './device-session.ts';

export const IDLE_MINUTES = [5, 15, 30, 60] as const;

const readPreferences = fields({ idle_minutes: shape.oneOf(...IDLE_MINUTES), single_keys: shape.flag });

export interface Preferences {
  readonly idleMinutes: (typeof IDLE_MINUTES)[number];
  /** Single-key shortcuts of the inbox. */
  readonly singleKeys: boolean;
}

export const FIRST_PREFERENCES: Preferences = { idleMinutes: 15, singleKeys: true };

/** The preferences as last stored; the first ones where there are none, or they cannot be had now. */
export async function loadPreferences({ account, master }: Pick<DeviceSession, 'account' | 'master'>): Promise<Preferences> {
  try {
    const stored = await getDocument('preferences');
    if (!stored) return FIRST_PREFERENCES;
    const json = await openDocument(master, { account, name: 'preferences', version: stored.version }, fromB64u(stored.ciphertext));
    const { idle_minutes: idleMinutes, single_keys: singleKeys } = readPreferences(json);
    return { idleMinutes, singleKeys };
  } catch {
    return FIRST_PREFERENCES;
  }
}

/** Stores the preferences; of two devices at once, the later one stays. */
export async function storePreferences(
  session: Pick<DeviceSession, 'account' | 'master'>,
  preferences: Preferences,
  tries = 2,
): Promise<void> {
  const { account, master } = session;
  const version = ((await getDocument('preferences'))?.version ?? 0) + 1;
  const json = { idle_minutes: preferences.idleMinutes, single_keys: preferences.singleKeys };
  const ciphertext = await sealDocument(master, { account, name: 'preferences', version }, json);
  try {
    await putDocument('preferences', { version, ciphertext: b64u(ciphertext) });
  } catch (error) {
    if (!(error instanceof ApiError) || error.code !== 'document_moved' || tries === 0) throw error;
    await storePreferences(session, preferences, tries - 1);
  }
}
