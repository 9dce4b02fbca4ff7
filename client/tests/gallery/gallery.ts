/**
 * Every view in every state, one at a time: `?state=NAME&lang=en` for eyes, `window.gallery` for the driver
 * (tests/client/gallery.py).
 */
import { applyAppearance } from '../../src/views/parts/appearance.ts';
import type { Appearance } from '../../src/views/models/chrome.ts';
import { speak, type Language } from '../../src/views/words.ts';
import type { State, States } from './state.ts';
import { clinicStates } from './states/clinic.ts';
import { conversationStates } from './states/conversation.ts';
import { doorStates } from './states/door.ts';
import { emergencyStates } from './states/emergencies.ts';
import { homeStates } from './states/home.ts';
import { inboxStates } from './states/inbox.ts';
import { joinStates } from './states/join.ts';
import { safetyStates } from './states/safety.ts';
import { settingsStates } from './states/settings.ts';
import { whoCanReadStates } from './states/who-can-read.ts';

const STATES: States = {
  ...doorStates,
  ...joinStates,
  ...homeStates,
  ...conversationStates,
  ...inboxStates,
  ...clinicStates,
  ...emergencyStates,
  ...settingsStates,
  ...safetyStates,
  ...whoCanReadStates,
};

interface Mounted extends HTMLElement {
  model: unknown;
  actions: unknown;
}

declare global {
  interface Window {
    gallery: {
      readonly states: readonly string[];
      /** Shows one state in place of the one before; done once it stands still. */
      readonly show: (name: string, language: Language) => Promise<void>;
    };
  }
}

async function show(name: string, language: Language): Promise<void> {
  document.body.replaceChildren();
  await speak(language);
  const state = STATES[name]?.();
  if (state === undefined) throw new Error(`no state ${name}`);
  applyAppearance(document.documentElement, appearanceOf(state));
  const element = document.createElement(state.tag) as Mounted;
  element.model = state.model;
  element.actions = state.actions;
  document.body.append(element);
  await quiet();
  if (state.before === undefined) return;
  await state.before(element);
  await quiet();
}

/** Elements inside elements draw one after another; by then all have. */
async function quiet(): Promise<void> {
  for (let frame = 0; frame < 4; frame += 1) await new Promise(requestAnimationFrame);
}

function appearanceOf({ model }: State): Appearance {
  const { chrome } = model as { chrome?: { appearance: Appearance } };
  return chrome?.appearance ?? { theme: 'system', textSize: 'normal', contrast: 'system' };
}

window.gallery = { states: Object.keys(STATES), show };
const ask = new URLSearchParams(location.search);
const asked = ask.get('state');
if (asked !== null) await show(asked, (ask.get('lang') ?? 'en') as Language);
