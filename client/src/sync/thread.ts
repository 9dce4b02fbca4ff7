/** A stretch of a conversation as it was judged: each message by itself, then all of them together. Pure. */

import type { ServedMessage } from '../api/conversations.ts';
import { continuity, type Finding, type Place } from '../protocol/deviceChain.ts';
import type { AccountId, DeviceId, MessageId } from '../protocol/ids.ts';
import type { Body, Header } from '../protocol/message.ts';
import { aimsAtOwn, unverified, type UnverifiedReason, type Verdict } from '../protocol/verdict.ts';
import type { DeviceHead } from './outbox.ts';

/** A message with the verdict on it, its neighbours taken into account. */
export interface JudgedMessage {
  readonly sequence: number;
  /** The server's time of receipt. */
  readonly received: string;
  readonly verdict: Verdict;
  /** What it says, where it opened but does not stand together with its neighbours: shown only to who insists. */
  readonly heldBack: Body | null;
  /** What is to be said beside it: messages missing before it, or out of order. */
  readonly findings: readonly Finding[];
  /** How many messages before it were written in epochs that are closed to this person. */
  readonly closedBefore: number;
}

const UNVERIFYING: ReadonlySet<string> = new Set(['forked', 'replayed', 'wrong_epoch']);

export class Thread {
  private readonly served = new Map<number, ServedMessage>();
  private readonly verdicts = new Map<number, Verdict>();
  private judged: readonly JudgedMessage[] = [];
  /** The epochs that are closed to this person: what was written in them is missing by right. */
  closedEpochs: ReadonlySet<number> = new Set();

  /** The first and last numbers that are here, null while nothing is. */
  get range(): { readonly first: number; readonly last: number } | null {
    const [first, last] = [this.judged[0], this.judged.at(-1)];
    return first && last ? { first: first.sequence, last: last.sequence } : null;
  }

  /** The newest number under which something genuine stands, 0 where nothing does: what a server made up is nothing that was met. */
  get met(): number {
    return this.judged.findLast(({ verdict }) => verdict.verified || verdict.reason === 'erased')?.sequence ?? 0;
  }

  /** Oldest first. */
  get messages(): readonly JudgedMessage[] {
    return this.judged;
  }

  /** Served messages whose verdict may change once more is known. */
  get undecided(): readonly ServedMessage[] {
    return [...this.served.values()].filter(({ sequence }) => this.verdicts.get(sequence)?.verified === false);
  }

  /** The newest served messages, for keeping. */
  newest(count: number): readonly ServedMessage[] {
    return this.judged.slice(-count).flatMap(({ sequence }) => this.served.get(sequence) ?? []);
  }

  /** Takes in messages with the verdicts on each by itself, and judges the whole again. */
  take(messages: readonly ServedMessage[], verdicts: readonly Verdict[]): void {
    messages.forEach((message, at) => {
      const verdict = verdicts[at];
      if (!verdict) return;
      this.served.set(message.sequence, message);
      this.verdicts.set(message.sequence, verdict);
    });
    this.judgeTogether();
  }

  headerOf(id: MessageId): Header | null {
    return this.headers().find(({ header }) => header.id === id)?.header ?? null;
  }

  /** The newest message of one device of one account that is here, verified. */
  newestOf(account: AccountId, device: DeviceId): DeviceHead | null {
    let newest: DeviceHead | null = null;
    for (const { verdict } of this.judged) {
      const { header, hash } = verdict;
      if (!header || hash === null || header.sender !== account || header.device !== device) continue;
      if (header.device_sequence > (newest?.sequence ?? 0)) newest = { device, sequence: header.device_sequence, hash };
    }
    return newest;
  }

  private headers(): readonly Signed[] {
    return [...this.verdicts]
      .sort(([one], [other]) => one - other)
      .flatMap(([sequence, { header, hash, withdrawals }]) => (header && hash !== null ? [{ sequence, header, hash, withdrawals }] : []));
  }

  private judgeTogether(): void {
    const signed = this.headers();
    const places = signed.map(placeOf);
    const sequences = [...this.served.keys()];
    const all = continuity(places, sequences, sequences.includes(1));
    const closed = new Set(all.filter((finding) => closedBetween(finding, places, this.closedEpochs)));
    const findings = Map.groupBy(all, ({ sequence }) => sequence);
    const headers = new Map(signed.map(({ header }) => [header.id, header]));
    this.judged = sequences
      .sort((one, other) => one - other)
      .flatMap((sequence) => {
        const [message, alone] = [this.served.get(sequence), this.verdicts.get(sequence)];
        if (!message || !alone) return [];
        const [hidden, found] = [findings.get(sequence)?.filter((one) => closed.has(one)), findings.get(sequence)?.filter((one) => !closed.has(one)) ?? []];
        const verdict = together(alone, found, headers);
        const heldBack = alone.verified && !verdict.verified ? alone.body : null;
        const closedBefore = hidden?.find(({ code }) => code === 'missing')?.count ?? 0;
        return [{ sequence, received: message.received, verdict, heldBack, findings: found, closedBefore }];
      });
  }
}

/** A message whose signature holds. */
interface Signed {
  readonly sequence: number;
  readonly header: Header;
  readonly hash: string;
  readonly withdrawals: number | null;
}

function placeOf({ sequence, header, hash, withdrawals }: Signed): Place {
  const { id, epoch, sender, device, device_sequence: deviceSequence, device_previous: devicePrevious } = header;
  return { sequence, id, hash, epoch, withdrawals, sender, device, deviceSequence, devicePrevious };
}

/**
 * Whether what is missing before a message was written while this person could not read: an epoch that is closed to them lies between the epochs of the
 * messages on both sides.
 */
function closedBetween({ sequence, code }: Finding, places: readonly Place[], closed: ReadonlySet<number>): boolean {
  if (code !== 'missing' && code !== 'hole') return false;
  const place = places.find((one) => one.sequence === sequence);
  if (!place) return false;
  const earlier = places.filter((one) => one.sequence < sequence && (code === 'missing' || sameDevice(one, place)));
  const before = earlier.at(-1)?.epoch ?? 0;
  return [...closed].some((epoch) => before < epoch && epoch < place.epoch);
}

function sameDevice(one: Place, other: Place): boolean {
  return one.sender === other.sender && one.device === other.device;
}

function together(verdict: Verdict, findings: readonly Finding[], headers: ReadonlyMap<MessageId, Header>): Verdict {
  const { header, hash, withdrawals } = verdict;
  const finding = findings.find(({ code }) => UNVERIFYING.has(code));
  if (finding) return unverified(finding.code as UnverifiedReason, header, hash, withdrawals);
  const aim = header?.corrects ?? header?.takes_back ?? null;
  if (header && aim && !aimsAtOwn(header, headers.get(aim) ?? null)) return unverified('not_the_author', header, hash, withdrawals);
  return verdict;
}
