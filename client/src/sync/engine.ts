/**
 * Longer than most: it wires every part of the client. The client behind the pages: everything between what a person does and what the server is told.
 *
 * A page calls `arrive()` (resume.ts) or signs in (sign-in.ts, enrolment.ts) and, once somebody is in, `Engine.start(session)`. What it then shows comes from:
 *
 * - `engine` itself: `connection`, `alarm` (everything stops), `ended` (the session is over), `clockAhead`; watch it with `engine.watch(…)`;
 * - `engine.list`: every conversation with its verified name and readers, and the unanswered questions of the inbox; never a word of a message;
 * - `engine.open(id, purpose)`: a `Conversation`, opened by a signed request that is in the log before anything is served. Its `thread.messages` are judged
 *   messages, oldest first; `waiting` is what was written here and has not gone out; `fault` says what is wrong with its readers;
 * - `engine.patients`: profiles this browser opened; `engine.directory`: names on cards, key standing (`standing(account)`), consents, safety codes' keys;
 * - `engine.teams`: verified care teams.
 *
 * Everything that is written goes through `engine.send`, `sendAgain`, `discard`: the message is encrypted on this device before the promise settles, and goes out
 * exactly once. `engine.blockOf(conversation)` says what a person has to look at before anything is sent. `lock` and `signOut` end here; the page goes to
 * `/sign-in` afterwards, and what was in memory goes with it.
 */

import { getService, type Service } from '../api/doors.ts';
import { ApiError, Unreachable } from '../api/http.ts';
import type { LiveListeners } from '../api/live.ts';
import type { TabNews } from '../keystore/tabs.ts';
import { TabChannel } from '../keystore/tabs.ts';
import type { AccountId, ConversationId, MessageId, TeamId } from '../protocol/ids.ts';
import type { OpenPurpose } from '../protocol/kinds/access.ts';
import { ProtocolError } from '../protocol/errors.ts';
import { CARE_STAFF } from '../protocol/kinds/invitation.ts';
import { Alarm, type AlarmCause } from './alarm.ts';
import { Administration } from './administration.ts';
import { sendBlock, type SendBlock } from './blocks.ts';
import { Consents } from './consents.ts';
import { ControlReader, type ReadableConversation } from './control-reader.ts';
import { ControlWriter } from './control-writer.ts';
import { Conversation } from './conversation.ts';
import { ConversationList } from './conversation-list.ts';
import { Deliveries } from './deliveries.ts';
import type { DeviceSession } from './device-session.ts';
import { Directory } from './directory.ts';
import { Drafts } from './drafts.ts';
import { EmergencyChoosing } from './emergency-choice.ts';
import { EmergencyKeys } from './emergency-keys.ts';
import { EpochRenewal } from './epoch-renewal.ts';
import type { Ground } from './ground.ts';
import { LiveLine } from './live-line.ts';
import { News } from './news.ts';
import { Observable } from './observable.ts';
import { Outbox, type OutboxItem, type Written } from './outbox.ts';
import { Patients } from './patients.ts';
import { TeamPeople } from './team-people.ts';
import { CareTeams } from './teams.ts';
import { Verifier } from './verifier.ts';
import { logViewed } from './viewed.ts';
import { Witness } from './witness.ts';

export type Connection = 'online' | 'offline' | 'reconnecting';

const LOOK_AT_LOG_EVERY = 5 * 60 * 1000;
/** Over how many milliseconds the clients of a service spread their questions after it missed something. */
const SPREAD = 2000;

export class Engine extends Observable {
  connection: Connection = navigator.onLine ? 'reconnecting' : 'offline';
  /** What this device remembers does not fit what the service says: nothing is sent, and the page says so. */
  alarm: AlarmCause | null = null;
  /** Why the session is over; the page goes to the door. */
  ended: 'revoked' | 'expired' | 'locked' | 'signed-out' | null = null;
  /** Milliseconds by which this device's clock is ahead of the service's. */
  clockAhead: number | null = null;
  /** Another tab of this account was used. */
  onActiveElsewhere: () => void = () => undefined;
  readonly list: ConversationList;
  readonly patients: Patients;
  readonly drafts: Drafts;
  readonly administration: Administration;
  readonly teamPeople: TeamPeople;
  readonly renewal: EpochRenewal;
  readonly consents: Consents;
  readonly emergencyChoice: EmergencyChoosing;
  /** An emergency that concerns this person was asked for, released, used, ended or closed. */
  readonly emergencyNews = new News();
  /** The service would not show the log's head when it was asked last. */
  logUnchecked = false;
  /** Everything on this device that has not gone out, as last looked at. */
  unsent: readonly OutboxItem[] = [];
  private readonly ground: Ground;
  private readonly deliveries: Deliveries;
  private readonly tabs: TabChannel;
  private current: Conversation | null = null;
  private wasConnected = false;
  private logTimer: ReturnType<typeof setInterval> | null = null;

