import { expect } from 'chai';

import type { SettingsModel } from '../../src/views/models/settings.ts';
import type { SettingsPage } from '../../src/views/pages/settings-page.ts';
import { emergencyChoice, settings, settingsActions } from '../gallery/states/settings.ts';
import { change, find, mount, settled, type, unmountAll, wordsOf } from './mount.ts';

/** The settings, and what they were asked to do. */
class Shown {
  private constructor(
    readonly page: SettingsPage,
    readonly asked: readonly string[],
  ) {}

  static async with(part: Partial<SettingsModel> = {}): Promise<Shown> {
    const asked: string[] = [];
    const actions = {
      ...settingsActions,
      chooseIdle: (minutes: number) => asked.push(`idle ${minutes}`),
      chooseSingleKeys: (on: boolean) => asked.push(`keys ${on}`),
      chooseEmergency: (optedIn: boolean) => asked.push(`emergency ${optedIn}`),
      provePassword: (present: string) => asked.push(`prove ${present}`),
      makeRecoveryCode: (present: string) => asked.push(`new code with ${present}`),
      keepRecoveryCode: () => asked.push('keep code'),
      changePassword: (fresh: string) => asked.push(`change to ${fresh}`),
      finishStolen: () => asked.push('finish stolen'),
      signOutDevice: (device: string) => asked.push(`sign out ${device}`),
      signOutOthers: () => asked.push('sign out others'),
      decideWaiting: (choice: string) => asked.push(choice),
      cancelSignOut: () => asked.push('stay'),
    };
    return new Shown(await mount('settings-page', { model: settings(part).model as SettingsModel, actions }), asked);
  }

  async press(selector: string): Promise<void> {
    find(this.page, selector).click();
    await settled(this.page);
  }

  async change(part: Partial<SettingsModel>): Promise<void> {
    await change(this.page, { model: { ...this.page.model, ...part } });
  }

  async write(selector: string, text: string): Promise<void> {
    type(find(this.page, selector) as HTMLInputElement, text);
    await settled(this.page);
  }
}

const CODE = { step: 'code', code: ['KR7M', '2FXD'], check: 'untried', working: false, failure: null } as const;

