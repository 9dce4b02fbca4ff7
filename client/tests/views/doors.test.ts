import { expect } from 'chai';

import type { SignInModel } from '../../src/views/models/door.ts';
import type { JoinActions, Joining } from '../../src/views/models/join.ts';
import type { JoinPage } from '../../src/views/pages/join-page.ts';
import type { SignInPage } from '../../src/views/pages/sign-in-page.ts';
import { doorStates } from '../gallery/states/door.ts';
import { joinStates } from '../gallery/states/join.ts';
import { change, find, mount, settled, type, unmountAll, wordsOf } from './mount.ts';
import '../../src/views/pages/join-page.ts';
import '../../src/views/pages/sign-in-page.ts';

const input = (within: HTMLElement, id: string): HTMLInputElement => find(within, `#${id}`) as HTMLInputElement;
const submit = (within: HTMLElement): void => {
  find(within, 'button[type=submit]').click();
};

async function signIn(part: Partial<SignInModel> = {}): Promise<{ page: SignInPage; tries: string[][]; recovered: true[] }> {
  const [tries, recovered]: [string[][], true[]] = [[], []];
  const state = doorStates['sign-in']?.();
  const page = await mount('sign-in-page', {
    model: { ...(state?.model as SignInModel), ...part },
    actions: { ...(state?.actions as SignInPage['actions']), signIn: (...given) => tries.push(given), recover: () => recovered.push(true) },
  });
  return { page, tries, recovered };
}

describe('signing in', () => {
  afterEach(unmountAll);

  it('takes the name without the spaces around it and the password exactly as typed', async () => {
    const { page, tries } = await signIn();
    type(input(page, 'name'), ' peggy.h ');
    type(input(page, 'password'), ' a quiet place ');
    submit(page);
    expect(tries).to.deep.equal([['peggy.h', ' a quiet place ']]);
  });

  it('goes to what is missing', async () => {
    const { page, tries } = await signIn();
    submit(page);
    expect(document.activeElement).to.equal(input(page, 'name'));
    type(input(page, 'name'), 'peggy.h');
    submit(page);
    expect(document.activeElement).to.equal(input(page, 'password'));
    expect(tries).to.deep.equal([]);
  });

  it('does not try again while it is working', async () => {
    const { page, tries } = await signIn({ working: true });
    type(input(page, 'name'), 'peggy.h');
    type(input(page, 'password'), 'a quiet place');
    submit(page);
    expect(tries).to.deep.equal([]);
  });

  it('says the same for a wrong name and a wrong password, beside the field, and goes there', async () => {
    const { page } = await signIn({ working: true });
    await change(page, { model: { ...page.model, working: false, failure: { code: 'wrong' } } });
    const field = input(page, 'password');
    expect(document.activeElement).to.equal(field);
    expect(field.getAttribute('aria-invalid')).to.equal('true');
    expect(wordsOf(find(page, `#${field.getAttribute('aria-describedby') ?? ''}`))).to.contain(
      'That name and password do not belong together',
    );
  });

  it('shows the password while the person wants to see it', async () => {
    const { page } = await signIn();
    const show = find(page, 'password-field button');
    expect(input(page, 'password').type).to.equal('password');
    show.click();
    await settled(page);
    expect(input(page, 'password').type).to.equal('text');
    expect(show.getAttribute('aria-pressed')).to.equal('true');
  });

  it('has a way for who cannot sign in', async () => {
    const { page, recovered } = await signIn();
    find(page, '.btn-link').click();
    expect(recovered).to.have.length(1);
  });
});

async function join(name: string, part: Partial<Joining> = {}): Promise<{ page: JoinPage; asked: unknown[][] }> {
  const asked: unknown[][] = [];
  const state = joinStates[name]?.();
  const record =
    (action: string) =>
    (...given: unknown[]) =>
      asked.push([action, ...given]);
  const names = Object.keys(state?.actions as JoinActions);
  const actions = Object.fromEntries(names.map((action) => [action, record(action)])) as unknown as JoinActions;
  return { page: await mount('join-page', { model: { ...(state?.model as Joining), ...part }, actions }), asked };
}

const next = (page: HTMLElement): void => {
  find(page, '.join__foot .btn--tall').click();
};

