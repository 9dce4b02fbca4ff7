/**
 * Whether messages follow each other as they were sent (docs/protocol.md §6). Each device numbers its messages in a conversation and names the hash of
 * the one before, so a message that was dropped, held back, moved, repeated or forked shows. A message dropped at the very end shows when its device's
 * next one arrives.
 */

/** Where a message whose signature was verified stands: on the server and on its device. */
export interface Place {
  /** The server's number in the conversation. */
  readonly sequence: number;
  readonly id: string;
  readonly hash: string;
  readonly epoch: number;
  readonly device: string;
  readonly deviceSequence: number;
  readonly devicePrevious: string | null;
}

export type FindingCode = 'missing' | 'hole' | 'reordered' | 'forked' | 'replayed' | 'wrong_epoch';

/**
 * Something that is not as it was sent. `forked`, `replayed` and `wrong_epoch` make the message at `sequence` unverified; the others are said in the
 * thread beside it. `count` is how many messages are missing, 0 where that has no meaning.
 */
export interface Finding {
  readonly sequence: number;
  readonly code: FindingCode;
  readonly count: number;
}

interface DeviceState {
  last: number;
  readonly hashes: Map<number, string>;
}

/** A stretch of a conversation read in the order of the server's numbers. */
class Thread {
  private readonly devices = new Map<string, DeviceState>();
  private readonly ids = new Map<string, string>();
  private newestEpoch = 0;

  constructor(private readonly whole: boolean) {}

  take(place: Place): Finding | null {
    const finding = (code: FindingCode, count = 0): Finding => ({ sequence: place.sequence, code, count });
    const known = this.ids.get(place.id) ?? place.hash;
    this.ids.set(place.id, known);
    if (known !== place.hash) return finding('forked');
    const device = this.devices.get(place.device);
    if (device?.hashes.get(place.deviceSequence) === place.hash) return finding('replayed');
    if (place.epoch < this.newestEpoch) return finding('wrong_epoch');
    this.newestEpoch = place.epoch;
    if (device) return follow(place, device, finding);
    // The window may begin in the middle: only in a whole thread is a device's first message number 1.
    this.devices.set(place.device, { last: place.deviceSequence, hashes: new Map([[place.deviceSequence, place.hash]]) });
    const missing = this.whole ? place.deviceSequence - 1 : 0;
    return missing > 0 ? finding('hole', missing) : null;
  }
}

function follow(place: Place, device: DeviceState, finding: (code: FindingCode, count?: number) => Finding): Finding | null {
  if (device.hashes.has(place.deviceSequence)) return finding('forked');
  const before = device.hashes.get(place.deviceSequence - 1);
  if (before !== undefined && place.devicePrevious !== before) return finding('forked');
  device.hashes.set(place.deviceSequence, place.hash);
  if (place.deviceSequence < device.last) return finding('reordered');
  const missing = place.deviceSequence - device.last - 1;
  device.last = place.deviceSequence;
  return missing > 0 ? finding('hole', missing) : null;
}

/**
 * What is wrong with a stretch of a conversation, in the order of the server's numbers. `places` are the messages whose signature was verified,
 * ascending; `sequences` the numbers of all that were served for the stretch, unverifiable ones included; `whole` says whether the stretch begins at
 * the conversation's first.
 */
export function continuity(places: Iterable<Place>, sequences: Iterable<number>, whole: boolean): readonly Finding[] {
  const findings: Finding[] = [];
  let last = whole ? 0 : null;
  for (const sequence of [...sequences].sort((one, other) => one - other)) {
    if (last !== null && sequence > last + 1) findings.push({ sequence, code: 'missing', count: sequence - last - 1 });
    last = sequence;
  }
  const thread = new Thread(whole);
  for (const place of places) {
    const finding = thread.take(place);
    if (finding) findings.push(finding);
  }
  return findings.sort((one, other) => one.sequence - other.sequence || (one.code < other.code ? -1 : 1));
}
