/** The inbox by keyboard: single keys outside fields, which the person can turn off (WCAG 2.1.4). */
import { html, type ReactiveController, type ReactiveControllerHost, type TemplateResult } from 'lit';
import { t, type WordKey } from '../words.ts';

/** What a key does; each is the host's to carry out. */
export interface InboxKeyTargets {
  /** 1 for the next row, −1 for the one before. */
  moveRow(by: 1 | -1): void;
  reply(): void;
  toggleContext(): void;
  showKeys(): void;
  /** Closes what is on top; Esc works even where single keys are off. */
  stepBack(): void;
  singleKeysOn(): boolean;
}

interface KeyLine {
  readonly keys: readonly string[];
  readonly words: WordKey;
}

const KEY_LINES: readonly KeyLine[] = [
  { keys: ['j', 'k'], words: 'keys.move' },
  { keys: ['Enter'], words: 'keys.open' },
  { keys: ['r'], words: 'keys.reply' },
  { keys: ['i'], words: 'keys.context' },
  { keys: ['Esc'], words: 'keys.back' },
  { keys: ['?'], words: 'keys.list' },
];

/** The table the `?` key shows: only keys that work. */
export function keyTable(): TemplateResult {
  return html`<dl class="keys">
      ${KEY_LINES.map(
        ({ keys, words }) =>
          html`<dt>${keys.map((key) => html`<kbd>${key}</kbd> `)}</dt>
            <dd>${t(words)}</dd>`,
      )}
    </dl>
    <p class="tiny">${t('keys.turn_off')}</p>`;
}

/** Listens on the whole document while its host stands in the page. */
export class InboxKeys implements ReactiveController {
  readonly #targets: InboxKeyTargets;

  constructor(host: ReactiveControllerHost, targets: InboxKeyTargets) {
    this.#targets = targets;
    host.addController(this);
  }

  hostConnected(): void {
    document.addEventListener('keydown', this.#press);
  }

  hostDisconnected(): void {
    document.removeEventListener('keydown', this.#press);
  }

  readonly #press = (event: KeyboardEvent): void => {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    if (event.target instanceof Element && event.target.closest('dialog')) return;
    const act = event.key === 'Escape' ? this.#targets.stepBack.bind(this.#targets) : this.#singleKey(event);
    if (act === undefined) return;
    event.preventDefault();
    act();
  };

  #singleKey(event: KeyboardEvent): (() => void) | undefined {
    const targets = this.#targets;
    if (!targets.singleKeysOn() || isWriting(event.target)) return undefined;
    const acts: Readonly<Record<string, () => void>> = {
      j: () => {
        targets.moveRow(1);
      },
      k: () => {
        targets.moveRow(-1);
      },
      r: () => {
        targets.reply();
      },
      i: () => {
        targets.toggleContext();
      },
      '?': () => {
        targets.showKeys();
      },
    };
    return acts[event.key];
  }
}

/** Whether keys are letters here. Radios and checkboxes take no letters, so shortcuts work on them. */
function isWriting(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (target instanceof HTMLInputElement) return !['radio', 'checkbox', 'button'].includes(target.type);
  return target.isContentEditable || target instanceof HTMLTextAreaElement || target instanceof HTMLSelectElement;
}
