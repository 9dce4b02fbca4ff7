/** From judged messages to what stands in the thread. */

import type { AccountId, MessageId } from '../protocol/ids.ts';
import type { Body, Header } from '../protocol/message.ts';
import type { ReadableConversation } from '../sync/control-reader.ts';
import type { Conversation } from '../sync/conversation.ts';
import type { KnownEmergency } from '../sync/emergencies.ts';
import type { OutboxItem } from '../sync/outbox.ts';
import type { JudgedMessage } from '../sync/thread.ts';
import type { Correction, Delivery, EventEntry, MessageEntry, QuestionLink, QuestionState, ThreadEntry, UnverifiedReason } from '../views/models/thread.ts';
import type { ReadingAsk } from '../views/models/ask.ts';
import type { Person } from '../views/models/person.ts';
import { asActing, readingTeams } from './acting.ts';
import type { Asks } from './asks.ts';
import type { People } from './people.ts';
import { amongEntries, readerEvents } from './reader-events.ts';
import { emergencyEvents } from './told-emergency.ts';

/** A difference between the sender's clock and the server's that is worth saying. */
const WORTH_SAYING = 10 * 60 * 1000;
const EXCERPT = 80;

/** A message that was verified, with what later ones say of it. */
interface Said {
  readonly message: JudgedMessage;
  readonly header: Header;
  readonly body: Body;
}

/** What a thread is made from: a conversation that is open, or one that an emergency opens. */
export type ThreadSource = Pick<Conversation, 'thread' | 'readable' | 'waiting' | 'progress' | 'older' | 'kept' | 'readBefore'>;

export interface ThreadGround {
  readonly conversation: ThreadSource;
  readonly people: People;
  readonly me: AccountId;
  /** Entries whose held-back words the person insists on reading, and those that are being checked again. */
  readonly insisted: ReadonlySet<string>;
  readonly checking: ReadonlySet<string>;
  /** What the patient who looks is told of emergencies. */
  readonly told?: readonly KnownEmergency[];
  /** How asks stand; where an emergency opens a conversation there is nothing to decide. */
  readonly asks?: Asks;
  /** Nothing goes out at the moment, whatever was begun. */
  readonly offline: boolean;
}

export class ThreadModel {
  private readonly said: readonly Said[];
  private readonly byId: ReadonlyMap<MessageId, Said>;
  private readonly corrections: ReadonlyMap<MessageId | null, readonly Said[]>;
  private readonly takenBack: ReadonlySet<MessageId | null>;
  /** The first message that answers, or acknowledges, each question. */
  private readonly answers: ReadonlyMap<MessageId, Said>;
  private readonly acknowledgements: ReadonlyMap<MessageId, Said>;

  constructor(private readonly ground: ThreadGround) {
    this.said = ground.conversation.thread.messages.flatMap((message) =>
      message.verdict.verified ? [{ message, header: message.verdict.header, body: message.verdict.body }] : [],
    );
    this.byId = new Map(this.said.map((one) => [one.header.id, one]));
    this.corrections = Map.groupBy(this.said.filter(({ header }) => header.corrects !== null), ({ header }) => header.corrects);
    this.takenBack = new Set(this.said.map(({ header }) => header.takes_back));
    this.answers = firstNaming(this.said, ({ header }) => header.answers);
    this.acknowledgements = firstNaming(this.said, ({ header }) => header.acknowledges);
  }

  /** Oldest first; what waits on this device stands last. */
  entries(): readonly ThreadEntry[] {
    const { conversation } = this.ground;
    const said = [...this.beforeMyTime(), ...conversation.thread.messages.flatMap((message) => this.entriesOf(message))];
    const { readable, older } = conversation;
    const events = readable ? this.events(readable, new Date()) : [];
    return [...amongEntries(said, events, older === 'none'), ...this.waiting()];
  }

  /** What happened to who can read, oldest first. */
  private events(read: ReadableConversation, now: Date): readonly EventEntry[] {
    const { people, me, told } = this.ground;
    const ofEmergencies = emergencyEvents(told ?? [], read.control.conversation, people, now);
    return [...readerEvents(read, people, me, now), ...ofEmergencies].sort((one, other) => one.at.getTime() - other.at.getTime());
  }

