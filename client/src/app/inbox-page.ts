/** /inbox, and /conversations/ID for staff: who waits, every conversation, and the one that is open. */

import { isId, type AccountId, type ConversationId } from '../protocol/ids.ts';
import { termsToShow } from '../protocol/consentChain.ts';
import { isActive } from '../protocol/members.ts';
import type { Conversation } from '../sync/conversation.ts';
import type { ListedConversation } from '../sync/conversation-list.ts';
import { ApiError } from '../api/http.ts';
import { ProtocolError } from '../protocol/errors.ts';
import type {
  Category,
  ConversationStart,
  InboxActions,
  InboxConversation,
  InboxList,
  OpenConversation,
  WaitingQuestion,
} from '../views/models/inbox.ts';
import { InboxPage } from '../views/pages/inbox-page.ts';
import { coveredTeams } from './acting.ts';
import type { App, PageController } from './app.ts';
import { ConversationPresenter } from './conversation-model.ts';
import { newestFirst } from './home-page.ts';
import { NoConversation } from './no-conversation.ts';

class InboxController implements PageController {
  readonly element = new InboxPage();
  private list: InboxList = 'questions';
  private start: ConversationStart['state'] | null = null;
  private presenter: ConversationPresenter | null = null;

  constructor(
    private readonly app: App,
    id: string | null,
  ) {
    if (id !== null && isId(id, 'cnv')) void this.open(id);
  }

  draw(): void {
    const { app } = this;
    const { list } = app.engine;
    this.element.actions = { ...this.actions, conversation: this.presenter?.actions ?? NoConversation };
    this.element.model = {
      chrome: app.chrome('inbox'),
      loading: list.state === 'failed' ? { state: 'failed', reference: null } : { state: list.state },
      ...{ now: new Date(), zones: app.zones, clinicPhone: app.clinicPhone, list: this.list, singleKeys: app.preferences.singleKeys },
      questions: this.questions(),
      conversations: newestFirst(list.conversations).map((listed) => this.row(listed)),
      open: this.opened(),
      covering: coveredTeams([...app.engine.teams.chains.values()], app.engine.session.account, new Date()),
      start: this.start === null ? null : { state: this.start, patients: this.mayStartWith().map((account) => app.people.patient(account)) },
    };
  }

  async stop(): Promise<void> {
    await this.app.engine.close();
  }

  private readonly actions: Omit<InboxActions, 'conversation'> = {
    chrome: this.app.chromeActions,
    tryAgain: () => void this.app.engine.list.load(),
    showList: (list) => {
      this.list = list;
      this.draw();
    },
    openQuestion: (question, conversation) => void this.openAt(conversation as ConversationId, question),
    openConversation: (conversation) => void this.open(conversation as ConversationId),
    closeConversation: () => void this.close(),
    beginStart: () => {
      this.start = 'idle';
      this.draw();
    },
    cancelStart: () => {
      this.start = null;
      this.draw();
    },
    startConversation: (patient, name) => void this.begin(patient as AccountId, name),
  };

  private async open(id: ConversationId): Promise<void> {
    this.presenter = null;
    const opening = this.app.engine.open(id, 'answer');
    history.replaceState(null, '', `/conversations/${id}`);
    this.draw();
    await opening.catch(() => undefined);
    this.draw();
  }

  private async openAt(id: ConversationId, question: string): Promise<void> {
    await this.open(id);
    this.presenter?.actions.goTo(question);
  }

  private async close(): Promise<void> {
    this.presenter = null;
    history.replaceState(null, '', '/inbox');
    await this.app.engine.close();
    this.draw();
  }

  private async begin(patient: AccountId, name: string): Promise<void> {
    this.start = 'working';
    this.draw();
    try {
      const id = await this.app.engine.writer.create(patient, name.trim() === '' ? null : name.trim());
      this.start = null;
      await this.app.engine.list.load();
      await this.open(id);
    } catch (error) {
      this.start = error instanceof ApiError || error instanceof ProtocolError ? 'refused' : 'unreachable';
      this.draw();
    }
  }

  private opened(): OpenConversation | null {
    const conversation = this.app.engine.openConversation;
    if (!conversation) return null;
    this.presenter ??= this.presenterOf(conversation);
    const model = this.presenter.model;
    const patient = conversation.readable?.control.patient ?? this.patientOf(conversation);
    return {
      conversation: model,
      context: {
        patient: this.app.people.patient(patient),
        profile: this.app.people.profile(patient),
        questions: this.questions().filter((question) => question.patient.account === patient),
        readers: model.closed ? null : model.readers,
      },
    };
  }

  private presenterOf(conversation: Conversation): ConversationPresenter {
    return new ConversationPresenter(this.app, conversation, () => { this.draw(); });
  }

  private patientOf({ id }: Conversation): AccountId {
    const listed = this.app.engine.list.conversations.find((one) => one.id === id);
    return listed?.row?.patient ?? this.app.engine.session.account;
  }

  private row({ id, row, readable, fault }: ListedConversation): InboxConversation {
    const patient = readable?.control.patient ?? row?.patient ?? this.app.engine.session.account;
    return {
      id,
      patient: this.app.people.patient(patient),
      name: readable?.name ?? null,
      lastAt: row?.last_received ? new Date(row.last_received) : null,
      unread: row ? Math.max(0, row.last_sequence - row.read) : 0,
      openQuestions: row?.open_questions.length ?? 0,
      waiting: this.app.engine.unsent.filter(({ conversation }) => conversation === id).length,
      alarm: fault !== null,
    };
  }

  private questions(): readonly WaitingQuestion[] {
    return this.app.engine.list.questions.map(({ id, conversation, patient, category, urgency, received, acknowledged }) => ({
      ...{ id, conversation, acknowledged },
      patient: this.app.people.patient(patient),
      category: category as Category | null,
      urgent: urgency === 'urgent',
      askedAt: new Date(received),
    }));
  }

  /** Patients whose consent lets this person, or a team of theirs, begin a conversation. */
  private mayStartWith(): readonly AccountId[] {
    const { engine } = this.app;
    const now = new Date().toISOString();
    return engine.patients.all.map(({ account }) => account).filter((account) => {
      return termsToShow(engine.directory.consentsNow(account)).some(({ grantee, ...consent }) => {
        const mine = isId(grantee, 'tea') ? engine.teams.reads(grantee) : grantee === engine.session.account;
        return mine && consent.may_open && isActive({ grantee, ...consent }, 'all', now);
      });
    });
  }
}

export function inboxPage(app: App, [id = null]: readonly (string | null)[]): PageController {
  return new InboxController(app, id);
}
