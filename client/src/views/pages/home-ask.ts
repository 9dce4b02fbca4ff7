/** "Ask a question": in which conversation, or in a new one with a name. */
import { html, nothing, type TemplateResult } from 'lit';
import type { HomeModel } from '../models/home.ts';
import { choices } from '../parts/choices.ts';
import { textField } from '../parts/field.ts';
import { notice } from '../parts/notices.ts';
import { t } from '../words.ts';
import '../parts/dialog.ts';

export interface AskActions {
  /** Null is a new conversation. */
  choose(conversation: string | null): void;
  close(): void;
  start(name: string): void;
  open(conversation: string): void;
}

const NEW = 'new';

/** The dialog; `chosen` is the conversation marked, null for a new one. */
export function askDialog(model: HomeModel, chosen: string | null, actions: AskActions): TemplateResult {
  const working = model.starting === 'working';
  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    const name = new FormData(event.target as HTMLFormElement).get('conversation-name');
    if (chosen !== null) actions.open(chosen);
    else if (typeof name === 'string' && name.trim() !== '' && !working) actions.start(name.trim());
  };
  const body = html`<form class="stack" id="ask-form" novalidate @submit=${submit}>
    ${model.conversations.length === 0 ? nothing : where(model, chosen, actions)} ${chosen === null ? newConversation(model) : nothing}
  </form>`;
  const foot = html`<button class="btn btn--main" type="submit" form="ask-form" aria-disabled=${working ? 'true' : 'false'}>
      ${working ? t('ask.starting') : t('ask.write')}
    </button>
    <button
      class="btn"
      type="button"
      @click=${() => {
        actions.close();
      }}
    >
      ${t('ask.not_now')}
    </button>`;
  return html`<modal-dialog
    .heading=${t('home.ask')}
    .body=${body}
    .foot=${foot}
    @dismiss=${() => {
      actions.close();
    }}
  ></modal-dialog>`;
}

function where(model: HomeModel, chosen: string | null, actions: AskActions): TemplateResult {
  const known = model.conversations.map(({ id, name }) => ({ value: id, label: name ?? t('conversation.unnamed') }));
  const options = [...known, { value: NEW, label: t('ask.new'), hint: t('ask.new_hint') }];
  return html`<p>${t('ask.where')}</p>
    ${choices({ name: 'where', legend: t('ask.where'), options, chosen: chosen ?? NEW }, (value) => {
      actions.choose(value === NEW ? null : value);
    })}`;
}

function newConversation({ team, starting }: HomeModel): TemplateResult {
  return html`${textField({ id: 'conversation-name', label: t('ask.name'), hint: t('ask.name_hint'), maxLength: 80, required: true })}
  ${team === null ? nothing : html`<p class="quiet small">${t('ask.readers', { team: team.name, count: team.members.length })}</p>`}
  ${starting === 'unreachable' ? notice({ tone: 'honey', icon: 'offline', body: t('ask.unreachable'), urgent: true }) : nothing}`;
}
