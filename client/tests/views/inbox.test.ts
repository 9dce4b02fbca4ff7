import { expect } from 'chai';

import type { InboxModel } from '../../src/views/models/inbox.ts';
import type { InboxPage } from '../../src/views/pages/inbox-page.ts';
import { inbox, inboxActions, opened, waiting } from '../gallery/states/inbox.ts';
import { change, find, mount, settled, type, unmountAll, wordsOf } from './mount.ts';

/** An inbox in the page, and what it was asked to do. */
class Shown {
  private constructor(
    readonly page: InboxPage,
    readonly asked: readonly string[],
  ) {}

  static async with(part: Partial<InboxModel> = {}): Promise<Shown> {
    const asked: string[] = [];
    const actions = {
      ...inboxActions,
      openQuestion: (question: string, conversation: string) => asked.push(`question ${question} in ${conversation}`),
      closeConversation: () => asked.push('close'),
      beginStart: () => asked.push('begin'),
      startConversation: (patient: string, name: string) => asked.push(`start with ${patient} named "${name}"`),
    };
    return new Shown(await mount('inbox-page', { model: inbox(part).model as InboxModel, actions }), asked);
  }

  async press(key: string, from: Element = document.activeElement ?? document.body, more: KeyboardEventInit = {}): Promise<void> {
    from.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true, ...more }));
    await settled(this.page);
  }

  async change(part: Partial<InboxModel>): Promise<void> {
    await change(this.page, { model: { ...this.page.model, ...part } });
  }

  get rows(): HTMLElement[] {
    return [...this.page.querySelectorAll<HTMLElement>('[data-row]')];
  }

  get focusedRow(): number {
    return this.rows.findIndex((row) => row === document.activeElement);
  }

  get keysShown(): boolean {
    return this.page.querySelector('dialog .keys') !== null;
  }
}

