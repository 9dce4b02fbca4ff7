/** A native modal dialog: focus goes to its title, comes back to the opener, and Esc closes. */
import { html, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { BetweenElement } from '../element.ts';

/**
 * `<modal-dialog .heading .body .foot>`: open while it stands in the page, so its owner renders it to
 * open it and stops rendering it to close it. Fires `dismiss` when the person closes it.
 */
@customElement('modal-dialog')
export class ModalDialog extends BetweenElement {
  @property() heading = '';
  @property({ attribute: false }) body: TemplateResult | string = '';
  @property({ attribute: false }) foot: TemplateResult | typeof nothing = nothing;
  #opener: Element | null = null;

  override connectedCallback(): void {
    this.#opener = document.activeElement;
    super.connectedCallback();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    if (this.#opener instanceof HTMLElement && this.#opener.isConnected) this.#opener.focus();
  }

  protected override firstUpdated(changed: PropertyValues): void {
    super.firstUpdated(changed);
    this.querySelector('dialog')?.showModal();
  }

  protected override render(): TemplateResult {
    return html`<dialog
      aria-labelledby="dialog-title"
      @cancel=${(event: Event) => {
        event.preventDefault(); // the owner decides, so that what it shows and what is open stay one
        this.emit('dismiss', null);
      }}
    >
      <div class="dialog stack">
        <h2 id="dialog-title" tabindex="-1" autofocus>${this.heading}</h2>
        ${this.body} ${this.foot === nothing ? nothing : html`<div class="dialog__foot row">${this.foot}</div>`}
      </div>
    </dialog>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'modal-dialog': ModalDialog;
  }
}
