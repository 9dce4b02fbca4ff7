/** What every element of the interface stands on. */
import { LitElement, type PropertyValues } from 'lit';
import { canSpeak, onLanguageChange, t, type WordKey } from './words.ts';

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

/**
 * The outermost element of a page. It names the page in the tab: in the language that is spoken, and never with
 * anything of a person's, because browsers keep titles in their history.
 */
export abstract class BetweenPage extends BetweenElement {
  protected abstract readonly titleWords: WordKey;

  protected override updated(changed: PropertyValues): void {
    super.updated(changed);
    document.title = `${t(this.titleWords)} · ${t('product.name')}`;
  }
}
