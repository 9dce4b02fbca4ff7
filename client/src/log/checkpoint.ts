/** Checkpoints (C2SP tlog-checkpoint): a log's size and root as a note signed by it; the twin of `messenger/merkle/checkpoint.py`. */

import { equalBytes, type Bytes } from '../protocol/encoding.ts';
import { LogError } from './errors.ts';
import { decodeBase64, parseNote, verifyNote, type SignedNote, type VerifierKey } from './note.ts';
import { emptyRoot, HASH_SIZE, MAX_TREE_SIZE } from './tree.ts';

const SIZE = /^(?:0|[1-9][0-9]{0,15})$/u;

/** The head of the log `origin`: `size` leaves under a 32-byte root, with its opaque extension lines. */
export interface Checkpoint {
  readonly origin: string;
  readonly size: number;
  readonly root: Bytes;
  readonly extensions: readonly string[];
}

/** A checkpoint that its log signed, with the note that it was read from, every signature in its place. */
export interface SignedCheckpoint {
  readonly checkpoint: Checkpoint;
  readonly note: SignedNote;
}

/** Reads a note's text. @throws LogError `malformed_checkpoint` */
export async function parseCheckpoint(text: string): Promise<Checkpoint> {
  const lines = text.split('\n');
  const [origin = '', size = '', encodedRoot = '', ...extensions] = lines.slice(0, -1);
  const root = decodeBase64(encodedRoot);
  if (!text.endsWith('\n') || origin === '' || extensions.includes('')) {
    throw new LogError('malformed_checkpoint', "a checkpoint's lines are not empty");
  }
  if (!SIZE.test(size) || Number(size) > MAX_TREE_SIZE) {
    throw new LogError('malformed_checkpoint', "a checkpoint's size is plain decimal, of what JSON carries exactly");
  }
  if (root?.length !== HASH_SIZE) {
    throw new LogError('malformed_checkpoint', "a checkpoint's root is 32 bytes in canonical base64");
  }
  if (Number(size) === 0 && !equalBytes(root, await emptyRoot())) {
    throw new LogError('malformed_checkpoint', "an empty log has the empty tree's root");
  }
  return { origin, size: Number(size), root, extensions };
}

/**
 * Reads a checkpoint that the log `logKey` (key name = origin) must have signed.
 *
 * @throws LogError `malformed_note`, `malformed_checkpoint`, `wrong_origin` for another log's, `bad_signature`.
 */
export async function openCheckpoint(encoded: Uint8Array | string, logKey: VerifierKey): Promise<SignedCheckpoint> {
  const note = parseNote(encoded);
  const checkpoint = await parseCheckpoint(note.text);
  // Read before it is verified, only to say 'another log' rather than 'not signed': both refuse.
  if (checkpoint.origin !== logKey.name) throw new LogError('wrong_origin', 'the checkpoint is of another log');
  await verifyNote(note, logKey);
  return { checkpoint, note };
}
