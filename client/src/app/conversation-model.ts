/** A conversation as its view shows it, and what can be done in it. */

import { MAX_BODY_BYTES } from '../protocol/message.ts';
import type { MessageId } from '../protocol/ids.ts';
import { changedAccounts, LARGEST_CLOCK_DIFFERENCE, type SendBlock as EngineBlock } from '../sync/blocks.ts';
import type { Conversation } from '../sync/conversation.ts';
import type { Written } from '../sync/outbox.ts';
import { Unreachable } from '../api/http.ts';
import type { ConversationActions, ConversationAlarm, ConversationModel, Typing } from '../views/models/conversation.ts';
import type { Draft, SendBlock } from '../views/models/composer.ts';
import type { App } from './app.ts';
import { Asks } from './asks.ts';
import { accountOf } from './people.ts';
import { ReadersModel } from './readers-model.ts';
import { ReadersSeen } from './readers-seen.ts';
import { entryId, sequenceOf, ThreadModel } from './thread-model.ts';
import type { MessageThread } from '../views/parts/thread.ts';
import type { ThreadEntry, QuestionLink } from '../views/models/thread.ts';
import { currentLanguage, t } from '../views/words.ts';

interface ShownThread {
  readonly state: string;
  readonly entries: readonly ThreadEntry[];
  readonly firstUnread: string | null;
  readonly openQuestions: readonly QuestionLink[];
}

/** JSON around the text, and characters that take more room escaped. */
const ROOM_AROUND_TEXT = 200;
const EMPTY: Draft = { text: '', kind: 'question', mode: 'plain', question: null };
const MINUTE = 60_000;

export class ConversationPresenter {
  private draft: Draft;
  private block: SendBlock | null = null;
  private renaming: ConversationModel['renaming'] = 'idle';
  private readonly insisted = new Set<string>();
  private readonly checking = new Set<string>();
  private readonly readers: ReadersModel;
  private readonly asks: Asks;
  private shown: ShownThread | null = null;

  constructor(
    private readonly app: App,
    private readonly conversation: Conversation,
    private readonly changed: () => void,
  ) {
    this.draft = conversation.draft ? (conversation.draft as unknown as Draft) : this.emptyDraft();
    const seen = new ReadersSeen(app.engine.session.store, conversation.id, changed);
    this.readers = new ReadersModel(app.engine, app.people, changed, seen);
    this.asks = new Asks(app.engine, app.people, changed);
    conversation.watch(changed);
  }

  get model(): ConversationModel {
    const { app, conversation } = this;
    const { engine } = app;
    const thread = this.thread();
    const patient = conversation.readable?.control.patient ?? engine.session.account;
    return {
      ...{ face: app.face, emergency: { number: app.shell.emergencyNumber }, now: new Date(), zones: app.zones, clinicPhone: app.clinicPhone },
      loading: loadingOf(conversation),
      closed: conversation.state === 'closed',
      id: conversation.id,
      name: conversation.readable?.name ?? null,
      renaming: this.renaming,
      patient: app.people.person(patient),
      readers: this.readers.of(conversation.readable),
      alarms: this.alarms(),
      entries: thread.entries,
      older: conversation.older,
      firstUnread: thread.firstUnread,
      typing: this.typing(),
      askChoices: this.asks.choices,
      composer: {
        draft: this.draft,
        openQuestions: app.face === 'staff' ? thread.openQuestions : [],
        connection: engine.connection === 'online' ? 'online' : 'offline',
        blocked: this.blocked(),
        maxBytes: MAX_BODY_BYTES - ROOM_AROUND_TEXT,
      },
    };
  }

  readonly actions: ConversationActions = {
    tryAgain: () => void this.conversation.open('read'),
    loadOlder: () => void this.conversation.loadOlder(),
    markRead: (entry) => { this.markRead(entry); },
    send: (draft) => void this.send(draft),
    keepDraft: (draft) => { this.keepDraft(draft); },
    tellTyping: (typing) => { this.app.engine.tellTyping(typing); },
    sendAgain: (entry) => void this.app.engine.sendAgain(entry as MessageId),
    discard: (entry) => void this.discard(entry as MessageId),
    takeBack: (entry) => void this.sendAbout({ takesBack: entry as MessageId, body: { type: 'retraction' } }),
    correct: (entry, text, reason) => void this.sendAbout({ corrects: entry as MessageId, body: { type: 'correction', text, reason } }),
    checkAgain: (entry) => void this.checkAgain(entry),
    showAnyway: (entry) => {
      this.insisted.add(entry);
      this.changed();
    },
    rename: (name) => void this.rename(name),
    markCompared: (person) => void this.acknowledge(person, true),
    reportDifferent: (person) => void this.distrust(person),
    acknowledgeKeyChange: (person) => void this.acknowledge(person, false),
    goTo: (entry) => void this.goTo(entry),
    loadAskChoices: () => void this.asks.loadChoices(),
    ask: (asked, text) => void this.sendAbout({ body: this.asks.bodyOf(asked, text) }),
    decide: (asked) => { this.app.decide(asked); },
    sayNotNow: (entry) => void this.sendAbout({ answers: [entry as MessageId], body: { type: 'text', text: t('ask.not_now_words') } }),
  };

  /** What the thread shows; made again only when something that it shows has changed. */
  private thread(): ShownThread {
    const { app, conversation, insisted, checking, asks } = this;
    const { engine } = app;
    const offline = engine.connection === 'offline';
    const state = [conversation.revision, engine.patients.changes, app.told?.changes, insisted.size, checking.size, asks.changes, offline, currentLanguage()].join();
    if (this.shown?.state === state) return this.shown;
    const model = new ThreadModel({ conversation, people: app.people, me: engine.session.account, insisted, checking, asks, offline, told: app.told?.known ?? [] });
    this.shown = { state, entries: model.entries(), firstUnread: model.firstUnread(), openQuestions: model.openQuestions() };
    return this.shown;
  }