  private constructor(
    /** Replaced when a new password or recovery code made a new vault. */
    public session: DeviceSession,
    witness: Witness,
  ) {
    super();
    const directory = new Directory(session);
    const teams = new CareTeams(session, directory);
    const reader = new ControlReader(session, directory, teams);
    const writer = new ControlWriter(session, directory, teams, reader);
    const emergencyKeys = new EmergencyKeys({ session, directory, writer });
    const outbox = new Outbox(session.store);
    const live = new LiveLine(this.listeners());
    const verifier = new Verifier();
    const trouble = (error: unknown): void => { this.meet(error); };
    const readTo: Ground['readTo'] = (conversation, delivered, read) => {
      this.list.hearReceipt({ conversation, account: session.account, delivered, read });
    };
    const clockAhead = (): number | null => this.clockAhead;
    this.ground = { session, directory, teams, reader, writer, emergencyKeys, verifier, witness, outbox, live, trouble, readTo, clockAhead };
    this.list = new ConversationList(this.ground, CARE_STAFF.has(session.role));
    this.patients = new Patients(this.ground);
    this.drafts = new Drafts(session.store);
    this.administration = new Administration(session, directory, teams);
    this.teamPeople = new TeamPeople(session, teams, this.administration);
    this.renewal = new EpochRenewal(this.ground, this.list);
    this.consents = new Consents(this.ground);
    this.emergencyChoice = new EmergencyChoosing(this.consents, emergencyKeys);
    this.tabs = new TabChannel(session.label, (news) => { this.hearTab(news); });
    this.deliveries = new Deliveries(this.ground, {
      open: () => this.current,
      block: (read) => Promise.resolve(this.blockFor(read)),
      told: (conversation) => {
        this.tabs.tell({ what: 'outbox', conversation });
        void this.lookAtOutbox();
      },
    });
    void this.lookAtOutbox();
  }

  /** @throws Alarm `log_key_changed` */
  static async start(session: DeviceSession): Promise<Engine> {
    const engine = new Engine(session, await Witness.start(session));
    addEventListener('online', () => void engine.connect());
    addEventListener('offline', () => { engine.setConnection('offline'); });
    void engine.connect();
    return engine;
  }

  get directory(): Directory {
    return this.ground.directory;
  }

  get teams(): CareTeams {
    return this.ground.teams;
  }

  get witness(): Witness {
    return this.ground.witness;
  }

  get verifier(): Verifier {
    return this.ground.verifier;
  }

  get writer(): ControlWriter {
    return this.ground.writer;
  }

  get emergencyKeys(): EmergencyKeys {
    return this.ground.emergencyKeys;
  }

  /** The conversation that is open on this page. */
  get openConversation(): Conversation | null {
    return this.current;
  }

  /** Opens a conversation, leaving the one before. The request is signed and logged; what it is for is said in it. */
  async open(id: ConversationId, purpose: OpenPurpose): Promise<Conversation> {
    if (this.current) await this.close();
    const conversation = new Conversation(id, this.ground, await this.drafts.get(id));
    this.current = conversation;
    this.changed();
    await this.prepared;
    await conversation.open(purpose);
    return conversation;
  }

  /** Leaves the open conversation: the stretch that was seen is told. */
  async close(): Promise<void> {
    const conversation = this.current;
    this.current = null;
    this.changed();
    await conversation?.leave();
  }