describe('the inbox', () => {
  afterEach(unmountAll);

  it('moves along the questions with j and k and stops at both ends', async () => {
    const shown = await Shown.with({ questions: [waiting('a'), waiting('b'), waiting('c')] });
    const visited: number[] = [];
    for (const key of ['k', 'j', 'j', 'j', 'k', 'k', 'k']) {
      await shown.press(key);
      visited.push(shown.focusedRow);
    }
    expect(visited).to.deep.equal([0, 1, 2, 2, 1, 0, 0]);
  });

  it('moves on from the question that is open', async () => {
    const shown = await Shown.with({ questions: [waiting('a'), waiting('b', 'cnv_4'), waiting('c')], open: opened() });
    await shown.press('j');
    expect(shown.focusedRow).to.equal(2);
  });

  it('puts the caret into the reply with r', async () => {
    const shown = await Shown.with({ open: opened() });
    await shown.press('r');
    expect(document.activeElement?.tagName).to.equal('TEXTAREA');
  });

  it('takes letters for letters where somebody writes', async () => {
    const shown = await Shown.with({ open: opened() });
    await shown.press('r');
    await shown.press('?');
    await shown.press('j');
    expect(shown.keysShown).to.equal(false);
    expect(document.activeElement?.tagName).to.equal('TEXTAREA');
  });

  it('takes no letters away from a text field, and takes them from a radio, which has no use for them', async () => {
    const shown = await Shown.with();
    const field = document.createElement('input');
    shown.page.append(field);
    await shown.press('?', field);
    expect(shown.keysShown).to.equal(false);
    await shown.press('?', find(shown.page, 'input[type=radio]'));
    expect(shown.keysShown).to.equal(true);
  });

  it('leaves combinations with Control, Command and Alt to the browser', async () => {
    const shown = await Shown.with();
    for (const modifier of ['ctrlKey', 'metaKey', 'altKey']) await shown.press('?', document.body, { [modifier]: true });
    expect(shown.keysShown).to.equal(false);
  });

  it('shows the list of keys with ? and lists only what works', async () => {
    const shown = await Shown.with();
    await shown.press('?');
    expect(shown.keysShown).to.equal(true);
    expect([...shown.page.querySelectorAll('.keys kbd')].map((kbd) => kbd.textContent)).to.deep.equal([
      'j',
      'k',
      'Enter',
      'r',
      'i',
      'Esc',
      '?',
    ]);
  });

  it('does nothing on single keys once they are off, and hides their list; Esc goes on working', async () => {
    const shown = await Shown.with({ singleKeys: false, questions: [waiting('a', 'cnv_4')], open: opened() });
    for (const key of ['?', 'j', 'r', 'i']) await shown.press(key, document.body);
    expect(shown.keysShown).to.equal(false);
    expect(shown.page.querySelector('.tool--keys')).to.equal(null);
    expect(document.activeElement).to.equal(document.body);
    await shown.press('Escape', document.body);
    expect(shown.asked).to.deep.equal(['close']);
  });

  it('opens what is known about the patient with i, at its title, and closes it with Esc', async () => {
    const shown = await Shown.with({ open: opened() });
    await shown.press('i');
    expect(document.activeElement?.id).to.equal('context-title');
    expect(find(shown.page, '.panes').dataset['pane']).to.equal('context');
    await shown.press('Escape');
    expect(find(shown.page, '.panes').dataset['pane']).to.equal('talk');
    expect(shown.asked).to.deep.equal([]);
  });

  it('closes the drawer when focus moves under it', async () => {
    const shown = await Shown.with({ open: opened() });
    await shown.press('i');
    find(shown.page, '.pane--talk textarea').focus();
    await settled(shown.page);
    expect(find(shown.page, '.panes').dataset['pane']).to.equal('talk');
    expect(document.activeElement?.tagName).to.equal('TEXTAREA');
  });

  it('forgets an open drawer when the conversation goes', async () => {
    const shown = await Shown.with({ open: opened() });
    await shown.press('i');
    await shown.change({ open: null });
    await shown.change({ open: opened() });
    expect(find(shown.page, '.panes').dataset['pane']).to.equal('talk');
  });

  it('opens a question in place, and leaves a new tab to the browser', async () => {
    const shown = await Shown.with({ questions: [waiting('a', 'cnv_9')] });
    const click = (more: MouseEventInit): boolean =>
      shown.rows[0]?.dispatchEvent(new MouseEvent('click', { bubbles: true, cancelable: true, ...more })) ?? true;
    shown.page.addEventListener('click', (event) => {
      event.preventDefault();
    }); // the test's page must not navigate
    click({ ctrlKey: true });
    expect(shown.asked).to.deep.equal([]);
    click({});
    expect(shown.asked).to.deep.equal(['question a in cnv_9']);
    expect(shown.rows[0]?.getAttribute('href')).to.equal('/conversations/cnv_9#a');
  });

  it('tells those who listen how many questions wait, as soon as that changes', async () => {
    const shown = await Shown.with({ questions: [waiting('a')] });
    const status = find(shown.page, '.pane--queue [role=status]');
    expect(wordsOf(status)).to.equal('1 question waits for an answer');
    await shown.change({ questions: [waiting('a'), waiting('b')] });
    expect(wordsOf(status)).to.equal('2 questions wait for an answer');
  });

  it('says of a locked name that it is locked, never a guess at it', async () => {
    const shown = await Shown.with({
      questions: [{ ...waiting('a'), patient: { account: 'acc_x', number: '55D0', person: null, closed: 'not_for_me' } }],
    });
    expect(shown.rows[0]?.textContent).to.contain('Patient 55D0').and.to.contain('name closed to you');
  });

  it('draws a long queue as it is needed, and says how long it is', async () => {
    const all = Array.from({ length: 450 }, (_, index) => waiting(`q${index}`));
    const shown = await Shown.with({ questions: all });
    expect(shown.rows.length).to.be.within(200, 400);
    expect(shown.page.querySelector('li.qi')?.getAttribute('aria-setsize')).to.equal('450');
    while (shown.rows.length < 450) {
      shown.rows.at(-1)?.scrollIntoView();
      find(shown.page, '[data-list-end] button').click();
      await settled(shown.page);
    }
    expect(shown.page.querySelector('[data-list-end]')).to.equal(null);
  });

  it('always draws the question that is open', async () => {
    const all = Array.from({ length: 450 }, (_, index) => waiting(`q${index}`, `cnv_q${index}`));
    const shown = await Shown.with({ questions: all, open: opened('cnv_q430') });
    expect(shown.page.querySelector('[data-row][aria-current]')?.getAttribute('href')).to.equal('/conversations/cnv_q430#q430');
  });
});

describe('starting a conversation', () => {
  afterEach(unmountAll);

  async function form(count = 3): Promise<{ shown: Shown; submit: () => Promise<void> }> {
    const patients = Array.from({ length: count }, (_, index) => ({
      ...waiting('x').patient,
      account: `acc_${index}`,
      number: `N${index}`,
    }));
    const shown = await Shown.with({ start: { patients, state: 'idle' } });
    const submit = async (): Promise<void> => {
      find(shown.page, 'conversation-start button[type=submit]').click();
      await settled(shown.page);
    };
    return { shown, submit };
  }

  it('asks for the patient before it starts anything', async () => {
    const { shown, submit } = await form();
    await submit();
    expect(shown.asked).to.deep.equal([]);
    expect(find(shown.page, 'conversation-start [role=alert]').textContent).to.contain('Choose the patient first.');
  });

  it('starts with the patient that was chosen, and with no name where none was written', async () => {
    const { shown, submit } = await form();
    find(shown.page, 'input[value=acc_1]').click();
    await submit();
    expect(shown.asked).to.deep.equal(['start with acc_1 named ""']);
  });

  it('finds a patient by number and says how many are left out', async () => {
    const { shown } = await form(50);
    expect(shown.page.querySelectorAll('input[name=start-patient]').length).to.equal(30);
    expect(shown.page.textContent).to.contain('20 more');
    type(find(shown.page, '#start-find') as HTMLInputElement, 'n49');
    await settled(shown.page);
    expect([...shown.page.querySelectorAll<HTMLInputElement>('input[name=start-patient]')].map((radio) => radio.value)).to.deep.equal([
      'acc_49',
    ]);
  });
});