  /** What stands before the first message that is this person's to read. */
  private beforeMyTime(): readonly ThreadEntry[] {
    const { thread, older, kept } = this.ground.conversation;
    const first = thread.messages[0];
    if (!first || first.sequence === 1 || older !== 'none' || kept) return [];
    return [closedEntry(first, first.sequence - 1)];
  }

  /** Questions of this conversation that nobody has answered, oldest first. */
  openQuestions(): readonly QuestionLink[] {
    return this.said
      .filter(({ header }) => header.kind === 'question' && !this.takenBack.has(header.id) && this.questionState(header).state !== 'answered')
      .map(({ header }) => this.link(header.id));
  }

  /** The first entry after the place the person had read to. */
  firstUnread(): string | null {
    const { conversation, me } = this.ground;
    const after = conversation.readBefore ?? 0;
    const unread = conversation.thread.messages.find(({ sequence, verdict }) => sequence > after && verdict.header?.sender !== me);
    return unread ? entryId(unread) : null;
  }

  private entriesOf(message: JudgedMessage): readonly ThreadEntry[] {
    const { verdict } = message;
    const closed = message.closedBefore > 0 ? [closedEntry(message, message.closedBefore)] : [];
    const before = [...closed, ...this.findings(message)];
    const header = verdict.header;
    if (!verdict.verified) return [...before, ...this.unverified(message)];
    if (header?.corrects !== null || header.takes_back !== null) return before;
    return [...before, this.messageEntry({ message, header, body: verdict.body })];
  }

  /** What is to be said before a message: that others are missing, came late, or claim its place. */
  private findings({ sequence, received, verdict, findings }: JudgedMessage): readonly ThreadEntry[] {
    const { header } = verdict;
    const at = new Date(received);
    const sender = header && this.ground.people.person(header.sender);
    return findings.flatMap(({ code, count }): readonly ThreadEntry[] => {
      const id = `${code}-${sequence}`;
      if (code === 'missing') return [{ type: 'gap', id, at, missing: count, sender: null, state: 'missing' }];
      if (code === 'hole') return [{ type: 'gap', id, at, missing: count, sender, state: 'missing' }];
      if (code === 'forked' && sender) return [{ type: 'fork', id, at, sender }];
      if (code === 'reordered' && sender) return [{ type: 'event', id, at, event: { what: 'reordered', who: sender } }];
      return [];
    });
  }

  private unverified(message: JudgedMessage): readonly ThreadEntry[] {
    const { verdict, received, heldBack } = message;
    if (verdict.verified) return [];
    const { people, me, insisted, checking } = this.ground;
    const { header, reason } = verdict;
    const [id, at] = [entryId(message), new Date(received)];
    if (reason === 'erased' && header) {
      const sender = people.person(header.sender);
      if (this.takenBack.has(header.id)) return [{ type: 'taken_back', id, at, sender, mine: header.sender === me }];
      return [{ type: 'erased', id, at, sender }];
    }
    const words = heldBack && 'text' in heldBack ? heldBack.text : null;
    return [
      {
        ...{ type: 'unverified', id, at, reason: reason as UnverifiedReason, heldBack: words },
        claims: header ? people.person(header.sender).name : null,
        shown: insisted.has(id),
        checking: checking.has(id),
      },
    ];
  }

  private messageEntry({ message, header, body }: Said): ThreadEntry {
    const { me } = this.ground;
    const [mine, at] = [header.sender === me, new Date(message.received)];
    const written = new Date(header.time);
    const entry: MessageEntry = {
      ...{ type: 'message', id: header.id, at, mine, kind: header.kind },
      sender: this.sender(header),
      text: 'text' in body ? body.text : '',
      corrections: (this.corrections.get(header.id) ?? []).flatMap(correctionOf),
      answers: header.answers.map((id) => this.link(id)),
      acknowledges: header.acknowledges.map((id) => this.link(id)),
      question: header.kind === 'question' ? this.questionState(header) : null,
      ask: this.ask(header, body),
      delivery: mine ? this.delivery(message.sequence) : null,
      saysWritten: Math.abs(written.getTime() - at.getTime()) > WORTH_SAYING ? written : null,
    };
    return entry;
  }

