import { expect } from 'chai';

import type { ConversationActions, ConversationModel } from '../../src/views/models/conversation.ts';
import type { ConversationView } from '../../src/views/parts/conversation-view.ts';
import { message, open, ownMessage, peggy, readersWithNewKeys, reyes } from '../gallery/factories.ts';
import { conversation, conversationActions } from '../gallery/states/conversation.ts';
import { change, find, mount, settled, type, unmountAll, wordsOf } from './mount.ts';
import '../../src/views/parts/conversation-view.ts';

interface Shown {
  readonly view: ConversationView;
  /** What was asked for: the action's name and what it was given. */
  readonly asked: unknown[][];
}

async function shown(part: Partial<ConversationModel> = {}): Promise<Shown> {
  const asked: unknown[][] = [];
  const names = Object.keys(conversationActions) as (keyof ConversationActions)[];
  const quiet: readonly string[] = ['markRead', 'tellTyping', 'keepDraft'];
  const record =
    (name: string) =>
    (...given: unknown[]) => {
      if (!quiet.includes(name)) asked.push([name, ...given]);
    };
  const actions = Object.fromEntries(names.map((name) => [name, record(name)])) as unknown as ConversationActions;
  return { view: await mount('conversation-view', { model: conversation(part), actions }), asked };
}

async function press(view: HTMLElement, selector: string): Promise<void> {
  find(view, selector).click();
  await settled(view);
}

const dialog = (view: HTMLElement): HTMLElement => find(view, 'dialog');
const unsure = {
  type: 'unverified',
  id: 'msg_1',
  at: new Date(),
  claims: 'Lena Fischer',
  heldBack: 'Take three tablets.',
  checking: false,
} as const;

