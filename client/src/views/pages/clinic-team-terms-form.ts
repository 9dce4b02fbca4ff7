/** What a team is called, and who manages it. */
import { html, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { BetweenElement } from '../element.ts';
import type { Team, TeamPerson } from '../models/clinic.ts';
import { textField } from '../parts/field.ts';
import { t } from '../words.ts';

/** `<team-terms-form .team>`: fires `change-team` with `TeamTerms` and `cancel`. */
@customElement('team-terms-form')
export class TeamTermsForm extends BetweenElement {
  @property({ attribute: false }) team!: Team;
  @state() private name = '';
  @state() private managers: ReadonlySet<string> = new Set();
  @state() private tried = false;

  override willUpdate(changed: PropertyValues): void {
    if (this.hasUpdated) return;
    super.willUpdate(changed);
    this.name = this.team.name;
    this.managers = new Set(this.team.managers.map(({ id }) => id));
  }

  protected override render(): TemplateResult {
    const error = this.tried && this.name.trim() === '' ? { error: t('team_form.name_missing') } : {};
    return html`<form class="stack" novalidate @submit=${this.#submit}>
      ${textField({
        id: 'team-terms-name',
        label: t('team_form.name'),
        hint: t('team_form.name_hint'),
        value: this.name,
        maxLength: 80,
        required: true,
        ...error,
        onInput: (name) => {
          this.name = name;
        },
      })}
      <fieldset class="stack stack-s">
        <legend>${t('team_terms.managers')}</legend>
        <p class="field__hint">${t('team_terms.managers_hint')}</p>
        ${this.team.members.filter(({ covers }) => covers === null).map((person) => this.#manager(person))}
        ${this.tried && this.managers.size === 0 ? html`<p class="field__error" role="alert">${t('team_form.manager_missing')}</p>` : nothing}
      </fieldset>
      <div class="row">
        <button class="btn btn--main" type="submit">${t('team_terms.do')}</button>
        <button
          class="btn"
          type="button"
          @click=${() => {
            this.emit('cancel', null);
          }}
        >
          ${t('dialog.keep')}
        </button>
      </div>
    </form>`;
  }

  #manager({ id, name }: TeamPerson): TemplateResult {
    return html`<label class="check"
      ><input
        type="checkbox"
        .checked=${this.managers.has(id)}
        @change=${(event: Event) => {
          const others = [...this.managers].filter((one) => one !== id);
          this.managers = new Set((event.target as HTMLInputElement).checked ? [...others, id] : others);
        }}
      /><span>${name}</span></label
    >`;
  }

  readonly #submit = (event: SubmitEvent): void => {
    event.preventDefault();
    this.tried = true;
    const name = this.name.trim();
    if (name !== '' && this.managers.size > 0) this.emit('change-team', { name, managers: [...this.managers] });
  };
}

declare global {
  interface HTMLElementTagNameMap {
    'team-terms-form': TeamTermsForm;
  }
}
