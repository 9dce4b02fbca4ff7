/** Sealed documents: what a person's own client must remember from one device to the next (docs/protocol.md §4). */

import { contentKey, decrypt, encrypt, type ContentKey } from './content.ts';
import { contextLines, hkdf, NO_SALT, type Bytes } from './encoding.ts';
import type { AccountId } from './ids.ts';
import * as shape from './shape.ts';
import { parseStrictJson, writeJson, type JsonObject } from './strictJson.ts';

export type DocumentName = 'pins' | 'keyring' | 'clinic-key' | 'preferences';

/** Which version of whose document. */
export interface DocumentPlace {
  readonly account: AccountId;
  readonly name: DocumentName;
  readonly version: number;
}

async function documentKey(master: Bytes, name: DocumentName): Promise<ContentKey> {
  return contentKey(await hkdf(master, NO_SALT, `document-${name}`, 32));
}

function context({ account, name, version }: DocumentPlace): Bytes {
  return contextLines('between/v1/document', account, name, String(version));
}

/** The ciphertext of one version of a document; `master` is the 32-byte master key. */
export async function sealDocument(master: Bytes, place: DocumentPlace, document: JsonObject): Promise<Bytes> {
  return encrypt(await documentKey(master, place.name), context(place), writeJson(document));
}

/** @throws ProtocolError `cannot_decrypt` for another account, name, version or key, or what reading refuses. */
export async function openDocument(master: Bytes, place: DocumentPlace, ciphertext: Bytes): Promise<JsonObject> {
  return shape.object(parseStrictJson(await decrypt(await documentKey(master, place.name), context(place), ciphertext)));
}
