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
  /** How much had been withdrawn from the conversation at the consents its sender had seen; null if unknown. */
  readonly withdrawals: number | null;
  readonly sender: string;
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
  /** What a later message says the hash at a number is. */
  readonly named: Map<number, string>;
}

/** A stretch of a conversation read in the order of the server's numbers. */
class Thread {
  private readonly devices = new Map<string, DeviceState>();
  private readonly ids = new Map<string, string>();
  private newestEpoch = 0;
  private withdrawals = 0;

  constructor(private readonly whole: boolean) {}

  take(place: Place): Finding | null {
    const { sequence, id, hash, epoch } = place;
    const known = this.ids.get(id);
    if (known !== undefined) return { sequence, code: known === hash ? 'replayed' : 'forked', count: 0 };
    this.ids.set(id, hash);
    const withdrawals = place.withdrawals ?? this.withdrawals;
    // What an earlier message knew to be withdrawn, nobody writes on as if it were not.
    if (epoch < this.newestEpoch || withdrawals < this.withdrawals) return { sequence, code: 'wrong_epoch', count: 0 };
    [this.newestEpoch, this.withdrawals] = [epoch, withdrawals];
    return this.follow(place);
  }

  private follow({ sequence, hash, sender, device: deviceId, deviceSequence: number, devicePrevious }: Place): Finding | null {
    const device = this.device(`${sender} ${deviceId}`, number);
    if (device.hashes.has(number) || (device.named.get(number) ?? hash) !== hash) return { sequence, code: 'forked', count: 0 };
    if (devicePrevious !== null) {
      if ((device.hashes.get(number - 1) ?? devicePrevious) !== devicePrevious) return { sequence, code: 'forked', count: 0 };
      device.named.set(number - 1, devicePrevious);
    }
    device.hashes.set(number, hash);
    if (number < device.last) return { sequence, code: 'reordered', count: 0 };
    const missing = number - device.last - 1;
    device.last = number;
    return missing > 0 ? { sequence, code: 'hole', count: missing } : null;
  }

  /** A stretch may begin in the middle: only a whole thread is bound to begin with a device's number 1. */
  private device(name: string, number: number): DeviceState {
    const known = this.devices.get(name) ?? { last: this.whole ? 0 : number - 1, hashes: new Map(), named: new Map() };
    this.devices.set(name, known);
    return known;
  }
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
