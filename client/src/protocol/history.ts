/** What was written before a reader came: which epochs a consent opens, and how their keys travel (docs/protocol.md §5). */

import { b64u, equalBytes, fromB64u, sha256, type Bytes } from './encoding.ts';
import { epochCommitment } from './epoch.ts';
import { ProtocolError } from './errors.ts';
import type { AccountId, ConsentId, ConversationId, GranteeId } from './ids.ts';
import type { ConsentBody } from './kinds/consent.ts';
import type { ConversationHistoryBody, Epoch } from './kinds/conversation.ts';
import { readerKeys, type Link } from './link.ts';
import { historyBoxInfo, openBox, seal, type SealingKey, type SealingPublicKey } from './sealing.ts';
import type { Statement } from './statement.ts';

/** Earlier epochs opened to a reader by a verified statement; `boxes` is epoch number → hash of the box. */
export interface HistoryGrant {
  readonly statement: string;
  readonly place: number;
  readonly time: string;
  readonly signer: AccountId;
  readonly consent: ConsentId;
  readonly reader: GranteeId;
  readonly key: string;
  readonly boxes: ReadonlyMap<number, string>;
}

/** Earlier epochs just sealed: what the statement says, and the boxes beside it by epoch number. */
export interface NewHistory {
  readonly body: ConversationHistoryBody;
  readonly boxes: ReadonlyMap<number, Bytes>;
}

/** What the statement at this place of the control chain opens. */
export function grantOf({ hash, header, body }: Statement<ConversationHistoryBody>, signer: AccountId, place: number): HistoryGrant {
  const { consent, reader, key, epochs } = body;
  const boxes = new Map(epochs.map(({ number, box }) => [number, box]));
  return { statement: hash, place, time: header.time, signer, consent, reader, key, boxes };
}

/**
 * The epochs that a consent opens to a reader by it beside the running one, which the running link seals to it. They are those before it that were not
 * sealed to the reader's key of the running link, as far back as the consent goes: an epoch counts by when it began. None where the reader does not
 * read the running epoch, or the consent is to another conversation.
 */
export function opensEpochs(
  links: readonly Link[],
  consent: ConsentBody,
  reader: GranteeId,
  conversation: ConversationId,
): readonly number[] {
  const { scope } = consent;
  const running = links.at(-1);
  const key = running && readerKeys(running).get(reader);
  if (key === undefined || (scope !== 'all' && scope !== conversation)) return [];
  return links
    .slice(0, -1)
    .filter((link) => reaches(consent, link.time) && readerKeys(link).get(reader) !== key)
    .map(({ epoch }) => epoch.number);
}

function reaches({ history, from }: ConsentBody, began: string): boolean {
  return history === 'all' || (from !== null && from <= began);
}

/** The keys of earlier epochs sealed to a reader under a consent; at least one epoch with its 32-byte key. */
export async function makeHistory(
  conversation: ConversationId,
  consent: ConsentId,
  reader: GranteeId,
  to: SealingPublicKey,
  epochs: readonly { readonly epoch: Epoch; readonly key: Bytes }[],
): Promise<NewHistory> {
  const sealed = await Promise.all(
    epochs.map(async ({ epoch: { number, commitment }, key }) => {
      const box = await seal(to, historyBoxInfo(conversation, number, reader, to.id, commitment, consent), key);
      return { number, box, hash: b64u(await sha256(box)) };
    }),
  );
  sealed.sort((one, other) => one.number - other.number);
  const opened = sealed.map(({ number, hash }) => ({ number, box: hash }));
  const boxes = new Map(sealed.map(({ number, box }) => [number, box]));
  return { body: { conversation, consent, reader, key: to.id, epochs: opened }, boxes };
}

/**
 * The key of an earlier epoch in a box of a grant, 32 bytes.
 *
 * @throws ProtocolError `wrong_box` when it is not the box the signed statement lists for this epoch and key, `cannot_open`, `wrong_commitment` when it
 * holds another key than the epoch's own readers got.
 */
export async function openHistory(
  conversation: ConversationId,
  grant: Pick<HistoryGrant, 'consent' | 'reader' | 'key' | 'boxes'>,
  epoch: Epoch,
  key: SealingKey,
  box: Bytes,
): Promise<Bytes> {
  const { number, commitment } = epoch;
  if (grant.key !== key.public.id || grant.boxes.get(number) !== b64u(await sha256(box))) {
    throw new ProtocolError('wrong_box', 'not the box that was sealed to this reader');
  }
  const opened = await openBox(key, historyBoxInfo(conversation, number, grant.reader, grant.key, commitment, grant.consent), box);
  if (!equalBytes(fromB64u(await epochCommitment(conversation, number, opened)), fromB64u(commitment))) {
    throw new ProtocolError('wrong_commitment', "the box holds another key than the epoch's link commits to");
  }
  return opened;
}