  private emptyDraft(): Draft {
    return this.app.face === 'patient' ? EMPTY : { ...EMPTY, kind: 'update' };
  }

  private keepDraft(draft: Draft): void {
    this.draft = draft;
    const value = draft.text === '' ? null : { ...draft };
    void this.app.engine.drafts.set(this.conversation.id, value).then(
      () => { this.block = null; },
      () => { this.full(); },
    );
  }

  private async send(draft: Draft): Promise<void> {
    const question = draft.question as MessageId | null;
    const named = (mode: Draft['mode']): readonly MessageId[] => (draft.mode === mode && question ? [question] : []);
    const written: Partial<Written> = { kind: draft.kind, answers: named('answers'), acknowledges: named('acknowledges') };
    if (!(await this.sendAbout({ ...written, body: { type: 'text', text: draft.text } }, true))) return;
    // Somebody who writes on while the message is being kept has a new draft already.
    if (this.draft.text.trim() === draft.text) this.draft = this.emptyDraft();
    else this.keepDraft(this.draft);
    this.changed();
  }

  /** Whether it is kept on this device and on its way. */
  private async sendAbout(written: Partial<Written> & Pick<Written, 'body'>, endsDraft = false): Promise<boolean> {
    const plain = { kind: 'update', category: null, urgency: 'ordinary', answers: [], acknowledges: [], corrects: null, takesBack: null } as const;
    try {
      await this.app.engine.send(this.conversation.id, { ...plain, ...written }, endsDraft);
      return true;
    } catch {
      this.full();
      return false;
    }
  }

  private full(): void {
    this.block = 'device_full';
    this.changed();
  }

  private async discard(id: MessageId): Promise<void> {
    const item = this.conversation.waiting.find((one) => one.id === id);
    if (!(await this.app.engine.discard(id)) || !item || !('text' in item.body)) return;
    // What was written comes back into the field, where it can be taken out or sent another way.
    if (this.draft.text === '') this.keepDraft({ ...this.draft, kind: item.kind, text: item.body.text });
    this.changed();
  }

  private markRead(entry: string): void {
    const sequence = sequenceOf(this.conversation, entry);
    if (sequence !== null) void this.conversation.markRead(sequence);
  }

  private async checkAgain(entry: string): Promise<void> {
    this.checking.add(entry);
    this.changed();
    try {
      await this.conversation.judgeAgain();
    } catch (error) {
      if (!(error instanceof Unreachable)) throw error;
    } finally {
      this.checking.delete(entry);
      this.changed();
    }
  }

  private async rename(name: string): Promise<void> {
    const { readable } = this.conversation;
    if (!readable) return;
    this.renaming = 'working';
    this.changed();
    try {
      this.conversation.renew(await this.app.engine.writer.rename(readable, name));
      this.renaming = 'idle';
      void this.app.engine.list.load();
    } catch {
      this.renaming = 'failed';
    }
    this.changed();
  }

  private async acknowledge(person: string, compared: boolean): Promise<void> {
    await this.app.engine.acknowledge(accountOf(person), compared);
    this.changed();
  }

  private async distrust(person: string): Promise<void> {
    await this.app.engine.directory.distrust(accountOf(person));
    this.app.toast(t('safety.reported'));
    this.changed();
  }

  /** Loads what lies between, then brings the entry on the screen. */
  private async goTo(entry: string): Promise<void> {
    const { conversation } = this;
    while (!conversation.thread.messages.some((message) => entryId(message) === entry) && conversation.older === 'more') {
      await conversation.loadOlder();
    }
    this.changed();
    requestAnimationFrame(() => document.querySelector<MessageThread>('message-thread')?.reveal(entry));
  }

  private alarms(): readonly ConversationAlarm[] {
    const { conversation, app } = this;
    const { engine } = app;
    const alarms: ConversationAlarm[] = [];
    if (conversation.fault === 'readers_invalid') alarms.push({ what: 'readers_invalid' });
    if (conversation.fault === 'rolled_back') alarms.push({ what: 'rolled_back' });
    if (app.engine.logUnchecked) alarms.push({ what: 'log_unreachable' });
    const ahead = Math.abs(engine.clockAhead ?? 0);
    if (ahead > LARGEST_CLOCK_DIFFERENCE) alarms.push({ what: 'clock', minutes: Math.round(ahead / MINUTE) });
    const changed = conversation.readable ? changedAccounts(conversation.readable, engine.directory) : [];
    alarms.push(...changed.map((account) => ({ what: 'key_changed', who: app.people.person(account) }) as const));
    return alarms;
  }

  private typing(): Typing {
    const { typing } = this.conversation;
    if (typing.team) return { who: 'team' };
    const own = this.app.engine.session.account; // on another device, or the echo of this one
    const names = typing.people.filter((account) => account !== own).map((account) => this.app.people.person(account).name);
    return names.length > 0 ? { who: 'people', names } : null;
  }

  private blocked(): SendBlock | null {
    if (this.block) return this.block;
    const { conversation } = this;
    if (conversation.fault) return conversation.fault;
    const block = this.app.engine.blockOf(conversation);
    return block && BLOCK_WORDS[block];
  }
}

function loadingOf({ state }: Conversation): ConversationModel['loading'] {
  if (state === 'failed') return { state, reference: null };
  return { state: state === 'closed' ? 'ready' : state };
}

const BLOCK_WORDS: Record<EngineBlock, SendBlock> = {
  alarm: 'log_forked',
  clock: 'clock',
  key_changed: 'key_changed',
  not_a_reader: 'not_a_reader',
  waiting_for_key: 'waiting_for_key',
};
