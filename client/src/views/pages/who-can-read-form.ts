/** Letting somebody read, and changing what was agreed: every term, and the sentence that says what it comes to. */
import { html, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { BetweenElement } from '../element.ts';
import { icon } from '../icons.ts';
import type { AskedTerms } from '../models/ask.ts';
import type { Grant, Terms, WhoCanReadActions, WhoCanReadModel } from '../models/who-can-read.ts';
import { fieldAround } from '../parts/field.ts';
import { notice } from '../parts/notices.ts';
import { stepTitle } from '../parts/step-title.ts';
import { granteeField, historyField, missingTerms, purposeField, untilField } from '../parts/terms-fields.ts';
import { t } from '../words.ts';
import { deedNotice } from './who-can-read-deed.ts';
import { changeSentences, dayText, PURPOSE_WORDS, summary } from './who-can-read-words.ts';

const FIRST: Terms = { scope: 'all', purpose: 'treatment', history: 'none', from: '', until: '', mayOpen: false };

/** `<grant-form .model .actions .grant .close>`: `grant` is what is to be changed, null to let somebody read. */
@customElement('grant-form')
export class GrantForm extends BetweenElement {
  @property({ attribute: false }) model!: WhoCanReadModel;
  @property({ attribute: false }) actions!: WhoCanReadActions;
  @property({ attribute: false }) grant: Grant | null = null;
  /** What the form begins with, where somebody asked for it. */
  @property({ attribute: false }) asked: AskedTerms | null = null;
  @property({ attribute: false }) close: () => void = () => undefined;
  @state() private terms: Terms = FIRST;
  @state() private grantee = '';
  @state() private withEnd = false;

  protected override willUpdate(changed: PropertyValues): void {
    if (!changed.has('grant') || this.hasUpdated) return;
    this.terms = this.grant?.terms ?? this.asked?.terms ?? FIRST;
    const asked = this.asked?.grantee;
    this.grantee = this.model.choices.find(({ id }) => id === asked)?.id ?? '';
    this.withEnd = this.terms.until !== '';
  }

  protected override firstUpdated(changed: PropertyValues): void {
    super.firstUpdated(changed);
    this.querySelector<HTMLElement>('[data-step-title]')?.focus();
  }

  protected override render(): TemplateResult {
    const { grant } = this;
    return html`<form class="panel panel__body stack" novalidate @submit=${this.#submit}>
      ${stepTitle(grant ? t('grant.change_of', { name: grant.name }) : t('give.title'), 1)} ${grant ? nothing : this.#who()} ${this.#what()}
      ${purposeField(this.terms, PURPOSE_WORDS, this.#set)} ${historyField(this.terms, this.#set)} ${this.#until()} ${this.#mayOpen()} ${this.#consequence()} ${deedNotice(this.model.deed)}
      <div class="row">${this.#yes()}${this.#keep()}</div>
    </form>`;
  }

  /** Why it cannot be said yes to yet; null where it can. */
  get #missing(): string | null {
    const { terms, grant, model } = this;
    if (!grant && this.grantee === '') return t('give.choose_first');
    const missing = missingTerms(terms, this.withEnd, dayText(model.now));
    if (missing !== null) return missing;
    if (grant && this.actions.effects(grant.id, terms).length === 0) return t('give.nothing_changed');
    return null;
  }

  get #name(): string {
    return this.grant?.name ?? this.model.choices.find(({ id }) => id === this.grantee)?.name ?? '';
  }

  readonly #set = (part: Partial<Terms>): void => {
    this.terms = { ...this.terms, ...part };
  };

  #who(): TemplateResult {
    return granteeField(this.model.choices, this.grantee, (id) => {
      this.grantee = id;
    });
  }

  #until(): TemplateResult {
    return untilField(this.terms, this.withEnd, t('give.open_end'), (part, ends) => {
      this.withEnd = ends;
      this.#set(part);
    });
  }

  #what(): TemplateResult {
    const option = (id: string, words: string): TemplateResult =>
      html`<option value=${id} ?selected=${id === this.terms.scope}>${words}</option>`;
    return fieldAround(
      { id: 'scope', label: t('grant.what') },
      () =>
        html`<select
          class="input"
          id="scope"
          @change=${(event: Event) => {
            this.#set({ scope: (event.target as HTMLSelectElement).value });
          }}
        >
          ${option('all', t('grant.all'))}
          ${this.model.conversations.map(({ id, name }) => option(id, t('grant.only', { conversation: name ?? t('conversation.unnamed') })))}
        </select>`,
    );
  }

  #mayOpen(): TemplateResult {
    return html`<label class="check"
      ><input
        type="checkbox"
        .checked=${this.terms.mayOpen}
        @change=${(event: Event) => {
          this.#set({ mayOpen: (event.target as HTMLInputElement).checked });
        }}
      /><span>${t('grant.may_open')}</span></label
    >`;
  }

  /** What follows from saying yes, said before. */
  #consequence(): TemplateResult | typeof nothing {
    const { grant, terms, model } = this;
    const missing = this.#missing;
    if (missing !== null) return html`<p class="quiet small" id="yes-why">${missing}</p>`;
    const conversation = model.conversations.find(({ id }) => id === terms.scope)?.name ?? null;
    const said = summary(this.#name, terms, conversation, model);
    const effects = grant ? html`<p>${changeSentences(this.actions.effects(grant.id, terms))}</p>` : nothing;
    const body = html`${effects}
      <p>${said}</p>
      <p>${t('readers.already_read')}</p>`;
    return html`<div aria-live="polite">${notice({ tone: 'pine', icon: 'users', body })}</div>`;
  }

  #yes(): TemplateResult {
    const working = this.model.deed.state === 'working';
    const missing = this.#missing;
    const words = this.grant ? t('give.yes_change') : t('give.yes');
    return html`<button
      class="btn btn--main"
      type="submit"
      aria-disabled=${working || missing !== null ? 'true' : 'false'}
      aria-describedby=${missing === null ? nothing : 'yes-why'}
    >
      ${working ? t('give.working') : html`${icon('check')}${words}`}
    </button>`;
  }

  #keep(): TemplateResult {
    return html`<button
      class="btn"
      type="button"
      @click=${() => {
        this.close();
      }}
    >
      ${t('dialog.keep')}
    </button>`;
  }

  readonly #submit = (event: SubmitEvent): void => {
    event.preventDefault();
    if (this.#missing !== null || this.model.deed.state === 'working') return;
    if (this.grant) this.actions.change(this.grant.id, this.terms);
    else this.actions.give(this.grantee, this.terms);
  };
}

declare global {
  interface HTMLElementTagNameMap {
    'grant-form': GrantForm;
  }
}
