import { expect } from 'chai';

import type { ConversationActions, ConversationModel } from '../../src/views/models/conversation.ts';
import type { ConversationView } from '../../src/views/parts/conversation-view.ts';
import { asking } from '../gallery/threads.ts';
import { conversation, conversationActions } from '../gallery/states/conversation.ts';
import { find, mount, settled, type, unmountAll, wordsOf } from './mount.ts';
import '../../src/views/parts/conversation-view.ts';

async function shown(part: Partial<ConversationModel>): Promise<{ view: ConversationView; asked: unknown[][] }> {
  const asked: unknown[][] = [];
  const record =
    (action: string) =>
    (...given: unknown[]) => {
      asked.push([action, ...given]);
    };
  const seen = { loadAskChoices: record('load'), ask: record('ask'), decide: record('decide'), sayNotNow: record('not now') };
  const actions: ConversationActions = { ...conversationActions, ...seen };
  return { view: await mount('conversation-view', { model: conversation(part), actions }), asked };
}

const wordsOfButtons = (view: HTMLElement): string[] => [...view.querySelectorAll('article .ask .btn')].map(wordsOf);

async function choose(view: HTMLElement, selector: string, value: string): Promise<void> {
  const field = find(view, selector) as HTMLSelectElement;
  field.value = value;
  field.dispatchEvent(new Event('change', { bubbles: true }));
  await settled(view);
}

describe('an ask in the thread', () => {
  afterEach(unmountAll);

  it('says to the patient who it is about, what they could read, why and until when, and what a yes does not undo', async () => {
    const { view } = await shown({ entries: [asking('open')] });
    const card = wordsOf(find(view, 'article .ask'));
    for (const words of ['Lena Fischer', 'This conversation only', 'work together', 'All of it', 'Monday 30 June', 'they have read', 'Nothing changes unless you say yes'])
      expect(card).to.contain(words);
  });

  it('leads the patient to the form, or says not now for them; nothing else comes of it', async () => {
    const entry = asking('open');
    const { view, asked } = await shown({ entries: [entry] });
    for (const button of view.querySelectorAll<HTMLElement>('article .ask .btn')) button.click();
    expect(asked).to.deep.equal([
      ['decide', entry.ask],
      ['not now', entry.id],
    ]);
  });

  it('can be decided while it is open or was put off, and by nobody but the patient', async () => {
    expect(wordsOfButtons((await shown({ entries: [asking('not_now')] })).view)).to.deep.equal(['Read and decide']);
    for (const state of ['let', 'ended', 'over', 'blocked', 'looking', 'unknown'] as const)
      expect(wordsOfButtons((await shown({ entries: [asking(state)] })).view), state).to.deep.equal([]);
    expect(wordsOfButtons((await shown({ face: 'staff', entries: [asking('open')] })).view)).to.deep.equal([]);
  });

  it('shows no name and no terms where the clinic does not know who it is about', async () => {
    const card = wordsOf(find((await shown({ entries: [asking('unknown')] })).view, 'article .holdback'));
    expect(card).to.contain('We can’t find this person or team').and.not.to.contain('Lena');
  });

  it('is written by staff with every term said before it goes', async () => {
    const choices = [{ id: 'acc_fischer', name: 'Lena Fischer', detail: 'Dietitian', what: 'person' }] as const;
    const { view, asked } = await shown({ face: 'staff', askChoices: { state: 'ready', choices } });
    find(view, '.conv__foot .btn--plain').click();
    await settled(view);
    find(view, 'ask-form [type=submit]').click();
    expect(asked).to.deep.equal([['load']]);
    await choose(view, '#grantee', 'acc_fischer');
    expect(wordsOf(find(view, '#ask-preview'))).to.equal('Write why you ask.');
    type(find(view, '#ask-reason') as HTMLTextAreaElement, ' She plans your meals. ');
    await settled(view);
    expect(wordsOf(find(view, '#ask-preview'))).to.contain('You ask Peggy to let Lena Fischer read what is written in this conversation');
    find(view, 'ask-form [type=submit]').click();
    await settled(view);
    const terms = { scope: 'cnv_1', purpose: 'treatment', history: 'none', from: '', until: '', mayOpen: false };
    expect(asked.at(-1)).to.deep.equal(['ask', { grantee: 'acc_fischer', terms }, 'She plans your meals.']);
    expect(view.querySelector('dialog')).to.equal(null);
  });
});
