/** A patient's conversation; on a phone a screen of its own. */
import { html, type TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { BetweenPage } from '../element.ts';
import type { ConversationPageActions, ConversationPageModel } from '../models/conversation.ts';
import { pageFrame } from '../parts/chrome.ts';
import '../parts/conversation-view.ts';

/** `<conversation-page .model .actions>`. */
@customElement('conversation-page')
export class ConversationPage extends BetweenPage {
  protected readonly titleWords = 'page.conversation';
  @property({ attribute: false }) model!: ConversationPageModel;
  @property({ attribute: false }) actions!: ConversationPageActions;

  protected override render(): TemplateResult {
    const { chrome, conversation } = this.model;
    const content = html`<conversation-view .model=${conversation} .actions=${this.actions.conversation}></conversation-view>`;
    return pageFrame({ chrome, actions: this.actions.chrome, content, focused: true });
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'conversation-page': ConversationPage;
  }
}
