/** Longer than most: opening, following and catching up share one state. One conversation that somebody looks at: opened by a signed request, verified, followed live, caught up after every gap. */

import { getMessages, leaveConversation, postReceipts, type ServedMessage, type Withheld } from '../api/conversations.ts';
import { ApiError, Unreachable } from '../api/http.ts';
import type { ConversationChange, LiveEvents } from '../api/live.ts';
import type { AccountId, ConversationId } from '../protocol/ids.ts';
import type { OpenPurpose } from '../protocol/kinds/access.ts';
import { formatTime } from '../protocol/encoding.ts';
import { parseHeader } from '../protocol/message.ts';
import { fromB64u } from '../protocol/encoding.ts';
import type { JsonObject } from '../protocol/strictJson.ts';
import { ConversationCache } from './conversation-cache.ts';
import { ControlRefused, type ControlFault, type ReadableConversation } from './control-reader.ts';
import type { Ground } from './ground.ts';
import { Lease } from './lease.ts';
import { Observable } from './observable.ts';
import type { OutboxItem } from './outbox.ts';
import { Thread } from './thread.ts';
import { TypingList } from './typing.ts';

const PAGE = 100;
const CATCH_UP_PAGE = 200;
/** How long after its arrival a message is said to be delivered, where nobody has read it by then: what is read at once needs one receipt and not two. */
const SAY_DELIVERED_AFTER = 400;

/** `closed`: no consent lets this person read it, not any more perhaps. */
export type LoadState = 'loading' | 'ready' | 'failed' | 'closed';
export type OlderState = 'none' | 'more' | 'loading' | 'failed';

/** How far somebody has received and read. */
export interface Progress {
  readonly delivered: number;
  readonly read: number;
}

export class Conversation extends Observable {
  state: LoadState = 'loading';
  older: OlderState = 'none';
  /** From what this device keeps, without a connection. */
  kept = false;
  /** The conversation as verified; null before and where it could not be. */
  readable: ReadableConversation | null = null;
  waiting: readonly OutboxItem[] = [];
  /** The newest number that was read before this visit. */
  readBefore: number | null = null;
  /** Rises with everything that the thread shows: what is drawn from it need not be made again while it stands. */
  revision = 0;
  readonly thread = new Thread();
  readonly progress = new Map<AccountId, Progress>();
  readonly typing = new TypingList(() => { this.changed(); });
  private readonly lease: Lease;
  private readonly cache: ConversationCache;
  private catching: Promise<void> | null = null;
  private lastKnown = 0;
  private readSent = 0;
  /** What is wrong with the control chain that was served. */
  private controlFault: ControlFault | null = null;
  /** The newest number that this person's clients had met before this opening. */
  private metBefore = 0;
  private deliveredSent = 0;
  private deliveredTimer: ReturnType<typeof setTimeout> | null = null;

  constructor(
    readonly id: ConversationId,
    private readonly ground: Ground,
    /** What was begun here and not sent, as the view left it. */
    readonly draft: JsonObject | null,
  ) {
    super();
    this.lease = new Lease(ground.session, id, () => { this.lost(); });
    this.cache = new ConversationCache(ground.session.store, id);
  }

  /** What is wrong with what was served; nothing is sent then. */
  get fault(): ControlFault | null {
    return this.controlFault ?? (this.endsEarly ? 'rolled_back' : null);
  }

  /** Messages that this person's clients have met are not served any more, nor anything in their place. */
  get endsEarly(): boolean {
    return this.state === 'ready' && !this.kept && (this.thread.range?.last ?? 0) < this.metBefore;
  }

  /** Opens: what the server serves, or what is kept here while there is no connection. */
  async open(purpose: OpenPurpose): Promise<void> {
    this.state = 'loading';
    this.changed();
    try {
      await this.openServed(purpose);
    } catch (error) {
      if (error instanceof ApiError && error.status === 404 && this.ground.session.role !== 'patient') this.hearClosed();
      else if (!(error instanceof Unreachable) || !(await this.openKept())) this.failed(error);
    }
    await this.refreshWaiting();
  }