describe('a conversation', () => {
  afterEach(unmountAll);

  it('closes at once for whom nothing lets read any more: no word of it stays, nor who reads it, nor a place to write', async () => {
    const { view } = await shown();
    await press(view, '.seal');
    await change(view, { model: conversation({ closed: true }) });
    expect(wordsOf(find(view, '[role=alert]'))).to.contain('You can’t read this conversation now').and.contain('What you have read, you have read.');
    for (const gone of ['article', '.seal', 'message-composer', 'dialog']) expect(view.querySelector(gone), gone).to.equal(null);
  });

  it('shows in its header how many can read', async () => {
    const { view } = await shown();
    expect(wordsOf(find(view, '.conv__head .seal'))).to.contain('You and 4 people can read');
  });

  it('opens the list of readers from the seal: who, why, until when', async () => {
    const { view } = await shown();
    await press(view, '.seal');
    const rows = [...dialog(view).querySelectorAll('.readers > li')].map(wordsOf);
    expect(rows).to.have.length(4);
    expect(rows[2]).to.contain('Lena Fischer').and.contain('Heart & kidney team').and.contain('Until Wednesday 10 September');
  });

  it('moves focus to the title of a dialog, and back to what opened it', async () => {
    const { view } = await shown();
    find(view, '.seal').focus();
    await press(view, '.seal');
    expect(document.activeElement).to.equal(find(view, 'dialog h2'));
    await press(view, '.dialog__foot .btn');
    expect(document.activeElement).to.equal(find(view, '.seal'));
  });

  it('closes a dialog with Esc', async () => {
    const { view } = await shown();
    await press(view, '.seal');
    dialog(view).dispatchEvent(new Event('cancel', { cancelable: true }));
    await settled(view);
    expect(view.querySelector('dialog')).to.equal(null);
  });

  it('lets codes be compared, and passes on what was found', async () => {
    const { view, asked } = await shown();
    await press(view, '.seal');
    await press(view, '.readers > li:nth-child(2) .btn');
    expect(dialog(view).querySelectorAll('.code li')).to.have.length(12);
    await press(view, '.dialog__foot .btn--stop');
    expect(asked).to.deep.equal([['reportDifferent', 'acc_reyes']]);
  });

  it('holds back the words of a message that could not be checked until the person insists', async () => {
    const { view, asked } = await shown({ entries: [{ ...unsure, reason: 'bad_signature', shown: false }] });
    expect(view.textContent).not.to.contain('three tablets');
    await press(view, '.msg--unsure .btn--plain');
    expect(asked).to.deep.equal([['showAnyway', 'msg_1']]);
    await change(view, { model: conversation({ entries: [{ ...unsure, reason: 'bad_signature', shown: true }] }) });
    expect(wordsOf(find(view, '.doubtful'))).to.equal('Take three tablets.');
    expect(wordsOf(view)).to.contain('We could not check this message');
  });

  it('offers nothing to insist on where a message cannot be opened', async () => {
    const { view } = await shown({ entries: [{ ...unsure, reason: 'cannot_decrypt', heldBack: null, shown: false }] });
    expect(view.querySelector('.msg--unsure .btn--plain')).to.equal(null);
    await change(view, { model: conversation({ entries: [{ ...unsure, reason: 'cannot_decrypt', heldBack: null, shown: true }] }) });
    expect(view.querySelector('.doubtful')).to.equal(null);
  });

  it('asks before it takes a message back', async () => {
    const { view, asked } = await shown({ entries: [ownMessage({ id: 'msg_1', text: 'I weighed 71.9.' })] });
    await press(view, '.msg__more .btn:last-child');
    expect(asked).to.deep.equal([]);
    expect(wordsOf(dialog(view))).to.contain('I weighed 71.9.');
    await press(view, '.dialog__foot .btn--stop');
    expect(asked).to.deep.equal([['takeBack', 'msg_1']]);
  });

  it('offers to take back or correct only what is one’s own and has gone out', async () => {
    const { view } = await shown({
      entries: [
        message(),
        ownMessage({ delivery: { state: 'waiting' } }),
        ownMessage({ delivery: { state: 'failed', reason: 'connection' } }),
      ],
    });
    expect(view.querySelector('.msg__more')).to.equal(null);
  });

  it('keeps the first words readable beside their correction', async () => {
    const entry = message({
      text: 'Four times a week.',
      corrections: [{ text: 'Twice a week.', reason: 'Four is too much.', at: new Date() }],
    });
    const { view } = await shown({ entries: [entry] });
    expect(wordsOf(find(view, '.bubble > .words'))).to.equal('Twice a week.');
    expect(wordsOf(find(view, '.corr del'))).to.equal('Four times a week.');
    expect(wordsOf(find(view, '.corr'))).to.contain('Four is too much.');
  });

  it('corrects with the new words and the reason, and not with the same words again', async () => {
    const { view, asked } = await shown({ entries: [ownMessage({ id: 'msg_1', text: 'I weighed 79.1.' })] });
    await press(view, '.msg__more .btn:first-child');
    await press(view, '.dialog__foot .btn--main');
    expect(asked).to.deep.equal([]);
    type(find(view, '#corrected') as HTMLTextAreaElement, 'I weighed 71.9.');
    type(find(view, '#reason') as HTMLInputElement, 'Two figures changed places.');
    await press(view, '.dialog__foot .btn--main');
    expect(asked).to.deep.equal([['correct', 'msg_1', 'I weighed 71.9.', 'Two figures changed places.']]);
  });

  it('keeps the dialog open until a new name is saved, and says when it was not', async () => {
    const { view, asked } = await shown();
    await press(view, '.conv__title .btn');
    type(find(view, '#conversation-name') as HTMLInputElement, ' Heart ');
    await press(view, '.dialog__foot .btn--main');
    expect(asked).to.deep.equal([['rename', 'Heart']]);
    await change(view, { model: conversation({ renaming: 'failed' }) });
    expect(wordsOf(dialog(view))).to.contain('We couldn’t save the name');
    await change(view, { model: conversation({ renaming: 'working' }) });
    await change(view, { model: conversation({ renaming: 'idle' }) });
    expect(view.querySelector('dialog')).to.equal(null);
  });

  it('lets a failed message be sent again or dropped, where it stands', async () => {
    const { view, asked } = await shown({ entries: [ownMessage({ id: 'msg_1', delivery: { state: 'failed', reason: 'connection' } })] });
    await press(view, '.msg--failed .slip .btn');
    await press(view, '.msg--failed .slip .btn--plain');
    expect(asked).to.deep.equal([
      ['sendAgain', 'msg_1'],
      ['discard', 'msg_1'],
    ]);
  });

  it('goes to the question that an answer is about, or asks for it when it is not here', async () => {
    const link = { id: 'msg_q', excerpt: 'May I swim?' };
    const question = ownMessage({ id: 'msg_q', kind: 'question', question: open });
    const { view, asked } = await shown({ entries: [question, message({ answers: [link] })] });
    await press(view, '.linked');
    expect(document.activeElement?.id).to.equal('msg_q');
    await change(view, { model: conversation({ entries: [message({ answers: [link] })] }) });
    await press(view, '.linked');
    expect(asked).to.deep.equal([['goTo', 'msg_q']]);
  });

  it('tells patients that the team writes, and colleagues who', async () => {
    const { view } = await shown({ typing: { who: 'team' } });
    expect(wordsOf(find(view, '.writers'))).to.equal('The team is writing');
    await change(view, { model: conversation({ typing: { who: 'people', names: ['Peggy', 'Tom Reyes'] } }) });
    expect(wordsOf(find(view, '.writers'))).to.equal('Peggy and Tom Reyes are writing');
  });

  it('says which keys have changed, offers the code, and lets the person go on', async () => {
    const { view, asked } = await shown({ readers: readersWithNewKeys(), alarms: [{ what: 'key_changed', who: reyes() }] });
    expect(wordsOf(find(view, '[role=alert]'))).to.contain('Tom Reyes has new keys');
    await press(view, '.alarms .btn--plain');
    expect(asked).to.deep.equal([['acknowledgeKeyChange', 'acc_reyes']]);
    await press(view, '.alarms .btn');
    expect(dialog(view).querySelectorAll('.code li')).to.have.length(12);
  });

  it('closes its dialogs when another conversation comes', async () => {
    const { view } = await shown();
    await press(view, '.seal');
    await change(view, { model: conversation({ id: 'cnv_2' }) });
    expect(view.querySelector('dialog')).to.equal(null);
  });

  it('offers nothing to write in when it could not be opened, and a way to try again', async () => {
    const { view, asked } = await shown({ loading: { state: 'failed', reference: 'R-4417' }, entries: [] });
    expect(view.querySelector('textarea')).to.equal(null);
    expect(wordsOf(find(view, '[role=alert]'))).to.contain('R-4417');
    await press(view, '[role=alert] .btn--main');
    expect(asked).to.deep.equal([['tryAgain']]);
  });

  it('is headed by the patient’s name for staff', async () => {
    const { view } = await shown({ face: 'staff', patient: peggy() });
    expect(wordsOf(find(view, 'h2'))).to.equal('Peggy');
  });
});
