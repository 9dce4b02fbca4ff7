/** Short notes at the foot of the page. They stay eight seconds, longer while touched or focused. */
import { html, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { repeat } from 'lit/directives/repeat.js';
import { BetweenElement } from '../element.ts';
import { icon } from '../icons.ts';
import type { Toast } from '../models/chrome.ts';
import { t } from '../words.ts';

const SHOWN_FOR_MS = 8000;

/** `<toast-notes .toasts>`: fires `dismiss-toast` and `undo-toast`, each with the toast's id. */
@customElement('toast-notes')
export class ToastNotes extends BetweenElement {
  @property({ attribute: false }) toasts: readonly Toast[] = [];
  readonly #timers = new Map<string, ReturnType<typeof setTimeout>>();

  override disconnectedCallback(): void {
    this.#pause();
    super.disconnectedCallback();
  }

  protected override updated(changed: PropertyValues): void {
    super.updated(changed);
    if (!this.matches(':hover, :focus-within')) this.#start();
  }

  protected override render(): TemplateResult {
    return html`<div
      class="toasts"
      role="status"
      @pointerenter=${this.#pause}
      @pointerleave=${this.#start}
      @focusin=${this.#pause}
      @focusout=${this.#start}
    >
      ${repeat(
        this.toasts,
        (toast) => toast.id,
        (toast) => this.#toast(toast),
      )}
    </div>`;
  }

  #toast({ id, text, undo }: Toast): TemplateResult {
    const say = (name: string) => () => {
      this.emit(name, id);
    };
    return html`<p class="toast">
      <span>${text}</span>
      ${undo ? html`<button class="btn" type="button" @click=${say('undo-toast')}>${undo}</button>` : nothing}
      <button class="btn btn--icon" type="button" aria-label=${t('toast.close')} @click=${say('dismiss-toast')}>${icon('close')}</button>
    </p>`;
  }

  #start(): void {
    for (const { id } of this.toasts) {
      if (this.#timers.has(id)) continue;
      this.#timers.set(
        id,
        setTimeout(() => {
          this.emit('dismiss-toast', id);
        }, SHOWN_FOR_MS),
      );
    }
  }

  #pause(): void {
    for (const timer of this.#timers.values()) clearTimeout(timer);
    this.#timers.clear();
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'toast-notes': ToastNotes;
  }
}
