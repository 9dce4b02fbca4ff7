/** The addresses of the application, and where the code of each lies. Only the entry modules may import this: what they load must not load them. */

import type { PageMaker, Route } from './start.ts';

/** Staff see a conversation as a pane of their inbox, patients on a page of its own. */
async function conversation(): Promise<PageMaker> {
  const [{ conversationPage }, { inboxPage }] = await Promise.all([import('./conversation-page.ts'), import('./inbox-page.ts')]);
  return (app, parts) => (app.face === 'staff' ? inboxPage(app, parts) : conversationPage(app, parts));
}

export const ROUTES: readonly Route[] = [
  { pattern: /^\/home$/, load: () => import('./home-page.ts').then(({ homePage }) => homePage) },
  { pattern: /^\/conversations\/(cnv_[0-9a-f]{32})$/, load: conversation },
  { pattern: /^\/inbox$/, load: () => import('./inbox-page.ts').then(({ inboxPage }) => inboxPage) },
];
