import { expect } from 'chai';

import type { Draft } from '../../src/views/models/composer.ts';
import type { MessageComposer } from '../../src/views/parts/composer.ts';
import { composer as model } from '../gallery/states/conversation.ts';
import { change, find, mount, settled, type, unmountAll, wordsOf } from './mount.ts';
import '../../src/views/parts/composer.ts';

/** A composer in the page, with what it sent, kept and told. */
interface Shown {
  readonly composer: MessageComposer;
  readonly text: HTMLTextAreaElement;
  readonly sent: Draft[];
  readonly kept: Draft[];
  readonly typing: boolean[];
}

async function shown(properties: Partial<MessageComposer> = {}): Promise<Shown> {
  const [sent, kept, typing]: [Draft[], Draft[], boolean[]] = [[], [], []];
  const composer = await mount('message-composer', {
    conversation: 'cnv_1',
    model: model(),
    face: 'patient',
    emergency: { number: '112' },
    addressee: 'Peggy',
    readers: 'You and 4 people can read',
    actions: { send: (draft) => sent.push(draft), keepDraft: (draft) => kept.push(draft), tellTyping: (is) => typing.push(is) },
    ...properties,
  });
  return { composer, text: find(composer, 'textarea') as HTMLTextAreaElement, sent, kept, typing };
}

function choose(within: HTMLElement, value: string): void {
  find(within, `input[value=${value}]`).click();
}

const send = (within: HTMLElement): void => {
  find(within, 'button[type=submit]').click();
};

