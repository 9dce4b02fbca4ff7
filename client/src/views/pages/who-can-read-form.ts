/** Letting somebody read, and changing what was agreed: every term, and the sentence that says what it comes to. */
import { html, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { BetweenElement } from '../element.ts';
import { icon } from '../icons.ts';
import { HISTORIES, PURPOSES, type Grant, type Terms, type WhoCanReadActions, type WhoCanReadModel } from '../models/who-can-read.ts';
import { choices } from '../parts/choices.ts';
import { fieldAround } from '../parts/field.ts';
import { notice } from '../parts/notices.ts';
import { stepTitle } from '../parts/step-title.ts';
import { t } from '../words.ts';
import { deedNotice } from './who-can-read-deed.ts';
import { changeSentences, dayText, HISTORY_WORDS, PURPOSE_WORDS, summary } from './who-can-read-words.ts';

const FIRST: Terms = { scope: 'all', purpose: 'treatment', history: 'none', from: '', until: '', mayOpen: false };

/** `<grant-form .model .actions .grant .close>`: `grant` is what is to be changed, null to let somebody read. */
@customElement('grant-form')
export class GrantForm extends BetweenElement {
  @property({ attribute: false }) model!: WhoCanReadModel;
  @property({ attribute: false }) actions!: WhoCanReadActions;
  @property({ attribute: false }) grant: Grant | null = null;
  @property({ attribute: false }) close: () => void = () => undefined;
  @state() private terms: Terms = FIRST;
  @state() private grantee = '';
  @state() private withEnd = false;

  protected override willUpdate(changed: PropertyValues): void {
    if (!changed.has('grant') || this.hasUpdated) return;
    this.terms = this.grant?.terms ?? FIRST;
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
      ${this.#why()} ${this.#earlier()} ${this.#until()} ${this.#mayOpen()} ${this.#consequence()} ${deedNotice(this.model.deed)}
      <div class="row">${this.#yes()}${this.#keep()}</div>
    </form>`;
  }

  /** Why it cannot be said yes to yet; null where it can. */
  get #missing(): string | null {
    const { terms, grant, model } = this;
    const today = dayText(model.now);
    if (!grant && this.grantee === '') return t('give.choose_first');
    if (terms.history === 'from' && terms.from === '') return t('give.from_missing');
    if (this.withEnd && terms.until === '') return t('give.until_missing');
    if (this.withEnd && terms.until < today) return t('give.until_past');
    if (grant && this.actions.effects(grant.id, terms).length === 0) return t('give.nothing_changed');
    return null;
  }

  get #name(): string {
    return this.grant?.name ?? this.model.choices.find(({ id }) => id === this.grantee)?.name ?? '';
  }

  #set(part: Partial<Terms>): void {
    this.terms = { ...this.terms, ...part };
  }

  #who(): TemplateResult {
    const group = (what: 'team' | 'person', label: string): TemplateResult =>
      html`<optgroup label=${label}>
        ${this.model.choices
          .filter((choice) => choice.what === what)
          .map(({ id, name, detail }) => html`<option value=${id}>${detail === '' ? name : t('give.choice', { name, detail })}</option>`)}
      </optgroup>`;
    return fieldAround(
      { id: 'grantee', label: t('give.who'), hint: t('give.who_hint') },
      (describedBy) =>
        html`<select
          class="input"
          id="grantee"
          aria-describedby=${describedBy}
          @change=${(event: Event) => {
            this.grantee = (event.target as HTMLSelectElement).value;
          }}
        >
          <option value="">${t('team_form.choose')}</option>
          ${group('team', t('give.teams'))}${group('person', t('give.people'))}
        </select>`,
    );
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

  #why(): TemplateResult {
    const options = PURPOSES.map((value) => ({ value, label: t(PURPOSE_WORDS[value]) }));
    return this.#group(
      t('grant.why'),
      choices({ name: 'purpose', legend: t('grant.why'), options, chosen: this.terms.purpose }, (purpose) => {
        this.#set({ purpose });
      }),
    );
  }

  #earlier(): TemplateResult {
    const options = HISTORIES.map((value) => ({ value, label: t(HISTORY_WORDS[value]) }));
    const chosen = choices({ name: 'history', legend: t('grant.earlier'), options, chosen: this.terms.history }, (history) => {
      this.#set(history === 'from' ? { history } : { history, from: '' });
    });
    const from = this.#day('from', t('give.from'), t('give.from_hint'), this.terms.from, (day) => {
      this.#set({ from: day });
    });
    return this.#group(t('grant.earlier'), html`${chosen}${this.terms.history === 'from' ? from : nothing}`);
  }

  #until(): TemplateResult {
    const options = [
      { value: 'open', label: t('give.open_end') },
      { value: 'day', label: t('give.with_end') },
    ] as const;
    const chosen = choices({ name: 'until', legend: t('grant.until'), options, chosen: this.withEnd ? 'day' : 'open' }, (value) => {
      this.withEnd = value === 'day';
      if (!this.withEnd) this.#set({ until: '' });
    });
    const day = this.#day('until', t('give.last_day'), '', this.terms.until, (until) => {
      this.#set({ until });
    });
    return this.#group(t('grant.until'), html`${chosen}${this.withEnd ? day : nothing}`);
  }

  #day(id: string, label: string, hint: string, value: string, set: (day: string) => void): TemplateResult {
    return fieldAround(
      { id, label, hint },
      (describedBy) =>
        html`<input
          class="input"
          type="date"
          id=${id}
          .value=${value}
          aria-describedby=${describedBy}
          @change=${(event: Event) => {
            set((event.target as HTMLInputElement).value);
          }}
        />`,
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

  #group(label: string, content: TemplateResult): TemplateResult {
    // The fieldset inside carries the same words for who does not see this line.
    return html`<div class="field"><p class="label" aria-hidden="true">${label}</p>${content}</div>`;
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
