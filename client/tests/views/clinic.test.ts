import { expect } from 'chai';

import type { Appointment, ClinicModel, InvitationRequest, TeamTerms } from '../../src/views/models/clinic.ts';
import type { ClinicPage } from '../../src/views/pages/clinic-page.ts';
import { clinic, clinicActions, heart } from '../gallery/states/clinic.ts';
import { change, find, mount, settled, type, unmountAll, wordsOf } from './mount.ts';

const FORM = { step: 'form', working: false, failure: null } as const;

/** The clinic's page, and what it was asked to do. */
class Shown {
  private constructor(
    readonly page: ClinicPage,
    readonly asked: readonly string[],
    readonly requests: readonly InvitationRequest[],
  ) {}

  static async with(part: Partial<ClinicModel> = {}): Promise<Shown> {
    const [asked, requests]: [string[], InvitationRequest[]] = [[], []];
    const actions = {
      ...clinicActions,
      invite: (request: InvitationRequest) => requests.push(request),
      cancelInvitation: (id: string) => asked.push(`cancel ${id}`),
      letIn: (team: string, person: string) => asked.push(`let ${person} into ${team}`),
      shareClinicKey: (person: string) => asked.push(`share the key with ${person}`),
      createTeam: (name: string, manager: string) => asked.push(`team ${name} of ${manager}`),
      appoint: (team: string, appointment: Appointment) => asked.push(`${team}: ${JSON.stringify(appointment)}`),
      removeFromTeam: (team: string, person: string) => asked.push(`${person} out of ${team}`),
      changeTeam: (team: string, { name, managers }: TeamTerms) => asked.push(`${team} is ${name} of ${managers.join()}`),
    };
    return new Shown(await mount('clinic-page', { model: clinic(part).model as ClinicModel, actions }), asked, requests);
  }

  async press(selector: string): Promise<void> {
    find(this.page, selector).click();
    await settled(this.page);
  }

  async write(selector: string, text: string): Promise<void> {
    type(find(this.page, selector) as HTMLInputElement, text);
    await settled(this.page);
  }

  async choose(selector: string, value: string): Promise<void> {
    const field = find(this.page, selector) as HTMLSelectElement;
    field.value = value;
    field.dispatchEvent(new Event('change', { bubbles: true }));
    await settled(this.page);
  }

  get dialogWords(): string {
    return wordsOf(find(this.page, 'dialog'));
  }

  get errors(): string[] {
    return [...this.page.querySelectorAll('.field__error')].map(wordsOf);
  }
}

const confirm = 'dialog .btn--main';