describe('the composer', () => {
  afterEach(unmountAll);

  it('sends what was written, without the white space around it, as the kind that was chosen', async () => {
    const { composer, text, sent } = await shown();
    choose(composer, 'thanks');
    type(text, '  Thank you.\n');
    send(composer);
    expect(sent).to.deep.equal([{ text: 'Thank you.', kind: 'thanks', mode: 'plain', question: null }]);
  });

  it('is empty afterwards, and the caret stays in it', async () => {
    const { composer, text } = await shown();
    type(text, 'Thank you.');
    send(composer);
    await settled(composer);
    expect(text.value).to.equal('');
    expect(document.activeElement).to.equal(text);
  });

  it('sends nothing twice when Send is pressed twice', async () => {
    const { composer, text, sent } = await shown();
    type(text, 'Thank you.');
    send(composer);
    send(composer);
    expect(sent).to.have.length(1);
  });

  it('sends no empty message, and goes to where one writes', async () => {
    const { composer, text, sent } = await shown();
    type(text, ' \n ');
    send(composer);
    expect(sent).to.deep.equal([]);
    expect(document.activeElement).to.equal(text);
  });

  it('sends with Ctrl+Enter; Enter alone is a new line', async () => {
    const { text, sent } = await shown();
    type(text, 'Thank you.');
    text.dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', bubbles: true, cancelable: true }));
    expect(sent).to.deep.equal([]);
    text.dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', ctrlKey: true, bubbles: true, cancelable: true }));
    expect(sent).to.have.length(1);
  });

  it('does not send while a Chinese word is still being composed', async () => {
    const { text, sent } = await shown();
    type(text, '谢谢');
    text.dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', ctrlKey: true, isComposing: true, bubbles: true }));
    expect(sent).to.deep.equal([]);
  });

  it('keeps what is written as it is written, with its kind', async () => {
    const { composer, text, kept } = await shown();
    type(text, 'I weighed');
    choose(composer, 'update');
    expect(kept.at(-1)).to.deep.equal({ text: 'I weighed', kind: 'update', mode: 'plain', question: null });
  });

  it('begins with the draft that was kept, and with that of another conversation when it comes', async () => {
    const { composer, text } = await shown({
      model: model({ draft: { text: 'I weighed', kind: 'update', mode: 'plain', question: null } }),
    });
    expect(text.value).to.equal('I weighed');
    await change(composer, { conversation: 'cnv_2', model: model() });
    expect(text.value).to.equal('');
  });

  it('never overwrites what is being written when something else changes', async () => {
    const { composer, text } = await shown();
    type(text, 'I weighed');
    await change(composer, { model: model({ connection: 'offline' }) });
    expect(text.value).to.equal('I weighed');
  });

  it('says why nothing can be sent, keeps the words, and sends nothing', async () => {
    const { composer, text, sent } = await shown({ model: model({ blocked: 'key_changed' }) });
    type(text, 'Thank you.');
    send(composer);
    expect(sent).to.deep.equal([]);
    expect(text.value).to.equal('Thank you.');
    expect(wordsOf(find(composer, '#composer-note'))).to.contain('new keys');
    expect(find(composer, 'button[type=submit]').getAttribute('aria-describedby')).to.equal('composer-note');
  });

  it('counts bytes, not letters, and refuses what is too long with by how much', async () => {
    const { composer, text, sent } = await shown({ model: model({ maxBytes: 5 }) });
    type(text, '谢谢');
    await settled(composer);
    send(composer);
    expect(sent).to.deep.equal([]);
    expect(wordsOf(find(composer, '#composer-note'))).to.equal('Too long by 1 character. Please send it in two parts.');
    type(text, '谢');
    send(composer);
    expect(sent).to.have.length(1);
  });

  it('still sends while offline, and says what becomes of it', async () => {
    const { composer, text, sent } = await shown({ model: model({ connection: 'offline' }) });
    expect(wordsOf(find(composer, 'button[type=submit]'))).to.equal('Send when online');
    type(text, 'Thank you.');
    send(composer);
    expect(sent).to.have.length(1);
  });

  it('tells once that somebody writes, and once that they stopped', async () => {
    const { composer, text, typing } = await shown();
    type(text, 'T');
    type(text, 'Th');
    expect(typing).to.deep.equal([true]);
    text.dispatchEvent(new FocusEvent('blur'));
    expect(typing).to.deep.equal([true, false]);
    type(text, 'Thanks');
    send(composer);
    expect(typing).to.deep.equal([true, false, true, false]);
  });

  it('tells that somebody stopped when it leaves the page', async () => {
    const { composer, text, typing } = await shown();
    type(text, 'T');
    composer.remove();
    expect(typing).to.deep.equal([true, false]);
  });

  it('folds until it is used, unless something is written; the emergency line always stays', async () => {
    const { composer, text } = await shown();
    const form = find(composer, 'form');
    const folded = (): boolean => form.classList.contains('is-folded');
    expect(folded()).to.equal(true);
    expect(find(form, '.composer__urgent a').getAttribute('href')).to.equal('tel:112');
    text.focus();
    await settled(composer);
    expect(folded()).to.equal(false);
    document.body.dispatchEvent(new PointerEvent('pointerdown', { bubbles: true }));
    await settled(composer);
    expect(folded()).to.equal(true);
    type(text, 'T');
    document.body.dispatchEvent(new PointerEvent('pointerdown', { bubbles: true }));
    await settled(composer);
    expect(folded()).to.equal(false);
  });

  const openQuestions = [
    { id: 'msg_q1', excerpt: 'Do I double up?' },
    { id: 'msg_q2', excerpt: null },
  ];

  it('lets staff answer an open question, by default the one that waits longest', async () => {
    const { composer, text, sent } = await shown({ face: 'staff', model: model({ openQuestions }) });
    choose(composer, 'answers');
    await settled(composer);
    type(text, 'No, please don’t.');
    send(composer);
    expect(sent[0]).to.include({ mode: 'answers', question: 'msg_q1' });
  });

  it('lets staff choose which question a holding reply is about', async () => {
    const { composer, text, sent } = await shown({ face: 'staff', model: model({ openQuestions }) });
    choose(composer, 'acknowledges');
    await settled(composer);
    const which = find(composer, 'select') as HTMLSelectElement;
    which.value = 'msg_q2';
    which.dispatchEvent(new Event('change'));
    type(text, 'I am checking.');
    send(composer);
    expect(sent[0]).to.include({ mode: 'acknowledges', question: 'msg_q2' });
  });

  it('answers nothing any more once somebody else has answered', async () => {
    const { composer, text, sent } = await shown({ face: 'staff', model: model({ openQuestions }) });
    choose(composer, 'answers');
    type(text, 'No.');
    await change(composer, { model: model({ openQuestions: openQuestions.slice(1) }) });
    send(composer);
    expect(sent[0]).to.include({ mode: 'plain', question: null });
  });

  it('offers patients no answers and staff no kinds', async () => {
    const patient = await shown({ model: model({ openQuestions }) });
    expect(patient.composer.querySelector('input[value=answers]')).to.equal(null);
    const staff = await shown({ face: 'staff', model: model({ openQuestions }) });
    expect(staff.composer.querySelector('input[value=question]')).to.equal(null);
    expect(wordsOf(staff.composer)).to.contain('You and 4 people can read');
  });
});
