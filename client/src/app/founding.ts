/** /join with the founder's link: this browser makes the clinic's key. */

import { ApiError, Unreachable } from '../api/http.ts';
import type { Database } from '../keystore/database.ts';
import { ClinicFounding, type Invited } from '../sync/enrolment.ts';
import { enter } from '../sync/sign-in.ts';
import type { FounderCard, FoundingActions, FoundingModel, FoundingStep } from '../views/models/founding.ts';
import type { JoinStop } from '../views/models/join.ts';
import { FoundingPage } from '../views/pages/founding-page.ts';
import { doorActions, doorModel } from './door.ts';
import { stopOf } from './invitation-stop.ts';
import { NewCredentials } from './new-credentials.ts';
import { show, type Shell } from './shell.ts';

type FoundingOffer = Extract<Invited, { founding: true }>;

const BEFORE: Readonly<Partial<Record<FoundingStep, FoundingStep>>> = { card: 'begin', password: 'card', recovery: 'password' };

export function startFounding(shell: Shell, database: Database, offer: FoundingOffer): void {
  const founding = new FoundingSteps(shell, database, offer);
  founding.draw();
}

class FoundingSteps {
  private readonly page = new FoundingPage();
  private readonly credentials: NewCredentials;
  private step: FoundingStep = 'begin';
  private stop: JoinStop | null = null;
  private card: FounderCard = { name: '', credential: '' };
  private founding: ClinicFounding | null = null;
  private working = false;
  private failure: FoundingModel['failure'] = null;

  constructor(
    private readonly shell: Shell,
    private readonly database: Database,
    private readonly offer: FoundingOffer,
  ) {
    this.credentials = new NewCredentials([offer.terms.name], () => { this.draw(); });
    this.page.actions = this.actions;
  }

  draw(): void {
    const { stop, step, card, working, failure, founding, offer } = this;
    this.page.model = {
      ...doorModel(this.shell),
      ...{ stop, step, card, working, failure, newClinic: offer.terms.name },
      ...this.credentials.shown,
      clinicCode: founding?.code ?? [],
    };
    show(this.shell, this.page);
  }

  private readonly actions: FoundingActions = {
    ...doorActions(() => { this.draw(); }),
    begin: () => { this.goTo('card'); },
    saveCard: (card) => {
      // What was made for another card is not signed again for this one.
      if (card.name !== this.card.name || card.credential !== this.card.credential) this.founding = null;
      this.card = card;
      this.goTo('password');
    },
    judgePassword: (name, password) => void this.credentials.judge(name, password),
    choosePassword: (name, password) =>
      void this.work(async () => {
        await this.credentials.choose(name, password);
        this.step = 'recovery';
      }),
    checkRecoveryCode: (typed) => void this.credentials.tryCode(typed),
    found: () => void this.work(() => this.found()),
    back: () => { this.goTo(BEFORE[this.step] ?? this.step); },
    finish: () => { location.replace('/clinic'); },
  };

  private async found(): Promise<void> {
    const { link, terms } = this.offer;
    this.founding ??= await ClinicFounding.begin(link, terms, this.card);
    const { choice } = this.credentials;
    const signedIn = await this.founding.found(choice);
    await enter(this.database, signedIn, 'password', choice.password.secrets);
    history.replaceState(null, '', '/join');
    this.step = 'fingerprint';
  }

  private goTo(step: FoundingStep): void {
    this.failure = null;
    this.step = step;
    this.draw();
  }

  private async work(task: () => Promise<void>): Promise<void> {
    this.working = true;
    this.failure = null;
    this.draw();
    try {
      await task();
    } catch (error) {
      await this.refused(error);
    }
    this.working = false;
    this.draw();
  }

  private async refused(error: unknown): Promise<void> {
    if (error instanceof Unreachable) this.failure = 'unreachable';
    else if (error instanceof ApiError && error.code === 'name_taken') {
      this.credentials.refuseName();
      this.step = 'password';
    } else {
      this.stop = error instanceof ApiError ? await stopOf(error) : null;
      if (this.stop === null) this.failure = 'our_fault';
    }
  }
}
