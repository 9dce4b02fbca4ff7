/** /home: a patient's questions and conversations. */

import type { TeamId } from '../protocol/ids.ts';
import { isId } from '../protocol/ids.ts';
import { termsToShow } from '../protocol/consentChain.ts';
import { isActive } from '../protocol/members.ts';
import { readersAt, runningGeneration } from '../protocol/teamChain.ts';
import { coveredAccounts } from '../sync/blocks.ts';
import type { ListedConversation } from '../sync/conversation-list.ts';
import type { HomeActions, HomeModel, ConversationRow, OwnQuestion } from '../views/models/home.ts';
import type { TeamCard } from '../views/models/join.ts';
import type { ToldEmergency } from '../views/models/told-emergency.ts';
import { HomePage } from '../views/pages/home-page.ts';
import type { App, PageController } from './app.ts';
import { ClinicCodeCheck } from './clinic-code-check.ts';
import { toldEmergency } from './told-emergency.ts';

class HomeController implements PageController {
  readonly element = new HomePage();
  private starting: HomeModel['starting'] = 'idle';
  private readonly codeCheck: ClinicCodeCheck;

  constructor(private readonly app: App) {
    this.codeCheck = new ClinicCodeCheck(app.engine.session, () => { this.draw(); });
    this.element.actions = this.actions;
  }

  draw(): void {
    const { app } = this;
    const { list } = app.engine;
    this.element.model = {
      chrome: app.chrome('messages'),
      loading: list.state === 'failed' ? { state: 'failed', reference: null } : { state: list.state },
      ...{ now: new Date(), zones: app.zones, clinicPhone: app.clinicPhone, starting: this.starting },
      questions: this.questions(),
      conversations: newestFirst(list.conversations).map((listed) => this.row(listed)),
      team: this.team(),
      emergencies: this.emergencies(),
      doubtfulEmergencies: app.told?.doubtful.length ?? 0,
      clinicCodeUnchecked: this.codeCheck.isOpen,
    };
  }

  stop(): void {
    this.codeCheck.stop();
  }

  private readonly actions: HomeActions = {
    chrome: this.app.chromeActions,
    tryAgain: () => void this.app.engine.list.load(),
    startConversation: (name) => void this.start(name),
    openConversation: (id) => { this.app.navigate(`/conversations/${id}`); },
    compareClinicCode: () => void this.codeCheck.compared(),
  };

  private async start(name: string): Promise<void> {
    this.starting = 'working';
    this.draw();
    try {
      const { writer, session, emergencyKeys } = this.app.engine;
      const id = await writer.create(session.account, name.trim() === '' ? null : name.trim());
      // What fails here is made with the first message.
      await emergencyKeys.tendOne(id).catch(() => undefined);
      this.starting = 'idle';
      this.draw();
      void this.app.engine.list.load();
      this.app.navigate(`/conversations/${id}`);
    } catch {
      this.starting = 'unreachable';
      this.draw();
    }
  }

  private row({ id, row, readable, fault }: ListedConversation): ConversationRow {
    const { app } = this;
    const me = app.engine.session.account;
    const people = readable ? coveredAccounts(readable).filter((account) => account !== me) : [];
    return {
      id,
      name: readable?.name ?? null,
      people: people.map((account) => app.people.person(account)),
      lastAt: row?.last_received ? new Date(row.last_received) : null,
      unread: row ? Math.max(0, row.last_sequence - row.read) : 0,
      waiting: this.app.engine.unsent.filter(({ conversation }) => conversation === id).length,
      alarm: fault !== null,
    };
  }

  private emergencies(): readonly ToldEmergency[] {
    const { engine, people, told } = this.app;
    const names = new Map(engine.list.conversations.map(({ id, readable }) => [id, readable?.name ?? null]));
    return (told?.known ?? []).map((known) => toldEmergency(known, people, names.get(known.emergency.request.conversation) ?? null, new Date()));
  }

  private questions(): readonly OwnQuestion[] {
    return this.app.engine.list.conversations.flatMap(({ id, row, readable }) =>
      (row?.open_questions ?? []).map((question) => ({
        id: question.id,
        conversation: id,
        conversationName: readable?.name ?? null,
        askedAt: new Date(question.received),
        // Who has seen it stands in the thread, where opening it is logged; the list says only that it waits.
        state: { state: 'open' },
      })),
    );
  }

  /** The team that the newest consent names. */
  private team(): TeamCard | null {
    const { engine, people } = this.app;
    const consents = termsToShow(engine.directory.consentsNow(engine.session.account));
    const now = new Date().toISOString();
    const teams = consents.filter((consent) => isActive(consent, 'all', now)).map(({ grantee }) => grantee);
    const id = teams.find((grantee): grantee is TeamId => isId(grantee, 'tea'));
    const team = id && engine.teams.chains.get(id);
    if (!team || !runningGeneration(team)) return null;
    return { name: team.name, members: readersAt(team, now).map((account) => people.person(account)) };
  }
}

export function newestFirst(listed: readonly ListedConversation[]): readonly ListedConversation[] {
  const at = ({ row }: ListedConversation): string => row?.last_received ?? row?.created ?? '';
  return [...listed].sort((one, other) => (at(one) < at(other) ? 1 : -1));
}

export function homePage(app: App): PageController {
  return new HomeController(app);
}
