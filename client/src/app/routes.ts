/** The addresses of the application, and where the code of each lies. Only the entry modules may import this: what they load must not load them. */

import type { PageMaker, Route } from './start.ts';

/** Staff see a conversation as a pane of their inbox, patients on a page of its own. */
async function conversation(): Promise<PageMaker> {
  const [{ conversationPage }, { inboxPage }] = await Promise.all([import('./conversation-page.ts'), import('./inbox-page.ts')]);
  return (app, parts) => (app.face === 'staff' ? inboxPage(app, parts) : conversationPage(app, parts));
}

/** Who has been let into no team yet sees who can do that; the teams are known a moment after the page is. */
async function inbox(): Promise<PageMaker> {
  const [{ inboxPage }, { admissionPage, waitsForAdmission }] = await Promise.all([import('./inbox-page.ts'), import('./admission-page.ts')]);
  return (app, parts) => {
    if (waitsForAdmission(app)) return admissionPage(app);
    void app.engine.ready.then(() => {
      if (waitsForAdmission(app)) app.navigate('/inbox');
    });
    return inboxPage(app, parts);
  };
}

export const ROUTES: readonly Route[] = [
  { pattern: /^\/home$/, load: () => import('./home-page.ts').then(({ homePage }) => homePage) },
  { pattern: /^\/conversations\/(cnv_[0-9a-f]{32})$/, load: conversation },
  { pattern: /^\/inbox$/, load: inbox },
  { pattern: /^\/emergency$/, load: () => import('./emergency-page.ts').then(({ emergencyPage }) => emergencyPage) },
  { pattern: /^\/clinic$/, load: () => import('./clinic-page.ts').then(({ clinicPage }) => clinicPage) },
  { pattern: /^\/who-can-read$/, load: () => import('./who-can-read-page.ts').then(({ whoCanReadPage }) => whoCanReadPage) },
  { pattern: /^\/settings$/, load: () => import('./settings-page.ts').then(({ settingsPage }) => settingsPage) },
  { pattern: /^\/security$/, load: () => import('./security-page.ts').then(({ securityPage }) => securityPage) },
];
