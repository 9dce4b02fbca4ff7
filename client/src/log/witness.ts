/**
 * What a client concludes from a checkpoint: every client is a witness of its clinic's log. The twin of
 * `messenger/merkle/witness.py`, pure: the caller fetches, remembers and tells the person. It asks for one judgement at a
 * time for each log (a lock across fetching and remembering), or two of its own windows will look like a shrinking log.
 */

import { equalBytes } from '../protocol/encoding.ts';
import { openCheckpoint, type Checkpoint, type SignedCheckpoint } from './checkpoint.ts';
import { LogError, type LogErrorCode } from './errors.ts';
import type { VerifierKey } from './note.ts';
import { verifyConsistency } from './proof.ts';

/**
 * Why a checkpoint stops the client. In `fork`, `smaller_tree` and `bad_proof` the log signed both checkpoints: together
 * they are what to show an auditor. The others only say that whoever answered did not hand over the log's own word.
 */
export type Alarm = 'malformed' | 'wrong_origin' | 'bad_signature' | 'fork' | 'smaller_tree' | 'bad_proof';

export type Judgement =
  /** It continues what was remembered: remember it in its place. */
  | { readonly verdict: 'accepted'; readonly checkpoint: SignedCheckpoint }
  /**
   * An older head of the very log that is remembered: sound, and nothing to remember. Expected of a checkpoint met in a
   * message. Where the newest was asked for, somebody holds back: ask again.
   */
  | { readonly verdict: 'stale'; readonly checkpoint: SignedCheckpoint }
  /** Stop, keep both notes, tell the person. */
  | { readonly verdict: 'alarm'; readonly alarm: Alarm };

/**
 * Judges the note `served` against the newest checkpoint remembered of the log `logKey`.
 *
 * `proof` is the consistency proof from the smaller of the two trees to the larger; empty where the sizes are equal, or the
 * remembered tree is absent or empty. Whatever is wrong with what was served is an alarm, never an exception.
 */
export async function judgeCheckpoint(
  remembered: SignedCheckpoint | null,
  served: Uint8Array | string,
  proof: readonly Uint8Array[],
  logKey: VerifierKey,
): Promise<Judgement> {
  let opened: SignedCheckpoint;
  try {
    opened = await openCheckpoint(served, logKey);
  } catch (error) {
    if (error instanceof LogError) return alarm(alarmOf(error.code));
    throw error;
  }
  if (remembered === null) return proof.length > 0 ? alarm('bad_proof') : accepted(opened);
  if (remembered.checkpoint.origin !== opened.checkpoint.origin) return alarm('wrong_origin');
  return judgeGrowth(remembered.checkpoint, opened, proof);
}

async function judgeGrowth(
  remembered: Checkpoint,
  opened: SignedCheckpoint,
  proof: readonly Uint8Array[],
): Promise<Judgement> {
  const served = opened.checkpoint;
  if (served.size < remembered.size) {
    return (await continues(served, remembered, proof)) ? { verdict: 'stale', checkpoint: opened } : alarm('smaller_tree');
  }
  if (served.size === remembered.size && !equalBytes(served.root, remembered.root)) return alarm('fork');
  if (remembered.size === 0) return proof.length > 0 ? alarm('bad_proof') : accepted(opened);
  return (await continues(remembered, served, proof)) ? accepted(opened) : alarm('bad_proof');
}

async function continues(older: Checkpoint, newer: Checkpoint, proof: readonly Uint8Array[]): Promise<boolean> {
  try {
    await verifyConsistency(proof, older, newer);
    return true;
  } catch (error) {
    if (error instanceof LogError) return false;
    throw error;
  }
}

function accepted(checkpoint: SignedCheckpoint): Judgement {
  return { verdict: 'accepted', checkpoint };
}

function alarm(reason: Alarm): Judgement {
  return { verdict: 'alarm', alarm: reason };
}

function alarmOf(code: LogErrorCode): Alarm {
  return code === 'wrong_origin' || code === 'bad_signature' ? code : 'malformed';
}
