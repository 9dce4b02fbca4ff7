/** Conversations that were looked at without a connection: their opening is logged when there is one again, as this client promises. */

import { ApiError } from '../api/http.ts';
import { leaveConversation } from '../api/conversations.ts';
import type { ConversationId } from '../protocol/ids.ts';
import type { DeviceSession } from './device-session.ts';
import { Lease } from './lease.ts';

export async function logViewed(session: DeviceSession): Promise<void> {
  for (const { name } of await session.store.list('opens')) {
    const conversation = name as ConversationId;
    const lease = new Lease(session, conversation, () => undefined);
    try {
      const { messages } = await lease.open('read', null);
      const [first, last] = [messages[0]?.sequence ?? 0, messages.at(-1)?.sequence ?? 0];
      await leaveConversation(conversation, first, last);
    } catch (error) {
      // Whoever may not read it any more cannot open it any more; the log has the refusal.
      if (!(error instanceof ApiError)) throw error;
    } finally {
      lease.end();
    }
    await session.store.write({ store: 'opens', name: conversation, value: null });
  }
}
