import { expect } from 'chai';

import type { ThreadContext } from '../../src/views/parts/message.ts';
import { MOST } from '../../src/views/parts/thread-window.ts';
import type { MessageThread } from '../../src/views/parts/thread.ts';
import type { ThreadEntry } from '../../src/views/models/thread.ts';
import { idle, LONDON, message, NOW, ownMessage } from '../gallery/factories.ts';
import { longThread } from '../gallery/threads.ts';
import { change, find, mount, settled, unmountAll, wordsOf } from './mount.ts';
import '../../src/views/parts/thread.ts';

type Contents = MessageThread['contents'];

const context: ThreadContext = {
  face: 'patient',
  now: NOW,
  zones: LONDON,
  actions: { sendAgain: idle, discard: idle, checkAgain: idle, showAnyway: idle, goTo: idle, decide: idle, sayNotNow: idle },
  askTakeBack: idle,
  askCorrect: idle,
};

/** A thread in the page, with what it asked for and what it told. */
class Shown {
  readonly below: number[] = [];

  private constructor(
    readonly thread: MessageThread,
    readonly read: readonly string[],
    readonly asked: readonly string[],
  ) {
    thread.addEventListener('news-below', (event) => this.below.push((event as CustomEvent<number>).detail));
  }

  static async with(contents: Partial<Contents>): Promise<Shown> {
    const [read, asked]: [string[], string[]] = [[], []];
    const thread = await mount('message-thread', {
      contents: { id: 'cnv_1', entries: [], older: 'none', firstUnread: null, ...contents },
      context,
      actions: { loadOlder: () => asked.push('older'), markRead: (entry) => read.push(entry) },
    });
    return new Shown(thread, read, asked);
  }

  get articles(): HTMLElement[] {
    return [...this.thread.querySelectorAll('article')];
  }

  async change(contents: Partial<Contents>): Promise<void> {
    await change(this.thread, { contents: { ...this.thread.contents, ...contents } });
  }

  async scrollTo(top: number): Promise<void> {
    page().scrollTop = top;
    await settled(this.thread);
  }

  /** Goes up until the window holds the first entry; what is at the top of the screen must never jump. */
  async toTheTop(): Promise<void> {
    while (this.thread.querySelector(`#${this.thread.contents.entries[0]?.id ?? ''}`) === null) await this.scrollTo(0);
  }
}

function page(): Element {
  return document.scrollingElement ?? document.documentElement;
}

function atEnd(): boolean {
  return page().scrollHeight - page().scrollTop - page().clientHeight < 2;
}

