/** /conversations/ID: a patient's conversation on a page of its own. */

import { isId } from '../protocol/ids.ts';
import type { Conversation } from '../sync/conversation.ts';
import { ConversationPage } from '../views/pages/conversation-page.ts';
import type { App, PageController } from './app.ts';
import { ConversationPresenter } from './conversation-model.ts';

class ConversationController implements PageController {
  readonly element = new ConversationPage();
  private presenter: ConversationPresenter | null = null;

  constructor(
    private readonly app: App,
    id: string,
  ) {
    if (isId(id, 'cnv')) void app.engine.open(id, 'read');
    else app.navigate('/home');
  }

  draw(): void {
    const conversation = this.app.engine.openConversation;
    if (!conversation) return;
    this.presenter ??= this.presenterOf(conversation);
    this.element.actions = { chrome: this.app.chromeActions, conversation: this.presenter.actions };
    this.element.model = { chrome: this.app.chrome('messages'), conversation: this.presenter.model };
  }

  async stop(): Promise<void> {
    await this.app.engine.close();
  }

  private presenterOf(conversation: Conversation): ConversationPresenter {
    return new ConversationPresenter(this.app, conversation, () => { this.draw(); });
  }
}

export function conversationPage(app: App, [id = '']: readonly string[]): PageController {
  return new ConversationController(app, id);
}