  /** Fetches the page of older messages before the first one here. */
  async loadOlder(): Promise<void> {
    const range = this.thread.range;
    if (!range || this.older === 'loading' || range.first === 1) return;
    this.older = 'loading';
    this.changed();
    try {
      const { messages, withheld } = await getMessages(this.id, { before: range.first }, PAGE);
      await this.take(messages);
      this.older = messages.length > 0 && this.hasOlder(withheld) ? 'more' : 'none';
    } catch (error) {
      this.older = 'failed';
      if (error instanceof ApiError && error.code === 'open_first') this.lost();
    }
    this.changed();
  }

  /** Fetches what is missing after the newest message here: one round at a time, until there is no gap. */
  catchUp(): Promise<void> {
    this.catching ??= this.catchUpNow().finally(() => { this.catching = null; });
    return this.catching;
  }

  /** A live message: taken if it is the next one, fetched with what lies between if not. */
  async hear({ message }: LiveEvents['message:new']): Promise<void> {
    if (this.state !== 'ready') return;
    const last = this.thread.range?.last ?? 0;
    if (message.sequence <= last) return;
    this.lastKnown = Math.max(this.lastKnown, message.sequence);
    if (message.sequence === last + 1) await this.take([message]);
    else await this.catchUp();
  }

  /** Something changed there: a new link, or messages whose live event was lost. */
  async hearChange({ last_sequence: last, control_head: head }: ConversationChange): Promise<void> {
    if (this.state !== 'ready') return;
    this.lastKnown = Math.max(this.lastKnown, last);
    if (head !== this.readable?.control.head) {
      const closed = this.thread.closedEpochs.size;
      await this.lookAgain();
      if (this.thread.closedEpochs.size < closed) await this.fetchOpened();
    }
    if (last > (this.thread.range?.last ?? 0)) await this.catchUp();
    this.revised();
  }

  hearReceipt({ account, delivered, read }: LiveEvents['receipt:changed']): void {
    this.progress.set(account, { delivered, read });
    this.revised();
  }

  /** This person may not read it any more: it leaves the screen and this device, and nothing more is heard of it. */
  hearClosed(): void {
    this.lease.end();
    this.typing.clear();
    this.state = 'closed';
    this.changed();
    Promise.all([this.cache.forget(), this.ground.reader.forget(this.id)]).catch(this.ground.trouble);
  }

  /** A message was taken back: what is kept of it here goes too. */
  async hearErased({ id }: LiveEvents['message:erased']): Promise<void> {
    const erased = this.thread.messages.find(({ verdict }) => verdict.header?.id === id);
    if (erased) await this.take((await getMessages(this.id, { after: erased.sequence - 1 }, 1)).messages);
  }

  /** After a lost connection: follow again, and fetch what was missed. */
  async reconnect(): Promise<void> {
    if (this.state === 'closed') return;
    if (this.state !== 'ready' || this.kept || !this.lease.running) await this.open('read');
    else await this.follow();
  }

  /** Everything up to this number has been on the screen. */
  async markRead(sequence: number): Promise<void> {
    if (sequence <= this.readSent || this.kept) return;
    this.readSent = sequence;
    await this.sendReceipt();
  }

  async refreshWaiting(): Promise<void> {
    this.waiting = await this.ground.outbox.of(this.id);
    this.revised();
  }

  /** A newer chain was read elsewhere, when sending. */
  renew(read: ReadableConversation): void {
    this.readable = read;
    this.controlFault = null;
    this.prepare(read);
    this.revised();
  }

  /** Somebody came to read for a team, or left it: what follows is judged by that, and it is said in the thread. */
  hearTeams(): void {
    if (this.readable) this.renew({ ...this.readable, surroundings: { ...this.readable.surroundings, teams: this.ground.teams.chains } });
  }