describe('settings', () => {
  afterEach(unmountAll);

  it('offers no way to stay open for ever', async () => {
    const shown = await Shown.with();
    const choices = [...shown.page.querySelectorAll('#idle option')].map(wordsOf);
    expect(choices).to.deep.equal(['5 minutes', '15 minutes', '30 minutes', '1 hour']);
    const field = find(shown.page, '#idle') as HTMLSelectElement;
    field.value = '5';
    field.dispatchEvent(new Event('change', { bubbles: true }));
    expect(shown.asked).to.deep.equal(['idle 5']);
  });

  it('turns single keys off for those who have them, and hides the switch from the others', async () => {
    const shown = await Shown.with({ singleKeys: true });
    await shown.press('[aria-labelledby=keys-label]');
    expect(shown.asked).to.deep.equal(['keys false']);
    expect((await Shown.with()).page.querySelector('[aria-labelledby=keys-label]')).to.equal(null);
  });

  it('shows a patient’s profile to patients alone', async () => {
    expect((await Shown.with({ profile: null })).page.querySelector('#about')).to.equal(null);
    expect((await Shown.with()).page.querySelector('#about')).not.to.equal(null);
  });

  it('offers emergency access to patients alone', async () => {
    expect((await Shown.with({ emergencyChoice: null })).page.querySelector('#emergency')).to.equal(null);
    expect(wordsOf(find((await Shown.with()).page, '#emergency'))).to.contain('Carla Brandt');
  });

  it('switches emergency access on and off once the person has read what that means', async () => {
    const shown = await Shown.with();
    await shown.press('#emergency .btn');
    expect(shown.asked).to.deep.equal([]);
    expect(wordsOf(find(shown.page, 'dialog'))).to.contain('two custodians together with a dishonest server');
    await shown.press('dialog .btn--main');
    await shown.change({ emergencyChoice: emergencyChoice({ optedIn: true }) });
    await shown.press('#emergency .btn');
    expect(wordsOf(find(shown.page, 'dialog'))).to.contain('does not take back');
    await shown.press('dialog .btn--stop');
    expect(shown.asked).to.deep.equal(['emergency true', 'emergency false']);
  });

  it('switches emergency access on where there are custodians alone, and off always', async () => {
    const shown = await Shown.with({ emergencyChoice: emergencyChoice({ custodians: [] }) });
    expect(shown.page.querySelector('#emergency .btn')).to.equal(null);
    await shown.change({ emergencyChoice: emergencyChoice({ optedIn: true, custodians: [] }) });
    expect(wordsOf(find(shown.page, '#emergency .btn'))).to.equal('Switch off');
  });

  it('asks for the present password before anything that opens the account is changed', async () => {
    const shown = await Shown.with({ password: { step: 'present', working: false, failure: null } });
    await shown.press('#locking [type=submit]');
    expect(shown.asked).to.deep.equal([]);
    expect(document.activeElement?.id).to.equal('present-password');
    await shown.write('#present-password', 'garden kettle violin');
    await shown.press('#locking [type=submit]');
    expect(shown.asked).to.deep.equal(['prove garden kettle violin']);
  });

  it('does not try the password twice at a time', async () => {
    const shown = await Shown.with({ recovery: { step: 'present', working: true, failure: null } });
    await shown.write('#present-password', 'garden kettle violin');
    await shown.press('#locking [type=submit]');
    expect(shown.asked).to.deep.equal([]);
  });

  it('refuses a weak new password and says why', async () => {
    const shown = await Shown.with({
      password: { step: 'fresh', working: false, failure: null, verdict: { state: 'weak', reason: 'common' } },
    });
    await shown.write('#new-password', 'password1234');
    await shown.press('#locking [type=submit]');
    expect(shown.asked).to.deep.equal([]);
    expect(wordsOf(find(shown.page, '.field__error'))).to.contain('Many people use this password');
    await shown.change({ password: { step: 'fresh', working: false, failure: null, verdict: { state: 'strong' } } });
    await shown.write('#new-password', 'garden kettle violin seven');
    await shown.press('#locking [type=submit]');
    expect(shown.asked).to.deep.equal(['change to garden kettle violin seven']);
  });

  it('begins each step at its title', async () => {
    const shown = await Shown.with();
    await shown.change({ password: { step: 'present', working: false, failure: null } });
    expect(wordsOf(document.activeElement ?? document.body)).to.equal('Change password');
    await shown.change({ password: { step: 'closed', changed: true }, stolen: { step: 'explain' } });
    expect(wordsOf(document.activeElement ?? document.body)).to.equal('What happens now');
  });

  it('keeps a new recovery code only once it was typed back rightly', async () => {
    const shown = await Shown.with({ recovery: { ...CODE, check: 'wrong' } });
    await shown.press('recovery-code .btn--main');
    await shown.press('recovery-code [type=submit]');
    expect(shown.asked).to.deep.equal([]);
    await shown.change({ recovery: { ...CODE, check: 'right' } });
    await shown.press('recovery-code [type=submit]');
    expect(shown.asked).to.deep.equal(['keep code']);
  });

  it('makes new keys only after the new recovery code was tested', async () => {
    const shown = await Shown.with({ stolen: CODE });
    await shown.press('recovery-code .btn--main');
    await shown.press('recovery-code [type=submit]');
    expect(shown.asked).to.deep.equal([]);
    await shown.change({ stolen: { ...CODE, check: 'right' } });
    await shown.press('recovery-code [type=submit]');
    expect(shown.asked).to.deep.equal(['finish stolen']);
  });

  it('signs out one device at once, and all others after asking; never the one in use', async () => {
    const shown = await Shown.with();
    expect(shown.page.querySelectorAll('#devices li .btn').length).to.equal(1);
    await shown.press('#devices li .btn');
    await shown.press('#devices > .btn');
    expect(shown.asked).to.deep.equal(['sign out dev_2']);
    await shown.press('dialog .btn--stop');
    expect(shown.asked).to.deep.equal(['sign out dev_2', 'sign out others']);
  });
});

describe('signing out while messages wait', () => {
  afterEach(unmountAll);

  const asking = (state: 'idle' | 'sending' | 'not_all_sent'): Partial<SettingsModel> => ({
    signOut: { step: 'asking', waiting: 2, state },
  });

  it('names the number and offers to send, to keep and to delete', async () => {
    const shown = await Shown.with(asking('idle'));
    expect(wordsOf(find(shown.page, 'dialog'))).to.contain('2 messages have not gone out yet.');
    const buttons = [...shown.page.querySelectorAll<HTMLElement>('dialog .btn--wide')];
    for (const button of buttons) button.click();
    expect(shown.asked).to.deep.equal(['send_first', 'keep_locked', 'delete']);
  });

  it('takes no second decision while it sends', async () => {
    const shown = await Shown.with(asking('sending'));
    for (const button of shown.page.querySelectorAll<HTMLElement>('dialog .btn--wide')) button.click();
    expect(shown.asked).to.deep.equal([]);
  });

  it('asks again where not everything went out', async () => {
    const shown = await Shown.with(asking('not_all_sent'));
    expect(wordsOf(find(shown.page, 'dialog [role=alert]'))).to.equal('Not everything could be sent. Choose again.');
    await shown.press('dialog .dialog__foot .btn');
    expect(shown.asked).to.deep.equal(['stay']);
  });
});