  /** Keeps a message on this device, encrypted, in place of its draft if it had one, and sends it as soon as that can be. @throws DOMException when the device is full */
  async send(conversation: ConversationId, written: Written, endsDraft: boolean): Promise<OutboxItem> {
    if (endsDraft) await this.drafts.settled();
    return this.deliveries.send(conversation, written, endsDraft);
  }

  /** Tries a message again that had failed. */
  sendAgain(id: MessageId): Promise<void> {
    return this.deliveries.sendAgain(id);
  }

  /** Drops a message that has not gone out. One that may have reached the server cannot be dropped, only sent. */
  discard(id: MessageId): Promise<boolean> {
    return this.deliveries.discard(id);
  }

  /** Everything on this device that has not gone out. */
  waiting(): Promise<readonly OutboxItem[]> {
    return this.ground.outbox.list();
  }

  /** Sends what waits everywhere; whether all of it went out. */
  sendWaiting(): Promise<boolean> {
    return this.deliveries.drainAll();
  }

  /** The person has looked at somebody's keys: what waits for that goes out. */
  async acknowledge(account: AccountId, compared: boolean): Promise<void> {
    await this.ground.directory.acknowledge(account, compared);
    this.changed();
    await this.deliveries.drainAll();
  }

  tellTyping(typing: boolean): void {
    if (this.current && !this.current.kept) this.ground.live.typing(this.current.id, typing);
  }

  /** What a person has to look at before anything is sent in the open conversation. */
  blockOf(conversation: Conversation): SendBlock | null {
    return conversation.readable ? this.blockFor(conversation.readable) : null;
  }

  /** Settles once teams and log have been looked at, or could not be. */
  get ready(): Promise<void> {
    return this.prepared;
  }

  /** What the service says of itself, asked anew each time. */
  service(): Promise<Service> {
    return getService();
  }

  /** Stops everything on this page: before locking and signing out. */
  async stop(): Promise<void> {
    this.deliveries.stop();
    if (this.logTimer !== null) clearInterval(this.logTimer);
    await this.close().catch(() => undefined);
    await this.drafts.settled();
    await this.session.pins.save().catch(() => undefined);
    this.ground.live.close();
    this.ground.verifier.stop();
    this.tabs.close();
  }

  /** Tells the other tabs of this account. */
  tell(news: TabNews): void {
    this.tabs.tell(news);
  }

  /** Everything a page needs first: teams, and the log only having grown. Opening waits for it. */
  private prepared: Promise<void> = Promise.resolve();

  private async connect(): Promise<void> {
    this.setConnection('reconnecting');
    this.prepared = this.prepare();
    await this.prepared;
    await this.ground.live.connect();
    this.logTimer ??= setInterval(() => void this.lookAtLog(), LOOK_AT_LOG_EVERY);
    void this.list.load();
  }

  private async prepare(): Promise<void> {
    try {
      await this.ground.directory.recall();
      await this.checkAll();
      // Nothing is sealed for anybody while something does not fit.
      if (this.alarm) return;
      this.giveNewEpochs(await this.administration.tendTeams());
      if (this.session.role === 'patient') await this.ground.directory.consents(this.session.account);
      this.tendEmergencyKeys();
      await logViewed(this.ground.session);
    } catch (error) {
      this.meet(error);
    }
  }

  /** Each check for itself: a server that refuses one answer keeps no other from being made, nor its alarm from being heard. */
  private async checkAll(): Promise<void> {
    const { teams, directory } = this.ground;
    const checks = [teams.load(), this.checkClock(), this.lookAtLog(), directory.refresh(this.session.account)];
    for (const outcome of await Promise.allSettled(checks)) if (outcome.status === 'rejected') this.meet(outcome.reason);
  }

  private async lookAtLog(): Promise<void> {
    try {
      await this.ground.witness.check();
      this.logUnchecked = false;
    } catch (error) {
      // Refused by the service, not by the line: whoever hides the log is to be seen hiding it.
      if (error instanceof ApiError) this.logUnchecked = true;
      this.meet(error);
    }
    this.changed();
  }

  private async lookAtOutbox(): Promise<void> {
    this.unsent = await this.waiting();
    this.changed();
  }

  private async checkClock(): Promise<void> {
    const asked = Date.now();
    const { now } = await this.service();
    this.clockAhead = (asked + Date.now()) / 2 - Date.parse(now);
    this.changed();
  }