describe('joining', () => {
  afterEach(unmountAll);

  it('goes nowhere before the clinic’s code was looked at, and says so beside the button', async () => {
    const { page, asked } = await join('join-inviter');
    next(page);
    expect(asked).to.deep.equal([]);
    expect(wordsOf(find(page, '.join__foot'))).to.contain('Please choose one first');
  });

  for (const answer of ['same', 'later', 'different']) {
    it(`passes on that the code is “${answer}”`, async () => {
      const { page, asked } = await join('join-inviter');
      find(page, `input[value=${answer}]`).click();
      await settled(page);
      next(page);
      expect(asked).to.deep.equal([['confirmClinic', answer]]);
    });
  }

  it('judges a password as it is typed', async () => {
    const { page, asked } = await join('join-password', { signInName: 'peggy.h' });
    type(input(page, 'new-password'), 'garden');
    expect(asked).to.deep.equal([['judgePassword', 'peggy.h', 'garden']]);
  });

  it('refuses a weak password with the reason, however often it is tried', async () => {
    const { page, asked } = await join('join-password', { signInName: 'peggy.h', passwordVerdict: { state: 'weak', reason: 'common' } });
    for (let tries = 0; tries < 2; tries += 1) {
      submit(page);
      await settled(page);
    }
    expect(asked).to.deep.equal([]);
    expect(wordsOf(find(page, '.field__error'))).to.contain('Many people use this password');
    expect(document.activeElement).to.equal(input(page, 'new-password'));
  });

  it('takes a strong one, with the name', async () => {
    const { page, asked } = await join('join-password', { signInName: 'peggy.h', passwordVerdict: { state: 'strong' } });
    input(page, 'new-password').value = 'garden kettle violin seven';
    submit(page);
    expect(asked).to.deep.equal([['choosePassword', 'peggy.h', 'garden kettle violin seven']]);
  });

  it('hides the recovery code while it is typed back, and goes on only once it was right', async () => {
    const { page, asked } = await join('join-recovery');
    expect(page.textContent).to.contain('KR7M');
    next(page);
    await settled(page);
    expect(page.textContent).not.to.contain('KR7M');
    type(input(page, 'recovery-code'), 'kr7m 2fxd');
    submit(page);
    expect(asked).to.deep.equal([['checkRecoveryCode', 'kr7m 2fxd']]);
    await change(page, { model: { ...(page.model as Joining), recoveryCheck: 'right' } });
    submit(page);
    expect(asked.at(-1)).to.deep.equal(['keepRecoveryCode']);
  });

  it('names the team, its people and what agreeing means before it asks', async () => {
    const { page, asked } = await join('join-readers');
    expect(wordsOf(page)).to.contain('You agree that Heart & kidney team can read what you write here');
    expect([...page.querySelectorAll('.members li')].map(wordsOf)).to.include('Tom Reyes, Nurse, RN');
    next(page);
    expect(asked).to.deep.equal([['agree']]);
  });

  it('agrees once, not twice, while keys are made', async () => {
    const { page, asked } = await join('join-readers', { working: true });
    next(page);
    expect(asked).to.deep.equal([]);
  });

  it('has no consent step for staff', async () => {
    const { page } = await join('join-staff-inviter');
    expect(page.querySelectorAll('.steps li')).to.have.length(4);
    expect(wordsOf(find(page, '.steps'))).not.to.contain('Who may read');
  });

  it('starts each step at its title', async () => {
    const { page } = await join('join-password');
    await change(page, { model: { ...(page.model as Joining), step: 'recovery' } });
    expect(document.activeElement).to.equal(find(page, 'h1'));
  });

  it('saves the profile as it was written, trimmed', async () => {
    const { page, asked } = await join('join-done');
    type(input(page, 'legal-name'), ' Margaret Hale ');
    type(input(page, 'preferred-name'), 'Peggy');
    submit(page);
    expect(asked).to.deep.equal([['saveProfile', { legalName: 'Margaret Hale', preferredName: 'Peggy', pronouns: '', languageNote: '' }, false]]);
  });

  it('switches emergency access on for whoever flips the switch, and where the clinic has custodians alone', async () => {
    const { page, asked } = await join('join-done-emergency');
    find(page, '[aria-labelledby=emergency-access]').click();
    await settled(page);
    type(input(page, 'legal-name'), 'Margaret Hale');
    submit(page);
    expect(asked[0]?.[2]).to.equal(true);
    expect((await join('join-done')).page.querySelector('[role=switch]')).to.equal(null);
  });
});
