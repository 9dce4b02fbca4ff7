/** /who-can-read: a patient's agreements, and changing them. */

import { Unreachable } from '../api/http.ts';
import { changeOf } from '../protocol/consentChange.ts';
import { ProtocolError } from '../protocol/errors.ts';
import { type ConsentId, type GranteeId } from '../protocol/ids.ts';
import { CopyDiffers, copyOfDecisions } from '../sync/consent-copy.ts';
import { EarlierNotOpened, type Progress } from '../sync/consents.ts';
import type { AskedTerms } from '../views/models/ask.ts';
import type { Copying, Deed, GranteeChoice, Terms, WhoCanReadActions, WhoCanReadModel } from '../views/models/who-can-read.ts';
import { WhoCanReadPage } from '../views/pages/who-can-read-page.ts';
import type { App, PageController } from './app.ts';
import { granteeChoices } from './grantee-choices.ts';
import { GrantsModel, namedAccounts, protocolTerms } from './grants-model.ts';
import { accountOf } from './people.ts';
import { saveFile } from './save-file.ts';

class WhoCanReadController implements PageController {
  readonly element = new WhoCanReadPage();
  private loading: WhoCanReadModel['loading'] = { state: 'loading' };
  private deed: Deed = { state: 'idle' };
  private copying: Copying = { state: 'idle' };
  private choices: readonly GranteeChoice[] = [];
  private readonly asked: AskedTerms | null;
  private readonly grants: GrantsModel;

  constructor(private readonly app: App) {
    this.grants = new GrantsModel(app.engine, app.people);
    this.asked = app.takeAsked();
    this.element.actions = this.actions;
    void this.load();
  }

  draw(): void {
    const { app, grants, loading, deed, copying } = this;
    const now = new Date();
    this.element.model = {
      ...{ chrome: app.chrome('who_can_read'), now, zones: app.zones, clinicPhone: app.clinicPhone, loading, deed, copying },
      grants: grants.grants(now),
      blocked: grants.blocked,
      emergencyAccess: grants.isOptedIn,
      events: grants.events(now),
      choices: this.choices,
      asked: this.asked,
      conversations: app.engine.list.conversations.map(({ id, readable }) => ({ id, name: readable?.name ?? null })),
    };
  }

  stop(): void {
    // What was begun ends with its own answer.
  }

  private readonly actions: WhoCanReadActions = {
    chrome: this.app.chromeActions,
    tryAgain: () => void this.load(),
    forgetFailure: () => {
      if (this.deed.state === 'failed') this.become({ state: 'idle' });
    },
    give: (grantee, terms) => void this.carryOut((progress) => this.app.engine.consents.give(grantee as GranteeId, protocolTerms(terms, undefined), progress)),
    change: (id, terms) => void this.carryOut((progress) => this.change(id, terms, progress)),
    takeOff: (id) => void this.carryOut((progress) => this.app.engine.consents.revoke(id as ConsentId, progress)),
    block: (person) => void this.carryOut((progress) => this.app.engine.consents.block(accountOf(person), progress)),
    unblock: (person) => void this.carryOut((progress) => this.app.engine.consents.unblock(accountOf(person), progress)),
    saveCopy: () => void this.saveCopy(),
    effects: (id, terms) => {
      const before = this.grants.standing(id);
      if (!before) return [];
      const { not_before: begins, ...after } = protocolTerms(terms, before);
      return changeOf(before, { ...before, ...after, not_before: begins ?? before.not_before });
    },
  };

  private async load(): Promise<void> {
    this.loading = { state: 'loading' };
    this.draw();
    const { engine } = this.app;
    try {
      await engine.ready;
      const chain = await engine.directory.consents(engine.session.account);
      await engine.directory.loadAll(namedAccounts(chain));
      this.choices = await granteeChoices(engine, this.app.people, this.grants);
      this.loading = { state: 'ready' };
      // What an earlier act could not finish is finished now.
      engine.consents.openEarlier().catch(() => undefined);
    } catch (error) {
      this.loading = { state: 'failed', reference: error instanceof Unreachable ? null : referenceOf(error) };
    }
    this.draw();
  }

  private change(id: string, terms: Terms, progress: Progress): Promise<void> {
    return this.app.engine.consents.change(id as ConsentId, protocolTerms(terms, this.grants.standing(id)), progress);
  }

  private async carryOut(act: (progress: Progress) => Promise<void>): Promise<void> {
    this.become({ state: 'working', done: 0, all: 0 });
    try {
      await act((done, all) => { this.become({ state: 'working', done, all }); });
      await this.sealProfileAnew();
      this.become({ state: 'idle' });
      await this.app.engine.list.load();
    } catch (error) {
      // An answer that was lost may have been a yes: the list says what is agreed.
      await this.app.engine.directory.consents(this.app.engine.session.account).catch(() => undefined);
      this.become({ state: 'failed', reason: reasonOf(error) });
    }
  }

  private async saveCopy(): Promise<void> {
    this.copying = { state: 'working' };
    this.draw();
    const { directory, session } = this.app.engine;
    try {
      saveFile('my-decisions.json', 'application/fhir+json', await copyOfDecisions(directory, session.account));
      this.copying = { state: 'idle' };
    } catch (error) {
      this.copying = { state: 'failed', reason: error instanceof CopyDiffers ? 'differs' : error instanceof Unreachable ? 'unreachable' : 'refused' };
    }
    this.draw();
  }

  /** Who reads from now on sees the patient's name, and who does not any more gets no newer one. */
  private async sealProfileAnew(): Promise<void> {
    const { patients, session } = this.app.engine;
    const profile = patients.get(session.account)?.profile;
    if (profile) await patients.saveOwn(profile).catch(() => undefined);
  }

  private become(deed: Deed): void {
    this.deed = deed;
    this.draw();
  }
}

function reasonOf(error: unknown): Extract<Deed, { state: 'failed' }>['reason'] {
  if (error instanceof EarlierNotOpened) return 'earlier_waits';
  if (error instanceof Unreachable) return 'unreachable';
  return error instanceof ProtocolError && error.code === 'newer_version' ? 'newer_version' : 'refused';
}

function referenceOf(error: unknown): string | null {
  return error instanceof Error ? error.name : null;
}

export function whoCanReadPage(app: App): PageController {
  return new WhoCanReadController(app);
}
