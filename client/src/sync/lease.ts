/** The signed opening of a conversation and the lease it begins, renewed while the person looks (docs/protocol.md §7, docs/adr/0003). */

import { openConversation, renewLease, type Opened } from '../api/conversations.ts';
import { ApiError } from '../api/http.ts';
import { b64u, formatTime, randomBytes } from '../protocol/encoding.ts';
import type { ConversationId } from '../protocol/ids.ts';
import { LEASE_RENEWAL, OPEN, type OpenPurpose } from '../protocol/kinds/access.ts';
import { makeStatement, statementHash, type Kind, type Envelope } from '../protocol/statement.ts';
import { currentKeys, type DeviceSession } from './device-session.ts';

/** How long before its end a lease is renewed, in milliseconds. */
const RENEW_BEFORE = 4 * 60 * 1000;

export class Lease {
  private opened: string | null = null;
  private until = 0;
  private timer: ReturnType<typeof setTimeout> | null = null;

  constructor(
    private readonly session: DeviceSession,
    private readonly conversation: ConversationId,
    /** The lease could not be renewed: what happens from now on is not served until it is opened again. */
    private readonly lost: () => void,
  ) {}

  /** Asks to be served the conversation, its control chain from after a statement on; its log entry is durable before anything of it arrives. */
  async open(purpose: OpenPurpose, after: string | null): Promise<Opened> {
    const { account, device } = this.session;
    const body = { account, device, conversation: this.conversation, purpose, nonce: b64u(randomBytes(32)) };
    const request = await this.sign(OPEN, body);
    const opened = await openConversation(this.conversation, request, after);
    this.opened = await statementHash(request);
    this.runUntil(opened.lease.until);
    return opened;
  }

  get running(): boolean {
    return this.opened !== null && Date.now() < this.until;
  }

  end(): void {
    if (this.timer !== null) clearTimeout(this.timer);
    this.timer = null;
    this.opened = null;
  }

  private runUntil(until: string): void {
    this.until = Date.parse(until);
    if (this.timer !== null) clearTimeout(this.timer);
    const wait = Math.max(1_000, this.until - Date.now() - RENEW_BEFORE);
    this.timer = setTimeout(() => {
      // Nobody looks at a hidden page: its lease runs out, and looking again is a new opening.
      if (document.visibilityState === 'visible') void this.renew();
      else this.lose();
    }, wait);
  }

  private async renew(): Promise<void> {
    if (this.opened === null) return;
    const { account, device } = this.session;
    const body = { account, device, conversation: this.conversation, open: this.opened, nonce: b64u(randomBytes(32)) };
    try {
      this.runUntil(await renewLease(this.conversation, await this.sign(LEASE_RENEWAL, body)));
    } catch (error) {
      if (error instanceof ApiError) this.lose();
      else this.runUntil(formatTime(new Date(this.until)));
    }
  }

  private lose(): void {
    this.end();
    this.lost();
  }

  private sign<B extends object>(kind: Kind<B>, body: B): Promise<Envelope> {
    const place = { account: this.session.account, time: formatTime(new Date()), sequence: null, previous: null };
    return makeStatement(kind, body, { self: currentKeys(this.session).signing }, place);
  }
}
