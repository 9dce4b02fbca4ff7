/** A list that may be very long: it grows as its end comes near, so that the page stays light. */
import { html, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { repeat } from 'lit/directives/repeat.js';
import { BetweenElement } from '../element.ts';
import { t } from '../words.ts';

/** Rows drawn at first, and added each time the end comes near. */
const STEP = 200;

export interface ListRow {
  readonly id: string;
  readonly content: TemplateResult;
  /** The row that is open now. */
  readonly current: boolean;
}

/**
 * `<long-list .rows label>`: each row knows its place in the whole list, drawn or not. The current
 * row is always drawn.
 */
@customElement('long-list')
export class LongList extends BetweenElement {
  @property({ attribute: false }) rows: readonly ListRow[] = [];
  @property() label = '';
  @state() private drawn = STEP;
  #ends: IntersectionObserver | undefined;

  override disconnectedCallback(): void {
    this.#ends?.disconnect();
    super.disconnectedCallback();
  }

  protected override willUpdate(changed: PropertyValues): void {
    super.willUpdate(changed);
    const current = this.rows.findIndex((row) => row.current);
    if (current >= this.drawn) this.drawn = (Math.floor(current / STEP) + 1) * STEP;
  }

  protected override updated(changed: PropertyValues): void {
    super.updated(changed);
    this.#ends?.disconnect();
    const end = this.querySelector('[data-list-end]');
    if (!end) return;
    this.#ends = new IntersectionObserver((entries) => {
      if (entries.some((entry) => entry.isIntersecting)) this.#grow();
    });
    this.#ends.observe(end);
  }

  protected override render(): TemplateResult {
    const shown = this.rows.slice(0, this.drawn);
    return html`<ul role="list" aria-label=${this.label}>
        ${repeat(
          shown,
          (row) => row.id,
          (row, index) => this.#row(row, index),
        )}
      </ul>
      ${shown.length < this.rows.length ? this.#more() : nothing}`;
  }

  #row({ content, current }: ListRow, index: number): TemplateResult {
    return html`<li class=${current ? 'qi is-on' : 'qi'} aria-posinset=${index + 1} aria-setsize=${this.rows.length}>${content}</li>`;
  }

  #more(): TemplateResult {
    return html`<p class="queue__more" data-list-end>
      <button class="btn btn--plain" type="button" @click=${this.#grow}>${t('list.more')}</button>
    </p>`;
  }

  readonly #grow = (): void => {
    this.drawn += STEP;
  };
}

declare global {
  interface HTMLElementTagNameMap {
    'long-list': LongList;
  }
}
