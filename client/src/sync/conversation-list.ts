/** The list of conversations: what the server says of each, and the names and readers that this browser verified and opened. No words of any message. */

import { getConversations, getInbox, type ConversationRow, type InboxQuestion } from '../api/conversations.ts';
import { ApiError, Unreachable } from '../api/http.ts';
import type { LiveEvents } from '../api/live.ts';
import type { ConversationId } from '../protocol/ids.ts';
import { ControlRefused, type ControlFault, type ReadableConversation } from './control-reader.ts';
import type { Ground } from './ground.ts';
import { Observable } from './observable.ts';
import { OneMoreRound } from './one-more-round.ts';

/** A conversation in the list. */
export interface ListedConversation {
  readonly id: ConversationId;
  /** What the server says; null where only this device knows of it, without a connection. */
  readonly row: ConversationRow | null;
  /** As verified here; null until then, or with a fault. */
  readonly readable: ReadableConversation | null;
  readonly fault: ControlFault | null;
}

/** Control chains fetched at once; a list of hundreds must not hold up the person's first click. */
const AT_ONCE = 4;

export class ConversationList extends Observable {
  state: 'loading' | 'ready' | 'failed' = 'loading';
  /** Unanswered questions, longest waiting first; care staff alone. */
  questions: readonly InboxQuestion[] = [];
  private rows = new Map<ConversationId, ListedConversation>();
  private readonly rounds = new OneMoreRound(() => this.loadNow());

  constructor(
    private readonly ground: Ground,
    private readonly withInbox: boolean,
  ) {
    super();
  }

  get conversations(): readonly ListedConversation[] {
    return [...this.rows.values()];
  }

  /** Fetches the list; what is asked for while that runs is answered by one more round. */
  load(): Promise<void> {
    return this.rounds.run();
  }

  hearReceipt({ conversation, account, delivered, read }: LiveEvents['receipt:changed']): void {
    const listed = this.rows.get(conversation);
    if (!listed?.row || account !== this.ground.session.account) return;
    this.rows.set(conversation, { ...listed, row: furthest({ ...listed.row, delivered, read }, listed.row) });
    this.changed();
  }

  private async loadNow(): Promise<void> {
    try {
      const [rows, questions] = await Promise.all([getConversations(), this.withInbox ? getInbox() : []]);
      this.questions = questions;
      const before = this.rows;
      this.rows = new Map(
        rows.map((row) => {
          const { readable = null, fault = null, row: known = null } = before.get(row.conversation) ?? {};
          return [row.conversation, { id: row.conversation, row: furthest(row, known), readable, fault }];
        }),
      );
      this.state = 'ready';
      this.changed();
      await this.readAll(rows);
    } catch (error) {
      if (!(error instanceof Unreachable) || !(await this.loadKept())) this.state = this.state === 'ready' ? 'ready' : 'failed';
      if (!(error instanceof Unreachable)) this.ground.trouble(error);
      this.changed();
    }
  }

  private async readAll(rows: readonly ConversationRow[]): Promise<void> {
    const stale = rows.filter((row) => this.rows.get(row.conversation)?.readable?.control.head !== row.control_head);
    const next = stale.values();
    await Promise.all(
      Array.from({ length: AT_ONCE }, async () => {
        for (const row of next) await this.read(row);
      }),
    );
  }

  private async read({ conversation }: ConversationRow): Promise<void> {
    try {
      const readable = await this.ground.reader.look(conversation);
      this.update(conversation, { readable, fault: null });
    } catch (error) {
      if (error instanceof ControlRefused) this.update(conversation, { readable: null, fault: error.fault });
      else if (error instanceof Unreachable || error instanceof ApiError) return;
      else this.ground.trouble(error);
    }
  }

  private update(id: ConversationId, news: Pick<ListedConversation, 'readable' | 'fault'>): void {
    const listed = this.rows.get(id);
    if (listed) this.rows.set(id, { ...listed, ...news });
    this.changed();
  }

  /** Without a connection: the conversations this device kept. */
  private async loadKept(): Promise<boolean> {
    if (this.rows.size > 0) return true;
    const kept = Object.keys(this.ground.session.pins.now.conversations) as ConversationId[];
    for (const id of kept) {
      if ((await this.ground.reader.head(id)) === null) continue;
      const readable = await this.ground.reader.recall(id).catch(() => null);
      this.rows.set(id, { id, row: null, readable, fault: null });
    }
    this.state = 'ready';
    return this.rows.size > 0;
  }
}

/** What was read stays read: an answer may be older than a receipt that overtook it. */
function furthest(row: ConversationRow, known: ConversationRow | null): ConversationRow {
  return { ...row, delivered: Math.max(row.delivered, known?.delivered ?? 0), read: Math.max(row.read, known?.read ?? 0) };
}