describe('inviting somebody', () => {
  afterEach(unmountAll);

  it('asks a patient’s inviter for a team and a note, and for nothing public', async () => {
    const shown = await Shown.with({ inviting: FORM });
    await shown.press('invite-form [type=submit]');
    expect(shown.requests).to.deep.equal([]);
    expect(shown.errors).to.deep.equal(['Choose a team first.', 'Write a few words, so that you know later whom it was for.']);
    expect(shown.page.querySelector('#invite-name')).to.equal(null);
    await shown.press(`input[value=${heart}]`);
    await shown.write('#invite-note', '  came on Monday ');
    await shown.choose('#invite-days', '3');
    await shown.press('invite-form [type=submit]');
    expect(shown.requests).to.deep.equal([{ role: 'patient', teams: [heart], name: '', credential: '', note: 'came on Monday', days: 3 }]);
  });

  it('sends of a colleague what is public and never the note written for somebody else', async () => {
    const shown = await Shown.with({ inviting: FORM });
    await shown.write('#invite-note', 'a patient’s note');
    await shown.press('input[value=nurse]');
    await shown.write('#invite-name', 'Ines Duarte');
    await shown.write('#invite-credential', 'Nurse, RN');
    await shown.press('.check input');
    await shown.press('invite-form [type=submit]');
    expect(shown.requests).to.deep.equal([
      { role: 'nurse', teams: [heart], name: 'Ines Duarte', credential: 'Nurse, RN', note: '', days: 7 },
    ]);
  });

  it('lets an administrator belong to no team', async () => {
    const shown = await Shown.with({ inviting: FORM });
    await shown.press('input[value=administrator]');
    await shown.write('#invite-name', 'Paul Ng');
    await shown.write('#invite-credential', 'Practice manager');
    await shown.press('invite-form [type=submit]');
    expect(shown.requests.map((request) => request.teams)).to.deep.equal([[]]);
  });

  it('offers patients no team that nobody is in, because nobody could open what they write', async () => {
    const shown = await Shown.with({ inviting: FORM });
    expect([...shown.page.querySelectorAll<HTMLInputElement>('input[name=invite-team]')].map((radio) => radio.value)).to.deep.equal([
      heart,
    ]);
  });

  it('does not send twice while the invitation is being made', async () => {
    const shown = await Shown.with({ inviting: { ...FORM, working: true } });
    await shown.press(`input[value=${heart}]`);
    await shown.write('#invite-note', 'came on Monday');
    await shown.press('invite-form [type=submit]');
    expect(shown.requests).to.deep.equal([]);
  });

  it('says why no patient can be invited while one person alone holds the clinic’s key', async () => {
    const shown = await Shown.with({ inviting: { ...FORM, failure: 'two_administrators_needed' } });
    expect(wordsOf(find(shown.page, '[role=alert]'))).to.contain('once a second administrator holds the clinic’s key');
  });

  it('offers care staff nothing but inviting a patient', async () => {
    const shown = await Shown.with({ view: 'care_staff', key: null, people: [], mayInvite: ['patient'], inviting: FORM });
    expect(shown.page.querySelector('input[name=invite-role]')).to.equal(null);
    await change(shown.page, { model: { ...shown.page.model, inviting: null } });
    expect([...shown.page.querySelectorAll('section')].map((section) => section.id)).to.not.include.members(['people', 'key']);
  });

  it('moves to the finished invitation, whose link and code it shows', async () => {
    const shown = await Shown.with({ inviting: FORM });
    const result = {
      role: 'patient',
      label: 'came on Monday',
      link: 'http://localhost:8000/join#i.inv_1.secret.key',
      expiresAt: new Date('2025-03-18T10:00:00Z'),
    } as const;
    await change(shown.page, { model: { ...shown.page.model, inviting: { step: 'result', result } } });
    expect(document.activeElement?.id).to.equal('sheet-title');
    expect((find(shown.page, '#sheet-link') as HTMLInputElement).value).to.equal(result.link);
    expect(wordsOf(find(shown.page, 'p.print-only'))).to.equal(result.link);
    expect(shown.page.querySelectorAll('.sheet .code li').length).to.equal(6);
  });
});

describe('the clinic’s page', () => {
  afterEach(unmountAll);

  it('cancels an invitation only after asking, and only one that is open', async () => {
    const shown = await Shown.with();
    expect(shown.page.querySelectorAll('#invitations td .btn').length).to.equal(2);
    await shown.press('#invitations td .btn');
    expect(shown.dialogWords).to.contain('Cancel the invitation of Mrs Hale');
    expect(shown.asked).to.deep.equal([]);
    await shown.press('dialog .btn:last-child');
    expect(shown.page.querySelector('dialog')).to.equal(null);
    await shown.press('#invitations td .btn');
    await shown.press(confirm);
    expect(shown.asked).to.deep.equal(['cancel inv_1']);
  });

  it('says what a newcomer will be able to read, and shows their code, before they are let in', async () => {
    const shown = await Shown.with();
    await shown.press('#teams .waiting-person .btn');
    expect(shown.dialogWords).to.contain('also what was written before');
    expect(shown.page.querySelectorAll('dialog .code li').length).to.equal(6);
    await shown.press(confirm);
    expect(shown.asked).to.deep.equal([`let acc_duarte into ${heart}`]);
  });

  it('lets nobody in who has no key of the team to give', async () => {
    const shown = await Shown.with();
    expect(shown.page.querySelectorAll('#teams .waiting-person').length).to.equal(2);
    expect(shown.page.querySelectorAll('#teams .waiting-person .btn').length).to.equal(1);
  });

  it('shares the clinic’s key only from somebody who holds it, after asking', async () => {
    const [me, other] = [clinic().model as ClinicModel, 'acc_okafor'];
    const couldHold = me.people.filter((person) => person.id === other);
    const holders = me.people.filter((person) => person.id === 'acc_bauer');
    const without = await Shown.with({ key: { heldByMe: false, holders, couldHold } });
    expect(without.page.querySelector('#key .btn')).to.equal(null);
    expect(wordsOf(find(without.page, '#key'))).to.contain('Ask Karin Bauer to share it.');
    const holding = await Shown.with({ key: { heldByMe: true, holders, couldHold } });
    await holding.press('#key .btn');
    expect(holding.asked).to.deep.equal([]);
    await holding.press(confirm);
    expect(holding.asked).to.deep.equal([`share the key with ${other}`]);
  });

  it('makes a team with a name and a manager, and closes the question once the team is there', async () => {
    const shown = await Shown.with();
    await shown.press('#teams .panel__head .btn');
    await shown.press('team-form [type=submit]');
    expect(shown.errors).to.deep.equal(['Write the name that patients will see.', 'Choose who manages the team.']);
    await shown.write('#team-name', ' Skin ');
    await shown.choose('#team-manager', 'acc_reyes');
    await shown.press('team-form [type=submit]');
    expect(shown.asked).to.deep.equal(['team Skin of acc_reyes']);
    const [first] = shown.page.model.teams;
    if (first)
      await change(shown.page, {
        model: { ...shown.page.model, teams: [...shown.page.model.teams, { ...first, id: 'tea_skin', waiting: [] }] },
      });
    expect(shown.page.querySelector('dialog')).to.equal(null);
  });

  it('names every button by what it is about', async () => {
    const shown = await Shown.with();
    expect([...shown.page.querySelectorAll('#invitations td .btn')].map(wordsOf)).to.deep.equal([
      'Cancel, Mrs Hale, came on Monday',
      'Cancel, Patient, note closed to you',
    ]);
  });
});