  private ask(header: Header, body: Body): ReadingAsk | null {
    const { asks, conversation } = this.ground;
    if (body.type !== 'ask' || !asks || !conversation.readable) return null;
    const declined = this.answers.get(header.id)?.header.sender === conversation.readable.control.patient;
    return asks.of(body, header, conversation.readable, declined);
  }

  /** Who wrote, as cover where they were that when they wrote. */
  private sender({ sender, time }: Header): Person {
    const { conversation, people } = this.ground;
    const teams = conversation.readable ? readingTeams(conversation.readable) : [];
    return asActing(people.person(sender), sender, teams, time);
  }

  private questionState({ id }: Header): QuestionState {
    const answer = this.answers.get(id);
    const seen = answer ?? this.acknowledgements.get(id);
    if (!seen) return { state: 'open' };
    const [by, at] = [this.ground.people.person(seen.header.sender), new Date(seen.message.received)];
    return { state: answer ? 'answered' : 'acknowledged', by, at };
  }

  private link(id: MessageId): QuestionLink {
    const body = this.byId.get(id)?.body;
    const text = body && 'text' in body ? body.text : null;
    return { id, excerpt: text && (text.length > EXCERPT ? `${text.slice(0, EXCERPT).trimEnd()}…` : text) };
  }

  private delivery(sequence: number): Delivery {
    const { conversation, me, people } = this.ground;
    const others = [...conversation.progress].filter(([account]) => account !== me);
    const readers = others.filter(([, { read }]) => read >= sequence).map(([account]) => people.person(account));
    if (readers.length > 0) return { state: 'read', by: readers };
    return { state: others.some(([, { delivered }]) => delivered >= sequence) ? 'delivered' : 'sent' };
  }

  private waiting(): readonly ThreadEntry[] {
    return this.ground.conversation.waiting.filter(({ takesBack, id }) => takesBack === null && !this.byId.has(id)).map((item) => this.waitingEntry(item));
  }

  private waitingEntry(item: OutboxItem): ThreadEntry {
    const { id, kind, body, written, failure, attempt } = item;
    const delivery: Delivery =
      failure !== null ? { state: 'failed', reason: failure } : { state: attempt === null || this.ground.offline ? 'waiting' : 'sending' };
    return {
      ...{ type: 'message', id, kind, delivery, mine: true, corrections: [], question: null, ask: null, saysWritten: null },
      at: new Date(written),
      sender: this.ground.people.person(this.ground.me),
      text: 'text' in body ? body.text : '',
      answers: item.answers.map((one) => this.link(one)),
      acknowledges: item.acknowledges.map((one) => this.link(one)),
    };
  }
}

function closedEntry({ sequence, received }: JudgedMessage, count: number): ThreadEntry {
  return { type: 'event', id: `closed-${sequence}`, at: new Date(received), event: { what: 'before_my_time', count } };
}

function firstNaming(said: readonly Said[], named: (one: Said) => readonly MessageId[]): ReadonlyMap<MessageId, Said> {
  // Newest first, so that an earlier one takes the place of a later.
  return new Map(said.toReversed().flatMap((one) => named(one).map((id) => [id, one] as const)));
}

function correctionOf({ message, body }: Said): readonly Correction[] {
  return body.type === 'correction' ? [{ text: body.text, at: new Date(message.received), reason: body.reason }] : [];
}

/** What an entry is called on the page: its message's id, or its number where even that cannot be read. */
export function entryId({ verdict, sequence }: JudgedMessage): string {
  return verdict.verified ? verdict.header.id : `unverified-${sequence}`;
}

/** The number of the message that an entry stands for; null for what is no message of the server's. */
export function sequenceOf(conversation: Conversation, entry: string): number | null {
  return conversation.thread.messages.find((message) => entryId(message) === entry)?.sequence ?? null;
}

