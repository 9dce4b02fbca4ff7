/** A patient's profile: encrypted under a key of its own, sealed to the patient and to whom consents name (docs/protocol.md §5). */

import { contentKey, decrypt, encrypt } from './content.ts';
import { b64u, contextLines, randomBytes, sha256, type Bytes } from './encoding.ts';
import { ProtocolError } from './errors.ts';
import type { AccountId, GranteeId } from './ids.ts';
import type { ProfileBody } from './kinds/profile.ts';
import { pad, unpad } from './padding.ts';
import { openBox, profileBoxInfo, seal, type SealingKey, type SealingPublicKey } from './sealing.ts';
import * as shape from './shape.ts';
import { parseStrictJson, writeJson } from './strictJson.ts';

const LONGEST_FIELD = 500;
const field = shape.textOfLength(0, LONGEST_FIELD);
const readProfile = shape.members({ legal_name: field, preferred_name: field, pronouns: field, language_note: field });

/** What a patient wants to be called. The server holds none of it. */
export type Profile = shape.Read<typeof readProfile>;

/** A version of a profile just encrypted: the statement's body, the ciphertext and the boxes beside it. */
export interface NewProfile {
  readonly body: ProfileBody;
  readonly ciphertext: Bytes;
  readonly boxes: ReadonlyMap<GranteeId, Bytes>;
}

function context(patient: AccountId, version: number): Bytes {
  return contextLines('between/v1/profile', patient, String(version));
}

/** A new version under a fresh key, sealed to each reader. @throws ProtocolError `bad_members` for a field of more than 500 characters. */
export async function encryptProfile(
  profile: Profile,
  patient: AccountId,
  version: number,
  readers: ReadonlyMap<GranteeId, SealingPublicKey>,
): Promise<NewProfile> {
  const key = randomBytes(32);
  const content = pad(writeJson({ ...readProfile({ ...profile }) }));
  const ciphertext = await encrypt(await contentKey(key), context(patient, version), content);
  const sealed = await Promise.all(
    [...readers].sort(([one], [other]) => (one < other ? -1 : 1)).map(async ([reader, to]) => {
      const box = await seal(to, profileBoxInfo(patient, version, reader, to.id), key);
      return { reader, box, listed: { reader, key: to.id, box: b64u(await sha256(box)) } };
    }),
  );
  const body = { patient, version, ciphertext: b64u(await sha256(ciphertext)), boxes: sealed.map(({ listed }) => listed) };
  return { body, ciphertext, boxes: new Map(sealed.map(({ reader, box }) => [reader, box])) };
}

/**
 * The profile that a verified statement describes.
 *
 * @throws ProtocolError `wrong_box` when box or ciphertext are not those the statement lists, `cannot_open`, `cannot_decrypt`, or what reading refuses.
 */
export async function openProfile(
  body: ProfileBody,
  ciphertext: Bytes,
  reader: GranteeId,
  key: SealingKey,
  box: Bytes,
): Promise<Profile> {
  const listed = body.boxes.find((one) => one.reader === reader);
  if (listed?.key !== key.public.id || listed.box !== b64u(await sha256(box))) {
    throw new ProtocolError('wrong_box', 'not the box that was sealed to this reader');
  }
  if (b64u(await sha256(ciphertext)) !== body.ciphertext) throw new ProtocolError('wrong_box', 'not the profile that was signed');
  const opened = await openBox(key, profileBoxInfo(body.patient, body.version, reader, key.public.id), box);
  const content = await decrypt(await contentKey(opened), context(body.patient, body.version), ciphertext);
  return readProfile(parseStrictJson(unpad(content)));
}
