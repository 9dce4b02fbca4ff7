/** What every element of the interface stands on. */
import { LitElement } from 'lit';
import { canSpeak, onLanguageChange } from './words.ts';

/**
 * An element without a shadow root, so that one sheet styles all of them and labels, descriptions
 * and focus work across their borders. It draws nothing until there are words, and again whenever
 * the language changes.
 */
export abstract class BetweenElement extends LitElement {
  #forgetLanguage: (() => void) | undefined;

  override connectedCallback(): void {
    super.connectedCallback();
    this.#forgetLanguage = onLanguageChange(() => {
      this.requestUpdate();
    });
  }

  override disconnectedCallback(): void {
    this.#forgetLanguage?.();
    super.disconnectedCallback();
  }

  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  protected override shouldUpdate(): boolean {
    return canSpeak();
  }

  /** Tells whoever listens above. */
  protected emit(name: string, detail: unknown): void {
    this.dispatchEvent(new CustomEvent(name, { detail, bubbles: true, composed: true }));
  }
}