describe('a thread', () => {
  afterEach(unmountAll);

  it('opens at the newest message', async () => {
    const { articles } = await Shown.with({ entries: longThread(300) });
    expect(articles.at(-1)?.id).to.equal('msg_long_299');
    expect(atEnd()).to.equal(true);
  });

  it('opens at the first unread message and marks it as new', async () => {
    const { thread } = await Shown.with({ entries: longThread(300), firstUnread: 'msg_long_100' });
    const line = find(thread, '#first-unread').getBoundingClientRect();
    expect(line.top).to.be.within(0, window.innerHeight);
    expect(find(thread, '#first-unread').nextElementSibling?.id).to.equal('msg_long_100');
  });

  it('of ten thousand messages holds a few screens, from the newest to the first', async function () {
    this.timeout(120_000);
    const shown = await Shown.with({ entries: longThread(10_000) });
    let most = 0;
    const observer = new MutationObserver(() => {
      most = Math.max(most, shown.articles.length);
    });
    observer.observe(shown.thread, { childList: true, subtree: true });
    await shown.toTheTop();
    observer.disconnect();
    expect(shown.articles[0]?.id).to.equal('msg_long_0');
    expect(most).to.be.at.most(MOST);
  });

  it('keeps what is read where it is while older messages come before it', async () => {
    const entries = longThread(120);
    const shown = await Shown.with({ entries: entries.slice(60), older: 'more' });
    await shown.scrollTo(40);
    const first = shown.articles.find((article) => article.getBoundingClientRect().bottom > 0);
    const before = first?.getBoundingClientRect().top ?? Number.NaN;
    await shown.change({ entries });
    expect(shown.thread.contains(first ?? null)).to.equal(true);
    expect(first?.getBoundingClientRect().top).to.be.closeTo(before, 1);
  });

  it('asks for older messages when the first one comes near, and not before', async () => {
    const shown = await Shown.with({ entries: longThread(300), older: 'more' });
    expect(shown.asked).to.deep.equal([]);
    await shown.toTheTop();
    await shown.scrollTo(0);
    expect(shown.asked).not.to.deep.equal([]);
  });

  it('never asks for older messages when there are none', async () => {
    const shown = await Shown.with({ entries: longThread(3), older: 'none' });
    expect(shown.asked).to.deep.equal([]);
  });

  it('follows what arrives while the person is at the end', async () => {
    const entries = longThread(100);
    const shown = await Shown.with({ entries });
    shown.thread.contents = { ...shown.thread.contents, entries: [...entries, message({ id: 'msg_new' })] };
    await shown.thread.updateComplete;
    expect(atEnd()).to.equal(true); // at once: a frame later would be a jump
    await settled(shown.thread);
    expect(shown.articles.at(-1)?.id).to.equal('msg_new');
    expect(atEnd()).to.equal(true);
    expect(shown.below).to.deep.equal([]);
  });

  it('moves nothing when something arrives while the person reads further up, and says how much waits below', async () => {
    const entries = longThread(100);
    const shown = await Shown.with({ entries });
    await shown.scrollTo(page().scrollTop - 1500);
    const before = page().scrollTop;
    await shown.change({ entries: [...entries, message(), message()] });
    expect(page().scrollTop).to.equal(before);
    expect(shown.below).to.deep.equal([2]);
    shown.thread.showNewest();
    await settled(shown.thread);
    expect(atEnd()).to.equal(true);
    expect(shown.below).to.deep.equal([2, 0]);
  });

  it("tells screen readers shortly of others' messages, and not of one's own", async () => {
    const entries: ThreadEntry[] = longThread(5);
    const shown = await Shown.with({ entries });
    const region = find(shown.thread, '[role=status].vh');
    await shown.change({ entries: [...entries, ownMessage()] });
    expect(wordsOf(region)).to.equal('');
    await shown.change({ entries: [...shown.thread.contents.entries, message()] });
    expect(wordsOf(region)).to.equal('New message from Dr Amara Okafor');
    await shown.change({ entries: [...shown.thread.contents.entries, message(), message()] });
    expect(wordsOf(region)).to.equal('2 new messages');
  });

  it('announces nothing when a message that had not gone out is dropped', async () => {
    const entries = longThread(5);
    const shown = await Shown.with({ entries: [...entries, ownMessage({ delivery: { state: 'waiting' } })] });
    await shown.change({ entries });
    expect(wordsOf(find(shown.thread, '[role=status].vh'))).to.equal('');
  });

  it('does not announce older messages as new', async () => {
    const entries = longThread(50);
    const shown = await Shown.with({ entries: entries.slice(20), older: 'more' });
    await shown.change({ entries });
    expect(wordsOf(find(shown.thread, '[role=status].vh'))).to.equal('');
  });

  it('reports as read only what was on the screen to its end', async () => {
    const shown = await Shown.with({ entries: longThread(300), firstUnread: 'msg_long_100' });
    const cut = shown.articles.find((article) => article.id === 'msg_long_103');
    await shown.scrollTo(page().scrollTop + (cut?.getBoundingClientRect().bottom ?? 0) - window.innerHeight - 10);
    expect(shown.read.at(-1)).to.equal('msg_long_102');
    await shown.scrollTo(page().scrollTop + 11);
    expect(shown.read.at(-1)).to.equal('msg_long_103');
  });

  it('brings a message that is far away onto the screen and focuses it', async () => {
    const shown = await Shown.with({ entries: longThread(1_000) });
    expect(shown.thread.reveal('msg_long_10')).to.equal(true);
    await settled(shown.thread);
    expect(document.activeElement?.id).to.equal('msg_long_10');
    expect(document.activeElement?.getBoundingClientRect().top).to.be.within(0, window.innerHeight);
  });

  it('keeps the focus in the thread when the message that had it is far behind', async () => {
    const shown = await Shown.with({ entries: longThread(1_000) });
    shown.articles.at(-1)?.focus();
    await shown.toTheTop();
    expect(shown.thread.querySelector('#msg_long_999')).to.equal(null);
    expect(shown.thread.contains(document.activeElement)).to.equal(true);
    expect(document.activeElement?.getBoundingClientRect().bottom).to.be.above(0);
  });

  it('says when a message is not here yet', async () => {
    const { thread } = await Shown.with({ entries: longThread(10) });
    expect(thread.reveal('msg_elsewhere')).to.equal(false);
  });

  it('stands under a heading for each day', async () => {
    const { thread } = await Shown.with({ entries: [message({ at: new Date('2025-03-10T23:00:00Z') }), message(), message()] });
    expect([...thread.querySelectorAll('h2 .screen-only')].map(wordsOf)).to.deep.equal(['Yesterday', 'Today']);
    expect([...thread.querySelectorAll('h2 .print-only')].map(wordsOf)).to.deep.equal(['Monday 10 March', 'Tuesday 11 March']);
  });

  it('shows what was written as words, whatever it looks like', async () => {
    const text = '<img src="/vectors/none.png"><script>window.harmed = true</script> https://example.org/';
    const { articles } = await Shown.with({ entries: [message({ text })] });
    expect(wordsOf(find(articles[0] ?? document.body, '.bubble'))).to.equal(text);
    expect(articles[0]?.querySelector('img, script, a')).to.equal(null);
  });
});