  /** Looks again at what could not be verified. */
  async judgeAgain(): Promise<void> {
    await this.ground.teams.load();
    await this.lookAgain();
    await this.take(this.thread.undecided);
  }

  /** Ends the lease, saying which stretch was seen. */
  async leave(): Promise<void> {
    this.typing.clear();
    if (this.deliveredTimer !== null) clearTimeout(this.deliveredTimer);
    const range = this.thread.range;
    const running = this.lease.running;
    this.lease.end();
    await this.cache.flush();
    if (running && range) await leaveConversation(this.id, range.first, range.last).catch(() => undefined);
  }

  private async openServed(purpose: OpenPurpose): Promise<void> {
    this.metBefore = this.ground.session.pins.now.conversations[this.id]?.sequence ?? 0;
    const opened = await this.lease.open(purpose, await this.ground.reader.head(this.id));
    this.lastKnown = opened.last_sequence;
    for (const { account, delivered, read } of opened.receipts) this.progress.set(account, { delivered, read });
    this.readBefore ??= this.progress.get(this.ground.session.account)?.read ?? 0;
    await this.adopt(this.ground.reader.read(this.id, opened.control));
    await this.take(opened.messages);
    this.older = this.hasOlder(opened.withheld) ? 'more' : 'none';
    this.state = 'ready';
    this.kept = false;
    this.changed();
    await this.hearCheckpoints();
    await this.follow();
  }

  private async openKept(): Promise<boolean> {
    if ((await this.ground.reader.head(this.id)) === null) return false;
    // The opening is logged as soon as there is a connection: a promise of this client, not of the server.
    await this.cache.noteViewed();
    await this.adopt(this.ground.reader.recall(this.id));
    await this.take(await this.cache.read());
    this.readBefore ??= this.thread.range?.last ?? 0;
    this.state = 'ready';
    this.kept = true;
    this.older = 'none';
    this.changed();
    return true;
  }

  private async follow(): Promise<void> {
    try {
      if (this.ground.live.connected) this.lastKnown = Math.max(this.lastKnown, await this.ground.live.follow(this.id));
      await this.catchUp();
    } catch (error) {
      if (error instanceof ApiError && error.code === 'open_first') this.lost();
      else if (!(error instanceof Unreachable)) throw error;
    }
  }

  private async catchUpNow(): Promise<void> {
    for (let last = this.thread.range?.last ?? 0; ; ) {
      const page = await getMessages(this.id, { after: last }, CATCH_UP_PAGE);
      this.lastKnown = Math.max(this.lastKnown, page.last_sequence);
      await this.take(page.messages);
      const reached = page.messages.at(-1)?.sequence ?? last;
      // A server that claims more than it serves is asked once; what is missing shows in the thread.
      if (reached >= this.lastKnown || page.messages.length === 0) return;
      last = reached;
    }
  }

  /** What was closed and was opened now: the stretches between the messages that are here, and what is older. */
  private async fetchOpened(): Promise<void> {
    const gaps = this.thread.messages.filter(({ closedBefore }) => closedBefore > 0);
    for (const { sequence, closedBefore } of gaps) {
      const { messages } = await getMessages(this.id, { before: sequence }, Math.min(closedBefore, CATCH_UP_PAGE));
      await this.take(messages);
    }
    this.older = (this.thread.range?.first ?? 1) > 1 ? 'more' : 'none';
  }

  private async lookAgain(): Promise<void> {
    await this.adopt(this.ground.reader.look(this.id));
  }

  private async adopt(reading: Promise<ReadableConversation | null>): Promise<void> {
    try {
      this.readable = await reading;
      this.controlFault = null;
      if (this.readable) this.prepare(this.readable);
    } catch (error) {
      if (!(error instanceof ControlRefused)) throw error;
      this.controlFault = error.fault;
      this.readable = null;
    }
  }

