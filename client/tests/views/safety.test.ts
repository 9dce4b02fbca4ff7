import { expect } from 'chai';

import type { AlarmModel } from '../../src/views/models/alarm.ts';
import type { FoundingModel } from '../../src/views/models/founding.ts';
import type { RecoverModel } from '../../src/views/models/recovery.ts';
import type { SecurityModel } from '../../src/views/models/security.ts';
import { safetyStates } from '../gallery/states/safety.ts';
import type { State } from '../gallery/state.ts';
import { change, find, mount, settled, type, unmountAll, wordsOf } from './mount.ts';

function state(name: string): State {
  const made = safetyStates[name]?.();
  if (made === undefined) throw new Error(`no state ${name}`);
  return made;
}

describe('signing in with the recovery code', () => {
  afterEach(unmountAll);

  const shown = async (part: Partial<RecoverModel>, asked: string[] = []) => {
    const { model, actions } = state('recover') as { model: RecoverModel; actions: object };
    const told = { ...actions, tryCode: (name: string, code: string) => asked.push(`${name}: ${code}`) };
    return mount('recover-page', { model: { ...model, ...part }, actions: told as never });
  };

  it('sends name and code as typed, and not before both are there', async () => {
    const asked: string[] = [];
    const page = await shown({}, asked);
    const submit = find(page, '[type=submit]');
    submit.click();
    expect(document.activeElement?.id).to.equal('name');
    type(find(page, '#name') as HTMLInputElement, ' peggy.h ');
    submit.click();
    expect(document.activeElement?.id).to.equal('code');
    type(find(page, '#code') as HTMLInputElement, 'kr7m 2fxd');
    submit.click();
    expect(asked).to.deep.equal(['peggy.h: kr7m 2fxd']);
  });

  it('has one answer for an unknown name and a wrong code, and another for a slip of the pen', async () => {
    expect(wordsOf(find(await shown({ failure: { code: 'wrong' } }), '[role=alert]'))).to.contain('do not belong together');
    expect(wordsOf(find(await shown({ mistyped: true }), '.field__error'))).to.contain('A letter or number is not right.');
  });

  it('begins each step at its title', async () => {
    const page = await shown({});
    await change(page, { model: { ...page.model, step: 'password' } });
    expect(wordsOf(document.activeElement ?? page)).to.equal('Choose a new password');
  });
});

describe('an alarm', () => {
  afterEach(unmountAll);

  it('says for each cause what does not fit, what to do, and that it is not the person’s fault', async () => {
    const names = Object.keys(safetyStates).filter((name) => name.startsWith('alarm-'));
    const titles = new Set<string>();
    for (const name of names) {
      const { model, actions } = state(name);
      const page = await mount('alarm-page', { model: model as AlarmModel, actions: actions as never });
      const words = wordsOf(page);
      titles.add(wordsOf(find(page, 'h1')));
      for (const sentence of ['We stopped here', 'Please don’t act on messages', 'Don’t type your password', 'You did nothing wrong.'])
        expect(words, name).to.contain(sentence);
      unmountAll();
    }
    expect(names.length).to.equal(7);
    expect(titles.size).to.equal(names.length);
  });

  it('shows both states of the log side by side, for those who look into it', async () => {
    const { model, actions } = state('alarm-log-forked');
    const page = await mount('alarm-page', { model: model as AlarmModel, actions: actions as never });
    const { alarm } = page.model;
    if (alarm.what !== 'log_forked') throw new Error('another alarm');
    expect(wordsOf(find(page, 'details')))
      .to.contain(alarm.remembered.root)
      .and.to.contain(alarm.served.root)
      .and.to.contain('48,219');
  });
});

describe('the security page', () => {
  afterEach(unmountAll);

  const shown = async (name: string) => {
    const { model, actions } = state(name);
    return mount('security-page', { model: model as SecurityModel, actions: actions as never });
  };

  it('can be read without signing in, and shows the numbers whole', async () => {
    const page = await shown('security');
    const { bundle, clinic, checkpoint } = page.model;
    const words = wordsOf(page);
    for (const number of [bundle, clinic?.logKey, checkpoint?.root, ...(clinic?.code ?? [])]) expect(words).to.contain(number ?? 'nothing');
    expect(find(page, 'a[href="/sign-in"]')).not.to.equal(null);
  });

  it('says what is not known instead of leaving a blank', async () => {
    const words = wordsOf(await shown('security-nothing-known'));
    expect(words).to.contain('This browser could not read the number.').and.to.contain('This browser has not seen it yet.');
  });

  it('promises nothing about altered programs', async () => {
    expect(wordsOf(await shown('security'))).to.contain('Changed code could read what you write.');
  });
});

describe('founding a clinic', () => {
  afterEach(unmountAll);

  it('asks the founder who they are before the password', async () => {
    const { model, actions } = state('founding-card') as { model: FoundingModel; actions: object };
    const saved: unknown[] = [];
    const page = await mount('founding-page', { model, actions: { ...actions, saveCard: (card: unknown) => saved.push(card) } as never });
    find(page, '[type=submit]').click();
    await settled(page);
    expect(saved).to.deep.equal([]);
    expect(page.querySelectorAll('.field__error').length).to.equal(2);
    type(find(page, '#founder-name') as HTMLInputElement, 'Karin Bauer ');
    type(find(page, '#founder-credential') as HTMLInputElement, 'Practice manager');
    find(page, '[type=submit]').click();
    expect(saved).to.deep.equal([{ name: 'Karin Bauer', credential: 'Practice manager' }]);
  });

  it('makes the clinic’s key only once the recovery code was tested', async () => {
    const { model, actions } = state('founding-recovery') as { model: FoundingModel; actions: object };
    let founded = 0;
    const page = await mount('founding-page', {
      model: { ...model, recoveryCheck: 'wrong' },
      actions: {
        ...actions,
        found: () => {
          founded += 1;
        },
      } as never,
    });
    find(page, 'recovery-code .btn--main').click();
    await settled(page);
    find(page, 'recovery-code [type=submit]').click();
    expect(founded).to.equal(0);
    await change(page, { model: { ...page.model, recoveryCheck: 'right' } });
    find(page, 'recovery-code [type=submit]').click();
    expect(founded).to.equal(1);
  });

  it('says when the link was used before', async () => {
    const { model, actions } = state('founding-used');
    expect(wordsOf(await mount('founding-page', { model: model as FoundingModel, actions: actions as never }))).to.contain(
      'We stopped here',
    );
  });
});