describe('the people of a team', () => {
  afterEach(unmountAll);

  const first = '#teams .rows > li:first-child';

  it('are added for good or as cover, and cover needs a time that is ahead', async () => {
    const [, provider] = (await Shown.with()).page.model.people;
    const shown = await Shown.with(provider && { people: [{ ...provider, id: 'acc_new' }] });
    await shown.press(`${first} > .row:not(.row--apart) .btn`);
    await shown.press('appointment-form [type=submit]');
    expect(shown.errors).to.deep.equal(['Choose who it is.']);
    await shown.choose('#appoint-who', 'acc_new');
    await shown.choose('#appoint-role', 'nurse');
    await shown.press('[name=kind][value=cover]');
    await shown.press('appointment-form [type=submit]');
    expect(shown.errors).to.deep.equal(['Choose an end that is after the start and still ahead.']);
    await shown.press('[name=kind][value=good]');
    await shown.press('appointment-form [type=submit]');
    expect(shown.asked).to.deep.equal([`${heart}: ${JSON.stringify({ person: 'acc_new', role: 'nurse', cover: null })}`]);
  });

  it('are taken out after it was said what that comes to', async () => {
    const shown = await Shown.with();
    await shown.press(`${first} .rows li:nth-child(2) .btn:last-child`);
    expect(shown.dialogWords).to.contain('keeps what they have already read');
    expect(shown.asked).to.deep.equal([]);
    await shown.press(confirm);
    expect(shown.asked).to.deep.equal([`acc_reyes out of ${heart}`]);
  });

  it('have managers, of whom one is left', async () => {
    const shown = await Shown.with();
    await shown.press(`${first} > .row:not(.row--apart) .btn:last-child`);
    for (const box of shown.page.querySelectorAll<HTMLInputElement>('team-terms-form input:checked')) box.click();
    await settled(shown.page);
    await shown.press('team-terms-form [type=submit]');
    expect(shown.errors).to.deep.equal(['Choose who manages the team.']);
    await shown.press('team-terms-form .check:nth-of-type(2) input');
    await shown.press('team-terms-form [type=submit]');
    expect(shown.asked).to.have.length(1);
  });

  it('are changed by nobody who neither manages the team nor holds the clinic’s key', async () => {
    const shown = await Shown.with({ teams: [] });
    const [team] = (await Shown.with()).page.model.teams;
    if (team) await change(shown.page, { model: { ...shown.page.model, teams: [{ ...team, waiting: [], manage: null }] } });
    expect([...shown.page.querySelectorAll(`${first} .btn`)]).to.deep.equal([]);
  });
});