  private prepare({ control, surroundings, epochKeys, closedEpochs }: ReadableConversation): void {
    this.thread.closedEpochs = closedEpochs;
    const { consents, teams } = surroundings;
    const accounts = this.ground.directory.all();
    this.ground.verifier.prepare(this.id, { control, consents, teams, accounts, epochKeys, now: formatTime(new Date()) });
  }

  private async take(messages: readonly ServedMessage[]): Promise<void> {
    if (messages.length > 0 && this.readable) {
      await this.meet(messages, this.readable);
      this.thread.take(messages, await this.ground.verifier.judge(this.id, messages));
      if (!this.kept) {
        this.cache.keepMessages(this.thread);
        this.sayDelivered();
      }
    }
    this.revised();
  }

  /** Loads chains and links that the messages name and that are not here yet, so that they are judged by all there is. */
  private async meet(messages: readonly ServedMessage[], { control }: ReadableConversation): Promise<void> {
    const headers = messages.flatMap(({ header }) => {
      try {
        return [parseHeader(fromB64u(header))];
      } catch {
        return [];
      }
    });
    const strangers = headers.map(({ sender }) => sender).filter((sender) => !this.ground.directory.known(sender));
    if (strangers.length > 0) await this.ground.directory.loadAll(strangers);
    const isNew = headers.some((header) => !control.hashes.includes(header.control_head));
    if (isNew && !this.kept) await this.lookAgain();
    else if (strangers.length > 0 && this.readable) this.prepare(this.readable);
  }

  private async hearCheckpoints(): Promise<void> {
    const notes = this.thread.messages.flatMap(({ verdict }) => verdict.header?.checkpoint ?? []);
    try {
      for (const note of new Set(notes.slice(-5))) await this.ground.witness.hear(note);
    } catch (error) {
      if (!(error instanceof Unreachable) && !(error instanceof ApiError)) this.ground.trouble(error);
    }
  }

  private async sendReceipt(): Promise<void> {
    const [delivered, read] = [this.thread.range?.last ?? this.readSent, this.readSent];
    this.deliveredSent = delivered;
    try {
      // Remembered first: whether the server takes the receipt is nothing to what was met.
      await this.pinSequence(this.thread.met);
      if (this.ground.live.connected) await this.ground.live.receipt(this.id, delivered, read);
      else await postReceipts(this.id, delivered, read);
      this.ground.readTo(this.id, delivered, read);
    } catch {
      // A receipt that was lost goes out with the next one.
      this.readSent = this.deliveredSent = 0;
    }
  }

  /** The page may stand behind another, or further up: the sender learns at least that the message is here. */
  private sayDelivered(): void {
    this.deliveredTimer ??= setTimeout(() => {
      this.deliveredTimer = null;
      if ((this.thread.range?.last ?? 0) > this.deliveredSent && this.state === 'ready' && !this.kept) void this.sendReceipt();
    }, SAY_DELIVERED_AFTER);
  }

  private async pinSequence(sequence: number): Promise<void> {
    await this.ground.session.pins.change((pins) => {
      const pin = pins.conversations[this.id];
      if (!pin || pin.sequence >= sequence) return pins;
      return { ...pins, conversations: { ...pins.conversations, [this.id]: { ...pin, sequence } } };
    }, 'later');
  }

  private revised(): void {
    this.revision += 1;
    this.changed();
  }

  private hasOlder(withheld: Withheld): boolean {
    const first = this.thread.range?.first ?? 1;
    return first > 1 && !withheld.some((one) => one.first === 1 && one.last >= first - 1);
  }

  private lost(): void {
    if (document.visibilityState === 'visible') void this.open('read');
    else document.addEventListener('visibilitychange', () => void this.open('read'), { once: true });
  }

  private failed(error: unknown): void {
    this.state = 'failed';
    this.changed();
    this.ground.trouble(error);
  }
}
