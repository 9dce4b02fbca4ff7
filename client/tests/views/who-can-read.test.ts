import { expect } from 'chai';

import type { Terms, WhoCanReadModel } from '../../src/views/models/who-can-read.ts';
import type { WhoCanReadPage } from '../../src/views/pages/who-can-read-page.ts';
import { whoCanReadActions, whoCanReadStates } from '../gallery/states/who-can-read.ts';
import { change, find, mount, settled, unmountAll, wordsOf } from './mount.ts';
import '../../src/views/pages/who-can-read-page.ts';

async function page(part: Partial<WhoCanReadModel> = {}): Promise<{ page: WhoCanReadPage; asked: unknown[][] }> {
  const asked: unknown[][] = [];
  const record =
    (action: string) =>
    (...given: unknown[]) => {
      asked.push([action, ...given]);
    };
  const actions = { ...whoCanReadActions, give: record('give'), change: record('change'), takeOff: record('takeOff'), saveCopy: record('saveCopy') };
  const model = { ...(whoCanReadStates['who-can-read']?.().model as WhoCanReadModel), ...part };
  return { page: await mount('who-can-read-page', { model, actions }), asked };
}

async function press(within: HTMLElement, selector: string): Promise<void> {
  find(within, selector).click();
  await settled(within);
}

async function choose(within: HTMLElement, selector: string, value: string): Promise<void> {
  const field = find(within, selector) as HTMLInputElement;
  field.value = value;
  field.dispatchEvent(new Event('change', { bubbles: true }));
  await settled(within);
}

const agreed: Terms = { scope: 'all', purpose: 'treatment', history: 'none', from: '', until: '', mayOpen: false };

