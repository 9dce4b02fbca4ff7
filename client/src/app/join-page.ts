/** /join: what a link leads to, or the question for a link. */

import { getService } from '../api/doors.ts';
import { openDatabase, type Database } from '../keystore/database.ts';
import { parseLink } from '../protocol/invitation.ts';
import { lookAtInvitation, type VerifiedInvitation } from '../sync/enrolment.ts';
import type { JoinActions, JoinModel, JoinStop } from '../views/models/join.ts';
import { JoinPage } from '../views/pages/join-page.ts';
import { doorActions, doorModel } from './door.ts';
import { showFault } from './fault.ts';
import { stopOf } from './invitation-stop.ts';
import { JoiningSteps } from './joining.ts';
import { registerServiceWorker } from './offline.ts';
import { openShell, show, type Shell } from './shell.ts';

/** Begins with the link in the address. Its fragment, secret included, is never sent; it goes from the address once it is used up. */
export async function startJoin(): Promise<void> {
  const shell = await openShell();
  void registerServiceWorker();
  const page = new JoinDoor(shell, await openDatabase());
  // Another link pasted into the address bar of the same page is no new page for the browser.
  addEventListener('hashchange', () => { location.reload(); });
  if (location.hash === '') page.askForLink();
  else await page.open(location.href, false);
}

class JoinDoor {
  private readonly page = new JoinPage();
  private clinicPhone: string | null = null;
  private joining: JoiningSteps | null = null;
  private place: { stage: 'link'; badLink: boolean } | { stage: 'checking' } | { stage: 'stopped'; stop: JoinStop } = { stage: 'checking' };

  constructor(
    private readonly shell: Shell,
    private readonly database: Database,
  ) {
    this.page.actions = this.actions;
    getService().then(({ clinic_phone: phone }) => {
      this.clinicPhone = phone;
      this.draw();
    }, () => undefined);
  }

  askForLink(): void {
    this.stand({ stage: 'link', badLink: false });
  }

  /** Verifies what stands behind a link; a `typed` one that is damaged can be typed again. */
  async open(text: string, typed: boolean): Promise<void> {
    this.stand({ stage: 'checking' });
    try {
      const invited = await lookAtInvitation(parseLink(text));
      if (!invited.founding) this.begin(invited.invitation);
      else {
        const { startFounding } = await import('./founding.ts');
        startFounding(this.shell, this.database, invited);
      }
    } catch (error) {
      const stop = await stopOf(error);
      if (stop === null) showFault(this.shell, error);
      else if (stop === 'damaged_link' && typed) this.stand({ stage: 'link', badLink: true });
      else this.stand({ stage: 'stopped', stop });
    }
  }

  private begin(invitation: VerifiedInvitation): void {
    this.joining = new JoiningSteps(this.database, invitation, {
      changed: () => { this.draw(); },
      stop: (stop) => {
        this.joining = null;
        this.stand({ stage: 'stopped', stop });
      },
    });
    this.place = { stage: 'checking' };
    this.draw();
    show(this.shell, this.page);
  }

  private stand(place: JoinDoor['place']): void {
    this.place = place;
    this.draw();
    show(this.shell, this.page);
  }

  private draw(): void {
    this.page.model = this.model;
  }

  private get model(): JoinModel {
    const { joining, clinicPhone } = this;
    const base = { ...doorModel(this.shell, joining?.clinicName ?? null), clinicPhone };
    return joining ? { ...base, ...joining.model } : { ...base, ...this.place };
  }

  private readonly actions: JoinActions = {
    ...doorActions(() => { this.draw(); }),
    openLink: (link) => void this.open(link, true),
    confirmClinic: (answer) => { this.joining?.confirmClinic(answer); },
    judgePassword: (name, password) => void this.joining?.credentials.judge(name, password),
    choosePassword: (name, password) => void this.joining?.choosePassword(name, password),
    checkRecoveryCode: (typed) => void this.joining?.credentials.tryCode(typed),
    keepRecoveryCode: () => void this.joining?.keepRecoveryCode(),
    agree: () => void this.joining?.join(),
    back: () => { this.joining?.back(); },
    saveProfile: (profile, emergencyAccess) => void this.joining?.saveProfile(profile, emergencyAccess),
    finish: () => { location.replace('/home'); },
  };
}
