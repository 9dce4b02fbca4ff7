/** The frame of a page: brand, places, lock, connection, and the short notes. */
import { html, nothing, type TemplateResult } from 'lit';
import { icon, type IconName } from '../icons.ts';
import type { ChromeActions, ChromeModel, Place } from '../models/chrome.ts';
import { t, type WordKey } from '../words.ts';
import { themeToggle } from './appearance.ts';
import { avatar } from './avatar.ts';
import { connectionBanner, urgent } from './notices.ts';
import { unreadCount } from './unread-count.ts';
import './dialog.ts';
import './toasts.ts';

interface Destination {
  readonly path: string;
  readonly icon: IconName;
  readonly words: WordKey;
}

const DESTINATIONS: Record<Place, Destination> = {
  messages: { path: '/home', icon: 'chat', words: 'places.messages' },
  who_can_read: { path: '/who-can-read', icon: 'users', words: 'places.who_can_read' },
  inbox: { path: '/inbox', icon: 'inbox', words: 'places.inbox' },
  emergency: { path: '/emergency', icon: 'unlock', words: 'places.emergency' },
  clinic: { path: '/clinic', icon: 'users', words: 'places.clinic' },
  settings: { path: '/settings', icon: 'settings', words: 'places.settings' },
};

export interface PageFrame {
  readonly chrome: ChromeModel;
  readonly actions: ChromeActions;
  readonly content: TemplateResult;
  /** A screen of its own on a phone: no tab bar. */
  readonly focused?: boolean;
  /** More tools for the top bar, before the others. */
  readonly tools?: TemplateResult;
}

/** A whole page around its content. */
export function pageFrame({ chrome, actions, content, focused, tools }: PageFrame): TemplateResult {
  return html`<div class=${focused ? `${chrome.face} focus-screen` : chrome.face}>
    ${skipLink()} ${topbar(chrome, actions, tools)} ${connectionBanner(chrome.connection)}
    <div class="frame">
      ${mainNavigation(chrome)}
      <main id="main" tabindex="-1">${content}</main>
    </div>
    <toast-notes
      .toasts=${chrome.toasts}
      @dismiss-toast=${(event: CustomEvent<string>) => {
        actions.dismissToast(event.detail);
      }}
      @undo-toast=${(event: CustomEvent<string>) => {
        actions.undoToast(event.detail);
      }}
    ></toast-notes>
    ${chrome.locksIn === null ? nothing : lockWarning(chrome.locksIn, chrome, actions)}
  </div>`;
}

/** The first stop of the Tab key: past the bars. */
export function skipLink(): TemplateResult {
  return html`<a class="skip" href="#main">${t('frame.skip')}</a>`;
}

/** The mark and the name. */
export function brand(path: string): TemplateResult {
  return html`<a class="brand" href=${path}
    ><svg viewBox="0 0 32 32" aria-hidden="true">
      <path class="brand__a" d="M9 3h14a6 6 0 0 1 6 6v9a6 6 0 0 1-6 6h-6l-6.5 5.5V24H9a6 6 0 0 1-6-6V9a6 6 0 0 1 6-6Z" />
      <circle class="brand__b" cx="16" cy="11.5" r="3" />
      <path class="brand__b" d="M14.8 12.5h2.4l1.3 7h-5z" /></svg
    >${t('product.name')}</a
  >`;
}

function topbar(chrome: ChromeModel, actions: ChromeActions, tools?: TemplateResult): TemplateResult {
  const home = chrome.face === 'patient' ? DESTINATIONS.messages.path : DESTINATIONS.inbox.path;
  return html`<header class="topbar">
    ${brand(home)}<span class="topbar__place">${chrome.clinicName}</span>
    <div class="topbar__tools">
      ${tools ?? nothing}
      ${themeToggle(chrome.appearance, (choice) => {
        actions.chooseAppearance(choice);
      })}
      <button
        class="btn btn--plain tool--lock"
        type="button"
        @click=${() => {
          actions.lock();
        }}
      >
        ${icon('lock')}<span class="tool__t">${t('frame.lock')}</span>
      </button>
      ${chrome.face === 'staff' ? meLink(chrome) : nothing}
    </div>
  </header>`;
}

function meLink({ me }: ChromeModel): TemplateResult {
  return html`<a class="tapline" href=${DESTINATIONS.settings.path}
    >${avatar(me, 'small')}<span class="vh">${t('frame.my_settings', { name: me.name })}</span></a
  >`;
}

function mainNavigation(chrome: ChromeModel): TemplateResult {
  return html`<nav class="mainnav" aria-label=${t('frame.navigation')}>
    <ul role="list">
      ${chrome.places.map((place) => html`<li>${placeLink(place, chrome)}</li>`)}
    </ul>
    ${chrome.face === 'patient' ? urgent(chrome.emergency, 'card') : nothing}
  </nav>`;
}

function placeLink(place: Place, chrome: ChromeModel): TemplateResult {
  const { path, icon: name, words } = DESTINATIONS[place];
  const counted = (place === 'messages' || place === 'inbox') && chrome.unread > 0;
  return html`<a href=${path} aria-current=${place === chrome.place ? 'page' : nothing}
    >${icon(name)}${t(words)}${counted ? unreadCount(chrome.unread) : nothing}</a
  >`;
}

/** "Still there?": the page locks itself unless the person says so. */
function lockWarning(seconds: number, chrome: ChromeModel, actions: ChromeActions): TemplateResult {
  const time =
    seconds >= 60 ? t('idle.minutes', { minutes: Math.floor(seconds / 60), seconds: seconds % 60 }) : t('idle.seconds', { seconds });
  const stay = (): void => {
    actions.stayOpen();
  };
  return html`<modal-dialog
    .heading=${t('idle.title', { name: chrome.me.name })}
    .body=${html`<p>${t('idle.body', { time })}</p>`}
    .foot=${html`<button class="btn btn--main" type="button" @click=${stay}>${t('idle.stay')}</button>
      <button
        class="btn"
        type="button"
        @click=${() => {
          actions.lock();
        }}
      >
        ${icon('lock')}${t('idle.lock_now')}
      </button>`}
    @dismiss=${stay}
  ></modal-dialog>`;
}
