/** The thread of a conversation: day by day, windowed, with its place kept while it changes. */
import { html, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { repeat } from 'lit/directives/repeat.js';
import { BetweenElement } from '../element.ts';
import type { ConversationActions, ConversationModel } from '../models/conversation.ts';
import type { ThreadEntry } from '../models/thread.ts';
import { dayHeading, longDay, sameDay } from '../times.ts';
import { t } from '../words.ts';
import type { ThreadContext } from './message.ts';
import { threadEntry } from './thread-entries.ts';
import { ScrollPlace } from './scroll-place.ts';
import { around, carried, earlier, later, newest, type Span } from './thread-window.ts';

type Contents = Pick<ConversationModel, 'id' | 'entries' | 'older' | 'firstUnread'>;

/** `<message-thread .contents .context .actions>`. Fires `news-below` with how many messages came out of sight. */
@customElement('message-thread')
export class MessageThread extends BetweenElement {
  @property({ attribute: false }) contents!: Contents;
  @property({ attribute: false }) context!: ThreadContext;
  @property({ attribute: false }) actions!: Pick<ConversationActions, 'loadOlder' | 'markRead'>;
  @state() private span: Span = { start: 0, end: 0 };
  /** What screen readers are told of new messages. */
  @state() private news = '';

  readonly #place = new ScrollPlace(this, () => document.querySelector('.conv__foot'));
  #below = 0;
  #shown: Contents | undefined;
  #target: string | null = null;
  #lastRead: string | null = null;
  #focused = false;
  #edges: IntersectionObserver | undefined;

  override connectedCallback(): void {
    super.connectedCallback();
    this.#place.watch(() => {
      this.#scrolled();
    });
  }

  override disconnectedCallback(): void {
    this.#place.forget();
    this.#edges?.disconnect();
    super.disconnectedCallback();
  }

  /** Brings an entry that is here onto the screen and focuses it. @returns false when it is not here yet. */
  reveal(id: string): boolean {
    const index = this.contents.entries.findIndex((entry) => entry.id === id);
    if (index < 0) return false;
    if (index < this.span.start || index >= this.span.end) this.span = around(index, this.contents.entries.length);
    this.#target = id;
    this.requestUpdate();
    return true;
  }

  /** Brings the newest entry onto the screen. */
  showNewest(): void {
    this.span = newest(this.contents.entries.length);
    this.#count(0);
    this.#place.follow();
    this.requestUpdate();
  }

  protected override willUpdate(changed: PropertyValues): void {
    this.#focused = this.contains(document.activeElement);
    if (!changed.has('contents')) {
      const span = changed.get('span') as Span | undefined;
      if (span !== undefined) this.#place.remember(span.end >= this.contents.entries.length);
      return;
    }
    const before = this.#shown;
    if (before?.id !== this.contents.id) this.#open();
    else if (before.entries !== this.contents.entries) this.#carry(before);
    this.#shown = this.contents;
  }

  protected override updated(changed: PropertyValues): void {
    super.updated(changed);
    this.#place.restore();
    // What had the focus has left the window: it goes to what is read, not back to the top of the page.
    if (this.#focused && !this.contains(document.activeElement)) this.#place.firstInSight()?.focus({ preventScroll: true });
    if (this.#target !== null) this.#settleOn(this.#target);
    this.#watchEdges();
  }

  protected override render(): TemplateResult {
    const { entries, older } = this.contents;
    const shown = entries.slice(this.span.start, this.span.end);
    return html`<div class="thread" aria-busy=${older === 'loading' ? 'true' : 'false'}>
        <div class="thread__edge" data-edge="older">
          ${
            this.span.start === 0
              ? olderWords(older, () => {
                  this.actions.loadOlder();
                })
              : nothing
          }
        </div>
        ${repeat(
          shown,
          (entry) => entry.id,
          (entry, index) => this.#entry(entry, this.span.start + index),
        )}
        <div class="thread__edge" data-edge="newer"></div>
      </div>
      <p class="vh" role="status">${this.news}</p>`;
  }

  #entry(entry: ThreadEntry, index: number): TemplateResult {
    const previous = this.contents.entries[index - 1];
    const { zones } = this.context;
    const newDay = previous === undefined || !sameDay(previous.at, entry.at, zones.reader);
    return html`${newDay ? dayLine(entry.at, this.context) : nothing}
    ${entry.id === this.contents.firstUnread ? html`<p class="day day--new" id="first-unread"><span>${t('thread.new')}</span></p>` : nothing}
    ${threadEntry(entry, this.context)}`;
  }

  /** A conversation opens at the first unread message, else at the newest. */
  #open(): void {
    const { entries, firstUnread } = this.contents;
    const index = entries.findIndex((entry) => entry.id === firstUnread);
    this.span = index < 0 ? newest(entries.length) : around(index, entries.length);
    this.#count(0);
    this.news = '';
    this.#lastRead = null;
    if (index < 0) this.#place.follow();
    else this.#target = 'first-unread';
  }

  #carry(before: Contents): void {
    const { entries } = this.contents;
    this.#place.remember(this.span.end >= before.entries.length);
    const first = before.entries[this.span.start];
    const shift =
      first === undefined ? 0 : Math.max(-this.span.start, entries.findIndex((entry) => entry.id === first.id) - this.span.start);
    this.span = carried(this.span, before.entries.length, shift, entries.length, this.#place.following);
    this.#announce(before.entries, entries);
  }

  #announce(before: readonly ThreadEntry[], now: readonly ThreadEntry[]): void {
    const known = before.at(-1)?.id;
    const from = now.findLastIndex((entry) => entry.id === known) + 1;
    const fresh = now.slice(from).filter((entry) => !('mine' in entry && entry.mine) && entry.type !== 'event');
    if (fresh.length === 0 || (known !== undefined && from === 0)) return;
    const [only] = fresh;
    this.news =
      fresh.length === 1 && only?.type === 'message'
        ? t('thread.news_from', { name: only.sender.name })
        : t('thread.news', { count: fresh.length });
    if (!this.#place.following) this.#count(this.#below + fresh.length);
  }

  /** Tells how many messages came while the person was reading further up. */
  #count(below: number): void {
    if (below === this.#below) return;
    this.#below = below;
    this.emit('news-below', below);
  }

  #settleOn(id: string): void {
    const element = this.querySelector<HTMLElement>(`#${CSS.escape(id)}`);
    if (!element) return;
    this.#target = null;
    this.#place.stay();
    element.scrollIntoView({ block: 'center' });
    if (id !== 'first-unread') element.focus({ preventScroll: true });
  }

  /** Asked anew after each change, because an edge that stays in sight reports nothing by itself. */
  #watchEdges(): void {
    this.#edges?.disconnect();
    this.#edges = new IntersectionObserver(
      (seen) => {
        for (const { isIntersecting, target } of seen) if (isIntersecting) this.#slide((target as HTMLElement).dataset['edge']);
      },
      { root: this.#place.scroller, rootMargin: '800px 0px' },
    );
    for (const edge of this.querySelectorAll('.thread__edge')) this.#edges.observe(edge);
  }

  #slide(edge: string | undefined): void {
    const { entries, older } = this.contents;
    if (edge === 'older' && this.span.start > 0) this.span = earlier(this.span);
    else if (edge === 'older' && older === 'more') this.actions.loadOlder();
    else if (edge === 'newer' && this.span.end < entries.length) this.span = later(this.span, entries.length);
  }

  #scrolled(): void {
    if (this.#place.atEnd && this.span.end >= this.contents.entries.length) this.#count(0);
    const read = this.#place.lastInSight();
    if (read !== null && read !== this.#lastRead && document.hasFocus()) {
      this.#lastRead = read;
      this.actions.markRead(read);
    }
  }
}

/** On paper "Today" would be wrong tomorrow, so the date stands there instead. */
function dayLine(at: Date, { now, zones }: ThreadContext): TemplateResult {
  const [heading, date] = [dayHeading(at, now, zones), longDay(at, now, zones)];
  if (heading === date) return html`<h2 class="day"><span>${date}</span></h2>`;
  return html`<h2 class="day"><span class="screen-only">${heading}</span><span class="print-only">${date}</span></h2>`;
}

function olderWords(older: Contents['older'], again: () => void): TemplateResult | typeof nothing {
  if (older === 'loading') return html`<p class="event" role="status">${t('thread.loading_older')}</p>`;
  if (older === 'failed')
    return html`<p class="event">
      <span>${t('thread.older_failed')}</span> <button class="btn btn--plain" type="button" @click=${again}>${t('error.try_again')}</button>
    </p>`;
  return nothing;
}

declare global {
  interface HTMLElementTagNameMap {
    'message-thread': MessageThread;
  }
}
