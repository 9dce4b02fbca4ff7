/** The recovery code: shown once, to print or keep, then typed back so that it is known to work. */
import { html, nothing, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { BetweenElement } from '../element.ts';
import { icon } from '../icons.ts';
import type { Joining } from '../models/join.ts';
import { t } from '../words.ts';
import { codeGroups } from './code.ts';
import { textField } from './field.ts';
import { notice } from './notices.ts';

/** `<recovery-code .code .check working .tryCode .keep .back>`. */
@customElement('recovery-code')
export class RecoveryCode extends BetweenElement {
  /** Nine groups of four. */
  @property({ attribute: false }) code: readonly string[] = [];
  @property({ attribute: false }) check: Joining['recoveryCheck'] = 'untried';
  @property({ type: Boolean }) working = false;
  @property({ attribute: false }) tryCode!: (typed: string) => void;
  @property({ attribute: false }) keep!: () => void;
  @property({ attribute: false }) back: (() => void) | null = null;
  /** While it is typed back the code itself is out of sight; looking again is one button away. */
  @state() private typing = false;
  @state() private copied = false;

  protected override render(): TemplateResult {
    return this.typing ? this.#typeBack() : this.#show();
  }

  #show(): TemplateResult {
    return html`<p>${t('recovery.body')}</p>
      <div class="print-card">
        <p class="print-only"><b>${t('product.name')}</b> · ${t('recovery.label')}</p>
        ${codeGroups(this.code, t('recovery.label'))}
        <p class="print-only">${t('recovery.paper')}</p>
      </div>
      <div class="row">
        <button
          class="btn"
          type="button"
          @click=${() => {
            window.print();
          }}
        >
          ${icon('print')}${t('recovery.print')}
        </button>
        <button class="btn" type="button" @click=${this.#saveFile}>${icon('download')}${t('recovery.save')}</button>
        <button class="btn" type="button" @click=${this.#copy}>
          ${icon('log')}${this.copied ? t('recovery.copied') : t('recovery.copy')}
        </button>
      </div>
      <p class="quiet small">${t('recovery.where')}</p>
      <div class="join__foot">
        ${this.#backButton(this.back)}
        <button
          class="btn btn--main btn--tall"
          type="button"
          @click=${() => {
            this.typing = true;
          }}
        >
          ${t('recovery.kept')}
        </button>
      </div>`;
  }

  #typeBack(): TemplateResult {
    const right = this.check === 'right';
    return html`<p>${t('recovery.type_back')}</p>
      <form class="stack" novalidate @submit=${this.#submit}>
        ${textField({
          id: 'recovery-code',
          label: t('recovery.label'),
          hint: t('recovery.type_hint'),
          error: this.check === 'wrong' ? t('recovery.wrong') : null,
          spellcheck: false,
        })}
        ${right ? notice({ tone: 'pine', icon: 'done', body: t('recovery.right') }) : nothing}
        <div class="join__foot">
          ${this.#backButton(() => {
            this.typing = false;
          }, t('recovery.look_again'))}
          <button class="btn btn--main btn--tall" type="submit" aria-disabled=${this.working ? 'true' : 'false'}>
            ${right ? t('join.continue') : t('recovery.try')}
          </button>
        </div>
      </form>`;
  }

  #backButton(back: (() => void) | null, words = t('join.back')): TemplateResult | typeof nothing {
    return back === null ? nothing : html`<button class="btn btn--plain" type="button" @click=${back}>${icon('back')}${words}</button>`;
  }

  #submit(event: SubmitEvent): void {
    event.preventDefault();
    if (this.working) return;
    const typed = this.querySelector<HTMLInputElement>('#recovery-code')?.value ?? '';
    if (this.check === 'right') this.keep();
    else this.tryCode(typed);
  }

  /** The code never leaves this page but into the person's own file or clipboard. */
  #saveFile(): void {
    const text = `${t('product.name')} · ${t('recovery.label')}\n\n${this.code.join('-')}\n\n${t('recovery.paper')}\n`;
    const link = document.createElement('a');
    link.href = URL.createObjectURL(new Blob([text], { type: 'text/plain' }));
    link.download = t('recovery.file_name');
    link.click();
    URL.revokeObjectURL(link.href);
  }

  async #copy(): Promise<void> {
    await navigator.clipboard.writeText(this.code.join('-'));
    this.copied = true;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'recovery-code': RecoveryCode;
  }
}
