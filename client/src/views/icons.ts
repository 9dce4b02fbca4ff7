/**
 * The icon set, one drawing per name on a 24-unit grid. Icons are decoration: they are hidden from
 * assistive technology, so whatever shows one also says the same in words.
 */
import { html, svg, type SVGTemplateResult, type TemplateResult } from 'lit';

const DRAWINGS = {
  alert: svg`<path d="M12 4 21.5 20h-19L12 4Z"/><path d="M12 10v4.5M12 17.2v.1"/>`,
  ask: svg`<path d="M4 5.5h16v11h-9l-4.5 4v-4H4v-11Z"/><path d="M10.2 9.3c.2-1 1-1.5 1.9-1.5 1 0 1.9.6 1.9 1.6 0 1.3-1.9 1.4-1.9 2.6M12.1 14.2v.1"/>`,
  back: svg`<path d="M15 5 8 12l7 7"/>`,
  broken: svg`<path d="M12 3.2 19 6v5.4c0 4.4-2.9 7.8-7 9.4-4.1-1.6-7-5-7-9.4V6l7-2.8Z"/><path d="M12 8v4.6M12 15.6v.1"/>`,
  chat: svg`<path d="M4 5h16v11.5h-9L6.5 20.5v-4H4V5Z"/>`,
  check: svg`<path d="m4.5 12.5 5 5 10-11"/>`,
  clock: svg`<circle cx="12" cy="12" r="8.5"/><path d="M12 7.2V12l3.2 2"/>`,
  close: svg`<path d="m6 6 12 12M18 6 6 18"/>`,
  device: svg`<rect x="7" y="3" width="10" height="18" rx="2.5"/><path d="M11 18h2"/>`,
  done: svg`<circle cx="12" cy="12" r="8.5"/><path d="m8.2 12.2 2.7 2.7 5-5.4"/>`,
  download: svg`<path d="M12 4v11M7 10.5l5 5 5-5M5 20h14"/>`,
  eye: svg`<path d="M2.5 12S6 5.8 12 5.8 21.5 12 21.5 12 18 18.2 12 18.2 2.5 12 2.5 12Z"/><circle cx="12" cy="12" r="2.8"/>`,
  forward: svg`<path d="m9 5 7 7-7 7"/>`,
  heart: svg`<path d="M12 19.5S4 14.8 4 9.3A4.3 4.3 0 0 1 12 7a4.3 4.3 0 0 1 8 2.3c0 5.5-8 10.2-8 10.2Z"/>`,
  inbox: svg`<path d="M4 13.5 6.5 5h11l2.5 8.5V19H4v-5.5Z"/><path d="M4 13.5h4.5l1.3 2.5h4.4l1.3-2.5H20"/>`,
  info: svg`<circle cx="12" cy="12" r="8.5"/><path d="M12 11v5M12 8v.1"/>`,
  key: svg`<circle cx="8" cy="15" r="4.2"/><path d="m11 12 8-8M16 7l2.5 2.5M13.8 9.2l1.7 1.7"/>`,
  laptop: svg`<rect x="5" y="5" width="14" height="10" rx="1.5"/><path d="M3 19h18"/>`,
  link: svg`<path d="m9 7-4 5 4 5M5 12h10a4 4 0 0 1 4 4v2"/>`,
  lock: svg`<rect x="5" y="10.5" width="14" height="10" rx="2.5"/><path d="M8 10.5V7.8a4 4 0 0 1 8 0v2.7M12 14.5v2.2"/>`,
  log: svg`<path d="M6 3.5h9l4 4v13H6v-17Z"/><path d="M9.5 10h6M9.5 13.5h6M9.5 17h4"/>`,
  offline: svg`<path d="M7 18.5h10a4 4 0 0 0 1-7.9A6 6 0 0 0 7 9.5a4.5 4.5 0 0 0 0 9ZM4 4l16 16"/>`,
  pause: svg`<circle cx="12" cy="12" r="8.5"/><path d="M10 9v6M14 9v6"/>`,
  pencil: svg`<path d="M4.5 19.5 5.5 15 16 4.5l3.5 3.5L9 18.5l-4.5 1ZM13.5 7l3.5 3.5"/>`,
  phone: svg`<path d="M6 3.8h3l1.6 4.3-2 1.6a12 12 0 0 0 5.7 5.7l1.6-2 4.3 1.6v3a2 2 0 0 1-2.2 2A16.6 16.6 0 0 1 4 6a2 2 0 0 1 2-2.2Z"/>`,
  plus: svg`<path d="M12 5v14M5 12h14"/>`,
  print: svg`<path d="M7 9V4h10v5M7 17H4.5V9h15v8H17"/><path d="M7 14h10v6H7z"/>`,
  redo: svg`<path d="M19 12a7 7 0 1 1-2-5M19.5 4v4h-4"/>`,
  search: svg`<circle cx="10.8" cy="10.8" r="6.3"/><path d="m15.5 15.5 5 5"/>`,
  send: svg`<path d="M4 12 20 4.5 15.5 20l-3.8-6.2L4 12ZM11.7 13.8 20 4.5"/>`,
  settings: svg`<circle cx="12" cy="12" r="3"/><path d="M12 3.5v3M12 17.5v3M3.5 12h3M17.5 12h3M6 6l2.1 2.1M15.9 15.9 18 18M18 6l-2.1 2.1M8.1 15.9 6 18"/>`,
  shield: svg`<path d="M12 3.2 19 6v5.4c0 4.4-2.9 7.8-7 9.4-4.1-1.6-7-5-7-9.4V6l7-2.8Z"/><path d="m8.8 12 2.3 2.3 4.2-4.4"/>`,
  sun: svg`<circle cx="12" cy="12" r="4"/><path d="M12 3v2M12 19v2M3 12h2M19 12h2M5.6 5.6 7 7M17 17l1.4 1.4M18.4 5.6 17 7M7 17l-1.4 1.4"/>`,
  unlock: svg`<rect x="5" y="10.5" width="14" height="10" rx="2.5"/><path d="M8 10.5V7.8a4 4 0 0 1 7.6-1.7M12 14.5v2.2"/>`,
  update: svg`<path d="M4 5.5h16v11h-9l-4.5 4v-4H4v-11Z"/><path d="M8 9.5h8M8 12.7h5"/>`,
  user: svg`<circle cx="12" cy="8" r="4"/><path d="M4.5 20.5c.8-4 3.8-6 7.5-6s6.7 2 7.5 6"/>`,
  users: svg`<circle cx="9" cy="8.5" r="3.5"/><path d="M2.5 19.5c.6-3.4 3.2-5.2 6.5-5.2s5.9 1.8 6.5 5.2M15.5 5.3a3.5 3.5 0 0 1 0 6.4M18 14.8c2 .7 3.2 2.3 3.6 4.7"/>`,
} as const satisfies Record<string, SVGTemplateResult>;

export type IconName = keyof typeof DRAWINGS;

/** `small` is as tall as a letter, `large` stands beside a heading; left out, it follows the text. */
export type IconSize = 'small' | 'large';

const SIZE_CLASS: Record<IconSize, string> = { small: 'icon--s', large: 'icon--l' };

/** Arrows and the paper plane point the other way in right-to-left text; clocks and marks do not. */
const MIRRORED: ReadonlySet<IconName> = new Set<IconName>(['back', 'forward', 'link', 'send']);

/** One icon in the colour of the text around it. */
export function icon(name: IconName, size?: IconSize): TemplateResult {
  const classes = ['icon', size ? SIZE_CLASS[size] : '', MIRRORED.has(name) ? 'icon--flip' : ''];
  return html`<svg class=${classes.filter(Boolean).join(' ')} viewBox="0 0 24 24" aria-hidden="true" focusable="false">
    ${DRAWINGS[name]}
  </svg>`;
}
