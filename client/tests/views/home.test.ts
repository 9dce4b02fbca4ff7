import { expect } from 'chai';

import type { HomeModel } from '../../src/views/models/home.ts';
import type { HomePage } from '../../src/views/pages/home-page.ts';
import { speak } from '../../src/views/words.ts';
import { homeStates } from '../gallery/states/home.ts';
import { change, find, mount, settled, type, unmountAll, wordsOf } from './mount.ts';
import '../../src/views/pages/home-page.ts';

async function home(name: string, part: Partial<HomeModel> = {}): Promise<{ page: HomePage; asked: unknown[][] }> {
  const asked: unknown[][] = [];
  const state = homeStates[name]?.();
  const record =
    (action: string) =>
    (...given: unknown[]) => {
      asked.push([action, ...given]);
    };
  const actions = {
    ...(state?.actions as HomePage['actions']),
    startConversation: record('start'),
    openConversation: record('open'),
    tryAgain: record('tryAgain'),
  };
  return { page: await mount('home-page', { model: { ...(state?.model as HomeModel), ...part }, actions }), asked };
}

async function press(page: HTMLElement, selector: string): Promise<void> {
  find(page, selector).click();
  await settled(page);
}

describe('the patient’s first screen', () => {
  afterEach(unmountAll);

  for (const [hour, greeting] of [
    ['08:00', 'Good morning'],
    ['12:00', 'Good afternoon'],
    ['20:00', 'Good evening'],
  ]) {
    it(`says “${String(greeting)}” at ${String(hour)}`, async () => {
      const { page } = await home('home', { now: new Date(`2025-03-11T${String(hour)}:00Z`) });
      expect(wordsOf(find(page, 'h1'))).to.equal(`${String(greeting)}, Peggy`);
    });
  }

  it('names the page in the tab in the language that is spoken, and nobody in it', async () => {
    await home('home');
    expect(document.title).to.equal('Messages · Between');
    await speak('zh-Hans');
    await settled(document.body);
    expect(document.title).to.equal('消息 · 诊间');
    await speak('en');
  });

  it('says at once who asks to read in an emergency and why, and calmly that it is over', async () => {
    const { page } = await home('home-emergency-asked');
    const words = wordsOf(find(page, '[role=alert]'));
    expect(words).to.contain('Tom Reyes asks to read “Heart and blood pressure” in an emergency');
    expect(words).to.contain('Found unconscious at home');
    expect(words).to.contain('It opens when two have agreed.');
    await change(page, { model: homeStates['home-emergency-over']?.().model as HomeModel });
    expect(page.querySelector('[role=alert]')).to.equal(null);
    expect(wordsOf(page)).to.contain('has ended').and.to.contain('was not let in');
  });

  it('does not hide a request that the service cannot prove', async () => {
    const { page } = await home('home-emergency-doubtful');
    expect(wordsOf(find(page, '[role=alert]'))).to.contain('2 requests to read in an emergency that it cannot prove');
  });

  it('shows how each question stands, and links to it where it was asked', async () => {
    const { page } = await home('home');
    const rows = [...page.querySelectorAll('.qrow')].map(wordsOf);
    expect(rows[0]).to.contain('Waiting since Tue 09:02');
    expect(rows[1]).to.contain('Tom Reyes has seen it and will answer');
    expect(rows[2]).to.contain('Answered Mon 11:20');
    expect(find(page, '.qrow a').getAttribute('href')).to.equal('/conversations/cnv_1#msg_q2');
  });

  it('marks what is unread and who can read, in words', async () => {
    const { page } = await home('home');
    expect(wordsOf(find(page, '.convs a')))
      .to.contain('You and 4 people can read')
      .and.contain('2 new messages');
  });

  it('opens a conversation that is there, to ask in', async () => {
    const { page, asked } = await home('home');
    await press(page, '.home__head .btn--main');
    await press(page, 'input[value=cnv_2]');
    await press(page, 'dialog .btn--main');
    expect(asked).to.deep.equal([['open', 'cnv_2']]);
  });

  it('starts a new conversation with a name, and not without one', async () => {
    const { page, asked } = await home('home');
    await press(page, '.home__head .btn--main');
    await press(page, 'input[value=new]');
    await press(page, 'dialog .btn--main');
    expect(asked).to.deep.equal([]);
    type(find(page, '#conversation-name') as HTMLInputElement, ' My knee ');
    await press(page, 'dialog .btn--main');
    expect(asked).to.deep.equal([['start', 'My knee']]);
  });

  it('keeps the dialog and says so when a conversation cannot be started now', async () => {
    const { page } = await home('home-empty');
    expect(page.querySelector('.home__head .btn--main')).to.equal(null); // one filled button a view
    await press(page, '.empty .btn--main');
    await change(page, { model: { ...page.model, starting: 'unreachable' } });
    expect(wordsOf(find(page, 'dialog'))).to.contain('A new conversation needs a connection');
  });

  it('offers nothing to ask while no team can read', async () => {
    const { page } = await home('home-no-team');
    expect(page.querySelector('.home__head .btn--main')).to.equal(null);
    expect(wordsOf(find(page, '.empty'))).to.contain('Please ask the clinic');
  });

  it('stays open when the person is still there', async () => {
    const { page } = await home('home-about-to-lock');
    const stayed: true[] = [];
    await change(page, { actions: { ...page.actions, chrome: { ...page.actions.chrome, stayOpen: () => stayed.push(true) } } });
    expect(wordsOf(find(page, 'dialog'))).to.contain('we lock in 1 min 40 s');
    await press(page, 'dialog .btn--main');
    expect(stayed).to.have.length(1);
  });
});
