/** What somebody wrote when they asked for emergency access, for the eyes of those who decide on it (docs/protocol.md §5). */

import { contentKey, decrypt, encrypt } from './content.ts';
import { b64u, contextLines, randomBytes, sha256, type Bytes } from './encoding.ts';
import { ProtocolError } from './errors.ts';
import type { AccountId, EmergencyId } from './ids.ts';
import type { EmergencyRequestBody } from './kinds/emergency.ts';
import { pad, unpad } from './padding.ts';
import { emergencyTextBoxInfo, openBox, seal, type SealingKey, type SealingPublicKey } from './sealing.ts';
import * as shape from './shape.ts';
import { parseStrictJson, writeJson } from './strictJson.ts';

/** UTF-16 code units. */
export const LONGEST_TEXT = 2000;

const readText = shape.members({ text: shape.textOfLength(1, LONGEST_TEXT) });

/** A text encrypted, with a box of its key for each reader and what the request's statement says of them. */
export interface SealedText {
  readonly ciphertext: Bytes;
  /** The hash of the ciphertext, which the request names. */
  readonly hash: string;
  readonly boxes: ReadonlyMap<AccountId, Bytes>;
  readonly listed: EmergencyRequestBody['boxes'];
}

function context(emergency: EmergencyId): Bytes {
  return contextLines('between/v1/emergency-text', emergency);
}

/** A text under a new random key, sealed to each reader (account → sealing key). @throws ProtocolError `bad_members` for its length */
export async function sealText(emergency: EmergencyId, text: string, readers: ReadonlyMap<AccountId, SealingPublicKey>): Promise<SealedText> {
  const key = randomBytes(32);
  const ciphertext = await encrypt(await contentKey(key), context(emergency), pad(writeJson({ ...readText({ text }) })));
  const sealed = await Promise.all(
    [...readers].sort(([one], [other]) => (one < other ? -1 : 1)).map(async ([reader, to]) => {
      const box = await seal(to, emergencyTextBoxInfo(emergency, reader, to.id), key);
      return { reader, box, listed: { reader, key: to.id, box: b64u(await sha256(box)) } };
    }),
  );
  const boxes = new Map(sealed.map(({ reader, box }) => [reader, box]));
  return { ciphertext, hash: b64u(await sha256(ciphertext)), boxes, listed: sealed.map(({ listed }) => listed) };
}

/** The text. @throws ProtocolError `wrong_box`, `cannot_open`, `cannot_decrypt`, or what reading refuses. */
export async function openText(
  request: EmergencyRequestBody,
  reader: AccountId,
  key: SealingKey,
  box: Bytes,
  ciphertext: Bytes,
): Promise<string> {
  const listed = request.boxes.find((one) => one.reader === reader);
  if (listed?.key !== key.public.id || listed.box !== b64u(await sha256(box))) {
    throw new ProtocolError('wrong_box', 'not the box that was sealed to this reader');
  }
  if (request.text !== b64u(await sha256(ciphertext))) throw new ProtocolError('cannot_decrypt', 'not the text that the request names');
  const opened = await openBox(key, emergencyTextBoxInfo(request.emergency, reader, key.public.id), box);
  const padded = await decrypt(await contentKey(opened), context(request.emergency), ciphertext);
  return readText(parseStrictJson(unpad(padded))).text;
}