  private blockFor(read: ReadableConversation): SendBlock | null {
    const goneBack = this.current?.id === read.control.conversation && this.current.endsEarly;
    const weather = { alarm: this.alarm !== null || goneBack, clockAhead: this.clockAhead, me: this.session.account };
    return sendBlock(read, this.ground.directory, weather);
  }

  private setConnection(connection: Connection): void {
    this.connection = connection;
    this.changed();
  }

  /** What goes wrong beside a page's own work: an alarm, a session that has ended, a connection that is gone. */
  meet(error: unknown): void {
    if (error instanceof Alarm) this.alarm = error.alarm;
    else if (error instanceof ApiError && error.status === 401) this.ended ??= 'expired';
    else if (error instanceof Unreachable) this.connection = navigator.onLine ? 'reconnecting' : 'offline';
    else if (!(error instanceof ApiError)) reportError(error);
    this.changed();
  }

  private listeners(): LiveListeners {
    const open = (id: ConversationId): Conversation | null => (this.current?.id === id ? this.current : null);
    const attend = (work: Promise<unknown> | undefined): void => { work?.catch((error: unknown) => { this.meet(error); }); };
    return {
      connected: () => { this.connected(); },
      disconnected: () => { this.setConnection(navigator.onLine ? 'reconnecting' : 'offline'); },
      'message:new': (event) => { attend(open(event.conversation)?.hear(event)); },
      'conversations:changed': ({ changed }) => {
        for (const change of changed) attend(open(change.conversation)?.hearChange(change));
        attend(this.list.load());
      },
      'conversation:closed': ({ conversation }) => {
        open(conversation)?.hearClosed();
        attend(this.list.load());
      },
      'receipt:changed': (event) => {
        open(event.conversation)?.hearReceipt(event);
        this.list.hearReceipt(event);
      },
      'typing:changed': ({ conversation, account, typing }) => { open(conversation)?.typing.hear(account, typing); },
      'message:erased': (event) => { attend(open(event.conversation)?.hearErased(event)); },
      'team:changed': () => { attend(this.teamsChanged()); },
      'emergency:changed': () => {
        this.emergencyNews.heard();
        // A key that was used is left out of what is written next, until there is another.
        this.tendEmergencyKeys();
      },
      'events:missed': () => {
        // Everybody is told at the same moment, and had better not ask at the same moment.
        setTimeout(() => {
          attend(this.teamsChanged());
          this.emergencyNews.heard();
          attend(this.current?.reconnect());
        }, Math.random() * SPREAD);
      },
      'session:ended': () => {
        this.ended ??= 'revoked';
        this.changed();
      },
    };
  }

  private connected(): void {
    // What happened between two connections may be an older log, other teams or another clock.
    if (this.wasConnected) this.prepared = this.prepare();
    this.wasConnected = true;
    this.setConnection('online');
    this.current?.reconnect().catch((error: unknown) => { this.meet(error); });
    void this.list.load();
    this.emergencyNews.heard();
    void this.deliveries.drainAll();
  }

  private async teamsChanged(): Promise<void> {
    await this.ground.teams.load();
    this.current?.hearTeams();
    if (!this.alarm) this.giveNewEpochs(await this.administration.tendTeams());
    await this.list.load();
    this.changed();
  }

  /** Beside everything else: pages need not wait for it. */
  private giveNewEpochs(teams: readonly TeamId[]): void {
    this.renewal.run(teams).catch((error: unknown) => { this.meet(error); });
  }

  /** Beside everything else; what cannot be made now is made by the next message, or when the patient is here again. */
  private tendEmergencyKeys(): void {
    this.emergencyKeys.tend().catch((error: unknown) => { if (!(error instanceof ProtocolError)) this.meet(error); });
  }

  private hearTab(news: TabNews): void {
    if (news.what === 'locked' || news.what === 'signed-out') this.ended ??= news.what;
    if (news.what === 'active') this.onActiveElsewhere();
    if (news.what === 'pins') void this.session.pins.refresh();
    if (news.what === 'outbox') void this.lookAtOutbox();
    if (news.what === 'outbox' && this.current?.id === news.conversation) void this.current.refreshWaiting();
    this.changed();
  }
}
