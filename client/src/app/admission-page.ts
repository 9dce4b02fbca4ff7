/** In place of the inbox for staff who hold no team's key yet: who can let them in, and the code to compare. */

import { formatTime } from '../protocol/encoding.ts';
import { isId } from '../protocol/ids.ts';
import { readersAt } from '../protocol/teamChain.ts';
import { AdmissionPage } from '../views/pages/admission-page.ts';
import type { AdmissionModel } from '../views/models/admission.ts';
import type { App, PageController } from './app.ts';
import { NewcomerCodes } from './newcomer-codes.ts';

/** Whether a member of the care staff can read nothing yet. While no team is known nothing is said. */
export function waitsForAdmission(app: App): boolean {
  const { teams } = app.engine;
  const known = [...teams.chains.keys()];
  return app.isCareStaff && known.length > 0 && !known.some((team) => teams.reads(team));
}

class AdmissionController implements PageController {
  readonly element = new AdmissionPage();
  private readonly codes: NewcomerCodes;
  private left = false;

  constructor(private readonly app: App) {
    this.codes = new NewcomerCodes(app.engine.directory, () => { this.draw(); });
    this.element.actions = { chrome: app.chromeActions };
  }

  draw(): void {
    const { app } = this;
    // Let in: the inbox opens by itself.
    if (!waitsForAdmission(app) && !this.left) {
      this.left = true;
      app.navigate('/inbox');
    }
    this.element.model = { chrome: app.chrome('inbox'), teams: this.teams(), safetyCode: this.codes.of(app.engine.session.account) };
  }

  stop(): void {
    this.left = true;
  }

  private teams(): AdmissionModel['teams'] {
    const { engine, people } = this.app;
    return engine.session.chain.invitation.teams
      .filter((team) => isId(team, 'tea'))
      .flatMap((team) => {
        const chain = engine.teams.chains.get(team);
        if (!chain) return [];
        const members = readersAt(chain, formatTime(new Date())).map((account) => people.person(account));
        return [{ name: chain.name, members }];
      });
  }
}

export function admissionPage(app: App): PageController {
  return new AdmissionController(app);
}