describe('who can read', () => {
  afterEach(unmountAll);

  it('says of each who, why, what, from when and until when', async () => {
    const { page: shown } = await page();
    const nurse = wordsOf(find(shown, '#cns_nurse'));
    for (const words of ['Tom Reyes', 'Nurse, RN', 'work together', '“Heart and blood pressure” only', 'Back to Saturday 1 March', 'Tuesday 18 March'])
      expect(nurse).to.contain(words);
    expect(nurse).to.contain('Ends in 7 days');
    expect(wordsOf(find(shown, '#cns_team'))).to.contain('No end agreed.').and.contain('Dr Amara Okafor').and.contain('May start conversations');
    expect(wordsOf(find(shown, '#cns_later'))).to.contain('Begins on Tuesday 1 April');
  });

  it('names who covers beside what they are', async () => {
    const standing = whoCanReadStates['who-can-read']?.().model as WhoCanReadModel;
    const cover = { team: 'Family team', until: new Date('2025-03-14T18:00:00Z') };
    const grants = standing.grants.map((grant) => ({ ...grant, members: grant.members.map((member) => ({ ...member, cover })) }));
    const { page: shown } = await page({ grants });
    expect(wordsOf(find(shown, '#cns_team'))).to.match(/Tom Reyes \(Nurse, RN; Cover for Family team until [^)]+\)/);
  });

  it('says what changed and when, what ended by itself, and what became wider or narrower', async () => {
    const { page: shown } = await page();
    const rows = [...shown.querySelectorAll('.time > li')].map(wordsOf);
    expect(rows[0]).to.contain('You changed what Tom Reyes can read. It ends sooner than agreed before. More of what was written before is opened.');
    expect(rows[2]).to.contain('The time of Dr Amara Okafor ended by itself.');
    expect(rows[3]).to.contain('You took Lena Fischer off.');
  });

  it('lets nobody read before it is said who, and says what it comes to before it is done', async () => {
    const { page: shown, asked } = await page();
    await press(shown, '.home__sec > .btn');
    expect(wordsOf(shown)).to.contain('Choose who it is first.');
    await press(shown, 'grant-form .btn--main');
    expect(asked).to.deep.equal([]);
    await choose(shown, '#grantee', 'acc_fischer');
    expect(wordsOf(find(shown, 'grant-form .notice'))).to.contain(
      'From now on Lena Fischer can read what is written in all your conversations with the clinic. What was written before stays closed. It has no end, until you take them off.',
    );
    await press(shown, 'grant-form .btn--main');
    expect(asked).to.deep.equal([['give', 'acc_fischer', agreed]]);
  });

  it('begins with what was asked for and signs nothing before a yes; it may be changed first', async () => {
    const terms: Terms = { ...agreed, purpose: 'coordination', history: 'all', until: '2025-06-30' };
    const { page: shown, asked } = await page({ asked: { grantee: 'acc_fischer', terms } });
    expect(wordsOf(find(shown, 'grant-form .notice'))).to.contain('Lena Fischer').and.contain('What was written before is opened as well.');
    expect(asked).to.deep.equal([]);
    await press(shown, '[name=history][value=none]');
    await press(shown, 'grant-form .btn--main');
    expect(asked).to.deep.equal([['give', 'acc_fischer', { ...terms, history: 'none' }]]);
  });

  it('names nobody by what an ask says: who is not of the clinic is not in the form', async () => {
    const { page: shown, asked } = await page({ asked: { grantee: 'acc_stranger', terms: agreed } });
    expect(wordsOf(shown)).to.contain('Choose who it is first.');
    await press(shown, 'grant-form .btn--main');
    expect(asked).to.deep.equal([]);
  });

  it('takes no last day that is over, and no day that was not chosen', async () => {
    const { page: shown, asked } = await page();
    await press(shown, '.home__sec > .btn');
    await choose(shown, '#grantee', 'acc_fischer');
    await press(shown, '[name=until][value=day]');
    expect(wordsOf(shown)).to.contain('Choose the last day.');
    await choose(shown, '#until', '2025-03-10');
    expect(wordsOf(shown)).to.contain('The last day is over already.');
    await press(shown, 'grant-form .btn--main');
    expect(asked).to.deep.equal([]);
    await choose(shown, '#until', '2025-03-11');
    await press(shown, 'grant-form .btn--main');
    expect(asked).to.deep.equal([['give', 'acc_fischer', { ...agreed, until: '2025-03-11' }]]);
  });

  it('changes nothing where nothing differs, and says what a change makes wider', async () => {
    const { page: shown, asked } = await page();
    await press(shown, '#cns_nurse .btn');
    expect(wordsOf(shown)).to.contain('Nothing is different yet.');
    await press(shown, 'grant-form .btn--main');
    await press(shown, '[name=until][value=open]');
    expect(wordsOf(find(shown, 'grant-form .notice'))).to.contain('It lasts longer than agreed before.');
    await press(shown, 'grant-form .btn--main');
    expect(asked.map(([action, id]) => [action, id])).to.deep.equal([['change', 'cns_nurse']]);
  });

  it('says before somebody is taken off what that does not undo, and by what else they read', async () => {
    const { page: shown, asked } = await page();
    await press(shown, '#cns_nurse .btn--stop');
    const dialog = find(shown, 'dialog');
    expect(wordsOf(dialog)).to.contain('What Tom Reyes has already read, they have read.').and.contain('can still read through Heart & kidney team');
    expect(wordsOf(find(dialog, '.dialog__foot .btn:last-child'))).to.equal('Keep as it is');
    await press(shown, 'dialog .btn--stop');
    expect(asked).to.deep.equal([['takeOff', 'cns_nurse']]);
  });

  it('saves a copy once, says that it works, and why there is none', async () => {
    const { page: shown, asked } = await page();
    const last = '.home__sec:last-child';
    await press(shown, `${last} .btn`);
    await change(shown, { model: { ...shown.model, copying: { state: 'working' } } });
    await press(shown, `${last} .btn`);
    expect(asked).to.deep.equal([['saveCopy']]);
    expect(wordsOf(find(shown, `${last} .btn`))).to.equal('Making the copy…');
    await change(shown, { model: { ...shown.model, copying: { state: 'failed', reason: 'differs' } } });
    expect(wordsOf(find(shown, `${last} [role=alert]`))).to.contain('so it was not saved');
  });

  it('stays where it is while it is done or was not, and comes back to the list afterwards', async () => {
    const { page: shown } = await page();
    await press(shown, '#cns_nurse .btn--stop');
    await change(shown, { model: { ...shown.model, deed: { state: 'working', done: 1, all: 3 } } });
    expect(wordsOf(find(shown, 'dialog'))).to.contain('Locking 3 conversations anew: 1 done');
    await change(shown, { model: { ...shown.model, deed: { state: 'failed', reason: 'refused' } } });
    expect(wordsOf(find(shown, 'dialog [role=alert]'))).to.contain('Nothing is half done');
    await change(shown, { model: { ...shown.model, deed: { state: 'working', done: 3, all: 3 } } });
    await change(shown, { model: { ...shown.model, deed: { state: 'idle' } } });
    expect(shown.querySelector('dialog')).to.equal(null);
  });
});
