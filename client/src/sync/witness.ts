/**
 * This client as a witness of its clinic's log: it keeps the newest checkpoint that it verified, asks at each sync whether the log only grew, and stops
 * when it did not (docs/protocol.md §7).
 */

import { getCheckpoint, getConsistency } from '../api/log.ts';
import { remember, survivorOf } from '../keystore/survivors.ts';
import { alone } from '../keystore/tabs.ts';
import { openCheckpoint, type Checkpoint, type SignedCheckpoint } from '../log/checkpoint.ts';
import { VerifierKey } from '../log/note.ts';
import { judgeCheckpoint } from '../log/witness.ts';
import type { Bytes } from '../protocol/encoding.ts';
import { Alarm, type CheckpointHead } from './alarm.ts';
import type { DeviceSession } from './device-session.ts';

export interface SeenCheckpoint {
  readonly note: string;
  readonly head: CheckpointHead;
  readonly origin: string;
  /** When this device took it up or last held it against what the log said. */
  readonly checkedAt: Date;
}

export class Witness {
  private seen: SeenCheckpoint | null = null;
  /** Heads met in messages that were judged already. */
  private readonly judged = new Set<string>();

  private constructor(
    private readonly session: Pick<DeviceSession, 'database' | 'label' | 'clinicId' | 'clinic' | 'pins'>,
    private readonly logKey: VerifierKey,
  ) {}

  /** @throws Alarm `log_key_changed` when the clinic names another log than this device remembers. */
  static async start(session: Pick<DeviceSession, 'database' | 'label' | 'clinicId' | 'clinic' | 'pins'>): Promise<Witness> {
    const survivor = await survivorOf(session.database, session.label);
    if (survivor.logKey !== null && survivor.logKey !== session.clinic.logKey) throw new Alarm({ what: 'log_key_changed' });
    const witness = new Witness(session, await VerifierKey.parse(session.clinic.logKey));
    await witness.remembered();
    return witness;
  }

  /** The newest checkpoint that this device verified; null before the first. */
  get newest(): SeenCheckpoint | null {
    return this.seen;
  }

  /** Asks the log for its head and for the proof that it only grew. @throws Alarm `log_forked`, `log_rolled_back`, Unreachable */
  async check(): Promise<void> {
    await alone(this.session.label, 'witness', async () => {
      const remembered = await this.remembered();
      const served = await getCheckpoint(this.session.clinicId);
      if (served !== null) await this.judge(remembered, served);
      else if (remembered !== null && remembered.checkpoint.size > 0) this.alarm('log_rolled_back', remembered, null);
    });
  }

  /**
   * Judges a checkpoint that a colleague's or patient's client met and put into a message: the log's own signature makes it evidence. One that the
   * log did not sign says nothing about the log. @throws Alarm `log_forked`
   */
  async hear(note: string): Promise<void> {
    if (this.judged.has(note)) return;
    const heard = await openCheckpoint(note, this.logKey).catch(() => null);
    if (heard) await this.judgeHeard(note, heard);
    this.judged.add(note);
  }

  /** A checkpoint as the log signed it; what it says is not held against what is remembered. @throws LogError */
  async opened(note: string): Promise<Checkpoint> {
    return (await openCheckpoint(note, this.logKey)).checkpoint;
  }

  private async judgeHeard(note: string, heard: SignedCheckpoint): Promise<void> {
    await alone(this.session.label, 'witness', async () => {
      const remembered = await this.remembered();
      if (!remembered) return;
      const proof = await this.proofBetween(remembered.checkpoint.size, heard.checkpoint.size);
      const judgement = await judgeCheckpoint(remembered, note, proof, this.logKey);
      if (judgement.verdict === 'alarm') this.alarm('log_forked', remembered, heard);
    });
  }

  private async judge(remembered: SignedCheckpoint | null, served: string): Promise<void> {
    const opened = await openCheckpoint(served, this.logKey).catch(() => null);
    // Not the log's word at all: whoever answers is not who signed what this device remembers.
    if (!opened) throw new Alarm({ what: 'log_key_changed' });
    const proof = remembered ? await this.proofBetween(remembered.checkpoint.size, opened.checkpoint.size) : [];
    const judgement = await judgeCheckpoint(remembered, served, proof, this.logKey);
    if (judgement.verdict === 'accepted') await this.keep(served, judgement.checkpoint);
    // The newest was asked for: a sound but older head is a log that went back.
    if (judgement.verdict === 'stale') this.alarm('log_rolled_back', remembered, opened);
    if (judgement.verdict === 'alarm') {
      this.alarm(judgement.alarm === 'smaller_tree' ? 'log_rolled_back' : 'log_forked', remembered, opened);
    }
  }

  private async proofBetween(one: number, other: number): Promise<readonly Bytes[]> {
    const [from, to] = [Math.min(one, other), Math.max(one, other)];
    return from === to || from === 0 ? [] : getConsistency(from, to);
  }

  /** What this device remembers, or what the person's other devices pinned, whichever is newer. */
  private async remembered(): Promise<SignedCheckpoint | null> {
    const { checkpoint } = await survivorOf(this.session.database, this.session.label);
    const pinned = this.session.pins.now.checkpoint;
    let newest: SignedCheckpoint | null = null;
    for (const note of [checkpoint, pinned]) {
      if (note === null) continue;
      const signed = await openCheckpoint(note, this.logKey);
      if (newest && signed.checkpoint.size <= newest.checkpoint.size) continue;
      newest = signed;
      this.seen = { note, ...shown(signed), checkedAt: this.seen?.checkedAt ?? new Date() };
    }
    return newest;
  }

  private async keep(note: string, checkpoint: SignedCheckpoint): Promise<void> {
    const { database, label, clinic, pins } = this.session;
    await remember(database, label, { checkpoint: note, logKey: clinic.logKey });
    // Storing the document is itself an entry of the log: a checkpoint alone is no reason to, or the log would never rest.
    await pins.change((before) => ({ ...before, checkpoint: note }), 'later');
    this.seen = { note, ...shown(checkpoint), checkedAt: new Date() };
  }

  private alarm(what: 'log_forked' | 'log_rolled_back', remembered: SignedCheckpoint | null, served: SignedCheckpoint | null): never {
    const head = (signed: SignedCheckpoint | null): CheckpointHead => (signed ? shown(signed).head : { size: 0, root: '' });
    throw new Alarm({ what, remembered: head(remembered), served: head(served) });
  }
}

function shown({ checkpoint }: SignedCheckpoint): Pick<SeenCheckpoint, 'head' | 'origin'> {
  return { origin: checkpoint.origin, head: { size: checkpoint.size, root: btoa(String.fromCharCode(...checkpoint.root)) } };
}
