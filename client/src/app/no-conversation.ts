/** What can be done in a conversation while none is open: nothing. */

import type { ConversationActions } from '../views/models/conversation.ts';

function nothing(): void {
  // Nothing is open that it could be done in.
}

export const NoConversation: ConversationActions = {
  tryAgain: nothing,
  loadOlder: nothing,
  markRead: nothing,
  send: nothing,
  keepDraft: nothing,
  tellTyping: nothing,
  sendAgain: nothing,
  discard: nothing,
  takeBack: nothing,
  correct: nothing,
  checkAgain: nothing,
  showAnyway: nothing,
  rename: nothing,
  markCompared: nothing,
  reportDifferent: nothing,
  acknowledgeKeyChange: nothing,
  goTo: nothing,
  loadAskChoices: nothing,
  ask: nothing,
  decide: nothing,
  sayNotNow: nothing,
};
