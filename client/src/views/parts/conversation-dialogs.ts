/** The dialogs of a conversation: readers, a safety code, taking back, correcting, renaming. */
import { html, type TemplateResult } from 'lit';
import { icon } from '../icons.ts';
import type { ConversationActions, ConversationModel } from '../models/conversation.ts';
import type { Reader } from '../models/readers.ts';
import type { MessageEntry } from '../models/thread.ts';
import { t } from '../words.ts';
import type { AskForm } from './ask-form.ts';
import { fieldAround, textField } from './field.ts';
import { skeleton } from './loading.ts';
import { currentText, paragraphs } from './message.ts';
import { notice } from './notices.ts';
import { readersDialog, safetyCodeDialog } from './readers-dialog.ts';
import './ask-form.ts';
import './dialog.ts';

export type OpenDialog =
  | { readonly what: 'readers' }
  | { readonly what: 'safety'; readonly person: Reader }
  | { readonly what: 'take_back'; readonly entry: MessageEntry }
  | { readonly what: 'correct'; readonly entry: MessageEntry }
  | { readonly what: 'rename' }
  | { readonly what: 'ask' };

export interface DialogSwitch {
  close(): void;
  open(dialog: OpenDialog): void;
}

/** The dialog that is open. */
export function conversationDialog(
  dialog: OpenDialog,
  model: ConversationModel,
  actions: ConversationActions,
  turn: DialogSwitch,
): TemplateResult {
  const close = (): void => {
    turn.close();
  };
  switch (dialog.what) {
    case 'readers':
      return readersDialog(model.readers, model, {
        close,
        compare: (person) => {
          turn.open({ what: 'safety', person });
        },
      });
    case 'safety':
      return safetyDialog(dialog.person, actions, close);
    case 'take_back':
      return takeBackDialog(dialog.entry, actions, close);
    case 'correct':
      return correctDialog(dialog.entry, actions, close);
    case 'rename':
      return renameDialog(model, actions, close);
    case 'ask':
      return askDialog(model, actions, close);
  }
}

function safetyDialog(person: Reader, actions: ConversationActions, close: () => void): TemplateResult {
  return safetyCodeDialog(person, {
    close,
    same: () => {
      actions.markCompared(person.id);
      close();
    },
    different: () => {
      actions.reportDifferent(person.id);
      close();
    },
  });
}

function takeBackDialog(entry: MessageEntry, actions: ConversationActions, close: () => void): TemplateResult {
  const takeBack = (): void => {
    actions.takeBack(entry.id);
    close();
  };
  const body = html`<blockquote class="quoted">${paragraphs(currentText(entry))}</blockquote>
    <p>${t('take_back.body')}</p>`;
  const foot = html`<button class="btn btn--stop" type="button" @click=${takeBack}>${t('take_back.do')}</button>${keepButton(close)}`;
  return html`<modal-dialog .heading=${t('take_back.title')} .body=${body} .foot=${foot} @dismiss=${close}></modal-dialog>`;
}

function correctDialog(entry: MessageEntry, actions: ConversationActions, close: () => void): TemplateResult {
  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    const form = new FormData(event.target as HTMLFormElement);
    const text = words(form, 'corrected').trim();
    if (text === '' || text === currentText(entry)) return;
    actions.correct(entry.id, text, words(form, 'reason').trim());
    close();
  };
  const text = fieldAround(
    { id: 'corrected', label: t('correct.text') },
    () =>
      html`<textarea class="input" id="corrected" name="corrected" rows="5" dir="auto" autocomplete="off" required .value=${currentText(entry)}></textarea>`,
  );
  const body = html`<form class="stack" id="correct-form" @submit=${submit}>
    <p class="quiet">${t('correct.intro')}</p>
    ${text} ${textField({ id: 'reason', label: t('correct.reason'), hint: t('correct.reason_hint') })}
  </form>`;
  const foot = html`<button class="btn btn--main" type="submit" form="correct-form">${icon('send')}${t('correct.send')}</button
    >${keepButton(close)}`;
  return html`<modal-dialog .heading=${t('correct.title')} .body=${body} .foot=${foot} @dismiss=${close}></modal-dialog>`;
}

function renameDialog(model: ConversationModel, actions: ConversationActions, close: () => void): TemplateResult {
  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    const name = words(new FormData(event.target as HTMLFormElement), 'conversation-name').trim();
    if (name !== '') actions.rename(name);
  };
  const body = html`<form class="stack" id="rename-form" @submit=${submit}>
    ${textField({
      id: 'conversation-name',
      label: t('rename.label'),
      hint: t('rename.hint'),
      error: model.renaming === 'failed' ? t('rename.failed') : null,
      value: model.name ?? '',
      required: true,
      maxLength: 80,
    })}
  </form>`;
  const foot = html`<button class="btn btn--main" type="submit" form="rename-form" ?disabled=${model.renaming === 'working'}>
      ${t('rename.save')}</button
    >${keepButton(close)}`;
  return html`<modal-dialog .heading=${t('rename.title')} .body=${body} .foot=${foot} @dismiss=${close}></modal-dialog>`;
}

function askDialog(model: ConversationModel, actions: ConversationActions, close: () => void): TemplateResult {
  const { askChoices } = model;
  const send: AskForm['send'] = (asked, text) => {
    actions.ask(asked, text);
  };
  const again = html`${notice({ tone: 'honey', icon: 'alert', body: t('ask.choices_failed'), urgent: true })}
    <div class="row"><button class="btn" type="button" @click=${() => {
      actions.loadAskChoices();
    }}>${t('error.try_again')}</button>${keepButton(close)}</div>`;
  const body =
    askChoices.state === 'ready'
      ? html`<ask-form .model=${model} .choices=${askChoices.choices} .send=${send} .close=${close}></ask-form>`
      : askChoices.state === 'loading'
        ? skeleton(t('ask.loading'))
        : again;
  return html`<modal-dialog .heading=${t('ask.title', { name: model.patient.name })} .body=${body} @dismiss=${close}></modal-dialog>`;
}

/** "Keep as it is" stands last. */
function keepButton(close: () => void): TemplateResult {
  return html`<button class="btn" type="button" @click=${close}>${t('dialog.keep')}</button>`;
}

function words(form: FormData, name: string): string {
  const value = form.get(name);
  return typeof value === 'string' ? value : '';
}
