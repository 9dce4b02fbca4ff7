/** What surrounds the pages before a person is in. */
import { html, nothing, type TemplateResult } from 'lit';
import { icon, type IconName } from '../icons.ts';
import type { DoorActions, DoorModel, Ended, SignInFailure } from '../models/door.ts';
import { t, type WordKey } from '../words.ts';
import { themeToggle } from './appearance.ts';
import { brand, skipLink } from './chrome.ts';
import { languageSwitch } from './languages.ts';
import { notice, urgent } from './notices.ts';

const PROMISES: readonly { readonly icon: IconName; readonly title: WordKey; readonly body: WordKey }[] = [
  { icon: 'lock', title: 'door.closed', body: 'door.closed_body' },
  { icon: 'users', title: 'door.readers', body: 'door.readers_body' },
  { icon: 'eye', title: 'door.looked', body: 'door.looked_body' },
];

/** The sign-in page: a form, and beside it what is promised. */
export function doorFrame(model: DoorModel, actions: DoorActions, content: TemplateResult): TemplateResult {
  return html`<div class="patient door">
    ${skipLink()}
    <div class="door__grid">
      <main id="main" class="door__form" tabindex="-1">
        <header class="row row--apart">${brand('/sign-in')}${doorTools(model, actions)}</header>
        <div class="door__mid stack-l stack">${content}</div>
        ${urgent(model.emergency, 'door')}
      </main>
      ${promises()}
    </div>
  </div>`;
}

/** One card in the middle of the page: locked, or in need of something. */
export function lockFrame(model: DoorModel, actions: DoorActions, card: TemplateResult): TemplateResult {
  return html`<div class="patient door">
    ${skipLink()}
    <main id="main" class="lockscreen" tabindex="-1">
      <header class="lockscreen__head row row--apart">${brand('/sign-in')}${doorTools(model, actions)}</header>
      ${card} ${urgent(model.emergency, 'door')}
    </main>
  </div>`;
}

/** A page with a top bar and no places yet: joining. */
export function joinFrame(model: DoorModel, actions: DoorActions, content: TemplateResult): TemplateResult {
  return html`<div class="patient door">
    ${skipLink()}
    <header class="topbar">
      ${brand('/sign-in')}${model.clinicName === null ? nothing : html`<span class="topbar__place">${model.clinicName}</span>`}
      <div class="topbar__tools">${doorTools(model, actions)}</div>
    </header>
    <main id="main" class="join" tabindex="-1">${content}</main>
  </div>`;
}

/** Why signing in or unlocking did not work, in the person's words. One sentence for every wrong cause. */
export function signInFailureWords(failure: SignInFailure): string {
  switch (failure.code) {
    case 'wrong':
      return t('sign_in.wrong');
    case 'too_many_tries':
      return t('sign_in.too_many', { count: failure.minutes });
    case 'unreachable':
      return t('sign_in.unreachable');
    case 'clock':
      return t('sign_in.clock', { count: failure.minutes });
    case 'our_fault':
      return t('sign_in.our_fault', { reference: failure.reference });
  }
}

/** The same as a notice, for what has nothing to do with what was typed. */
export function signInNotice(failure: SignInFailure): TemplateResult {
  const tone = failure.code === 'unreachable' ? 'honey' : 'brick';
  return notice({ tone, icon: 'alert', body: signInFailureWords(failure), urgent: true });
}

const ENDED_WORDS: Record<Ended, WordKey> = {
  signed_out: 'sign_in.signed_out',
  revoked: 'sign_in.revoked',
  expired: 'sign_in.expired',
};

/** Why the person is here again, where there is something to say. */
export function endedNotice(ended: Ended | null): TemplateResult | typeof nothing {
  return ended === null ? nothing : notice({ tone: ended === 'revoked' ? 'honey' : 'sky', body: t(ENDED_WORDS[ended]) });
}

function doorTools(model: DoorModel, actions: DoorActions): TemplateResult {
  return html`<span class="row row--nw row--tight">
    ${languageSwitch((language) => {
      actions.chooseLanguage(language);
    })}
    ${themeToggle(model.appearance, (appearance) => {
      actions.chooseAppearance(appearance);
    })}
  </span>`;
}

function promises(): TemplateResult {
  return html`<aside class="door__side" aria-label=${t('door.promises')}>
    <svg viewBox="0 0 400 250" aria-hidden="true">
      <path class="door-loop" d="M70 120c0-56 58-90 130-90s130 34 130 90-58 90-130 90c-20 0-38-2-55-7l-46 24 8-41c-23-16-37-39-37-66Z" />
      <g class="door-who">
        <circle cx="128" cy="120" r="30" />
        <rect x="178" y="90" width="60" height="60" rx="18" />
        <circle cx="278" cy="120" r="30" />
      </g>
      <g class="door-face">
        <circle cx="128" cy="113" r="9" />
        <path d="M112 138c2-10 8-14 16-14s14 4 16 14" />
        <path d="M208 104v32M192 120h32" />
        <circle cx="278" cy="113" r="9" />
        <path d="M262 138c2-10 8-14 16-14s14 4 16 14" />
      </g>
      <g class="door-lock">
        <rect x="182" y="196" width="36" height="28" rx="7" />
        <path d="M189 196v-7a11 11 0 0 1 22 0v7" />
      </g>
    </svg>
    <ul role="list">
      ${PROMISES.map(
        ({ icon: name, title, body }) =>
          html`<li>
            ${icon(name)}<span><b>${t(title)}</b>${t(body)}</span>
          </li>`,
      )}
    </ul>
    <p class="small"><a class="tapline" href="/security">${t('door.security')}</a></p>
  </aside>`;
}
