/**
 * Unlocked on this device: the master key lies wrapped under HKDF(local, share). `local` is a key the browser gives out to nobody, `share`
 * are 32 bytes the server holds for this session alone. Locking, signing out and revoking delete the share; a copied profile opens nothing.
 */

import { contentKey, decrypt, encrypt, type ContentKey } from '../protocol/content.ts';
import { b64u, contextLines, hkdfKey, hkdfOfKey, labelledHash, randomBytes, utf8, type Bytes } from '../protocol/encoding.ts';
import type { AccountId } from '../protocol/ids.ts';
import type { WrappedMaster } from './database.ts';

async function wrappingKey(local: CryptoKey, share: Bytes): Promise<ContentKey> {
  return contentKey(await hkdfOfKey(local, share, 'device-wrap', 32));
}

function place(account: AccountId, session: string): Bytes {
  return contextLines('between/v1/device-wrap', account, session);
}

/** Wraps a 32-byte master key for a session under a fresh local key and the server's 32-byte share. */
export async function wrapMaster(master: Bytes, account: AccountId, session: string, share: Bytes): Promise<WrappedMaster> {
  const local = await hkdfKey(randomBytes(32));
  const ciphertext = await encrypt(await wrappingKey(local, share), place(account, session), master);
  return { local, session, ciphertext };
}

/** @throws ProtocolError `cannot_decrypt` for another share, session or account. */
export async function unwrapMaster(wrapped: WrappedMaster, account: AccountId, share: Bytes): Promise<Bytes> {
  return decrypt(await wrappingKey(wrapped.local, share), place(account, wrapped.session), wrapped.ciphertext);
}

/** H("opaque-label", account): under what an account's rows lie, so that they do not name it. */
export async function opaqueLabel(account: AccountId): Promise<string> {
  return b64u(await labelledHash('opaque-label', utf8(account)));
}
