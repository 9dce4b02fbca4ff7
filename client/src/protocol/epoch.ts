/** Epoch keys: what commits to one, how it reaches its readers, and the conversation's name under it (docs/protocol.md §5). */

import { decrypt, encrypt, type ContentKey } from './content.ts';
import { b64u, contextLines, equalBytes, fromB64u, labelledHash, randomBytes, sha256, u32be, utf8, type Bytes } from './encoding.ts';
import { ProtocolError } from './errors.ts';
import type { ConversationId, ReaderId } from './ids.ts';
import type { Epoch } from './kinds/conversation.ts';
import { pad, unpad } from './padding.ts';
import { epochBoxInfo, openBox, seal, type SealingKey, type SealingPublicKey } from './sealing.ts';
import * as shape from './shape.ts';
import { parseStrictJson, writeJson } from './strictJson.ts';

/** UTF-16 code units. */
export const LONGEST_NAME = 120;

/** An epoch just made: what the statement says, the boxes beside it, the 32-byte key. */
export interface NewEpoch {
  readonly epoch: Epoch;
  readonly boxes: ReadonlyMap<ReaderId, Bytes>;
  readonly key: Bytes;
}

/** `H("epoch", conversation ‖ u32be(number) ‖ key)`: one key for all readers, whatever was sealed to each. */
export async function epochCommitment(conversation: ConversationId, number: number, key: Bytes): Promise<string> {
  return b64u(await labelledHash('epoch', utf8(conversation), u32be(number), key));
}

/** A new random epoch key, sealed to each reader (account or team → its sealing key). */
export async function makeEpoch(
  conversation: ConversationId,
  number: number,
  readers: ReadonlyMap<ReaderId, SealingPublicKey>,
): Promise<NewEpoch> {
  const key = randomBytes(32);
  const commitment = await epochCommitment(conversation, number, key);
  const sealed = await Promise.all(
    [...readers].sort(([one], [other]) => (one < other ? -1 : 1)).map(async ([reader, to]) => {
      const box = await seal(to, epochBoxInfo(conversation, number, reader, to.id, commitment), key);
      return { reader, box, listed: { reader, key: to.id, box: b64u(await sha256(box)) } };
    }),
  );
  return {
    epoch: { number, commitment, readers: sealed.map(({ listed }) => listed) },
    boxes: new Map(sealed.map(({ reader, box }) => [reader, box])),
    key,
  };
}

/**
 * The epoch key in a reader's box, 32 bytes.
 *
 * @throws ProtocolError `wrong_box` when it is not the box the signed statement lists for this reader and key, `cannot_open`, `wrong_commitment`
 * when it holds another key than all others got.
 */
export async function openEpoch(
  conversation: ConversationId,
  epoch: Epoch,
  reader: ReaderId,
  key: SealingKey,
  box: Bytes,
): Promise<Bytes> {
  const listed = epoch.readers.find((one) => one.reader === reader);
  if (listed?.key !== key.public.id || listed.box !== b64u(await sha256(box))) {
    throw new ProtocolError('wrong_box', 'not the box that was sealed to this reader');
  }
  const opened = await openBox(key, epochBoxInfo(conversation, epoch.number, reader, key.public.id, epoch.commitment), box);
  const commitment = await epochCommitment(conversation, epoch.number, opened);
  if (!equalBytes(fromB64u(commitment), fromB64u(epoch.commitment))) {
    throw new ProtocolError('wrong_commitment', 'the box holds another key than its statement commits to');
  }
  return opened;
}

const readName = shape.members({ name: shape.textOfLength(1, LONGEST_NAME) });

function nameContext(conversation: ConversationId, number: number): Bytes {
  return contextLines('between/v1/conversation-name', conversation, String(number));
}

/** A conversation's name under an epoch key; the statement holds the SHA-256 of what this returns. @throws ProtocolError `bad_members` */
export async function encryptName(key: ContentKey, conversation: ConversationId, number: number, name: string): Promise<Bytes> {
  return encrypt(key, nameContext(conversation, number), pad(writeJson({ ...readName({ name }) })));
}

/** @throws ProtocolError `cannot_decrypt`, or what reading refuses. */
export async function decryptName(key: ContentKey, conversation: ConversationId, number: number, ciphertext: Bytes): Promise<string> {
  const padded = await decrypt(key, nameContext(conversation, number), ciphertext);
  return readName(parseStrictJson(unpad(padded))).name;
}
