/** Which of those who joined as custodians are to hold shares from now on. */
import { html, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { BetweenElement } from '../element.ts';
import type { Custodians } from '../models/clinic.ts';
import type { Person } from '../models/person.ts';
import { t } from '../words.ts';
import { FEWEST_CUSTODIANS } from './clinic-custodians.ts';

/** `<custodians-form .custodians>`: fires `name-custodians` with their ids and `cancel`. */
@customElement('custodians-form')
export class CustodiansForm extends BetweenElement {
  @property({ attribute: false }) custodians!: Custodians;
  @state() private chosen: ReadonlySet<string> = new Set();
  @state() private tried = false;

  override willUpdate(changed: PropertyValues): void {
    super.willUpdate(changed);
    if (this.hasUpdated) return;
    const { named, could } = this.custodians;
    // Those who are named now, as far as they are still here; at first everybody.
    const now = new Set(named?.people.map(({ id }) => id) ?? could.map(({ id }) => id));
    this.chosen = new Set(could.map(({ id }) => id).filter((id) => now.has(id)));
  }

  protected override render(): TemplateResult {
    const cancel = (): void => {
      this.emit('cancel', null);
    };
    const fewer = this.tried && this.chosen.size < FEWEST_CUSTODIANS;
    return html`<form class="stack" novalidate @submit=${this.#submit}>
      <p>${t('custodians.choose_hint')}</p>
      <fieldset class="stack stack-s">
        <legend class="vh">${t('custodians.choose')}</legend>
        ${this.custodians.could.map((person) => this.#person(person))}
        ${fewer ? html`<p class="field__error" role="alert">${t('custodians.fewer')}</p>` : nothing}
      </fieldset>
      ${this.custodians.named ? html`<p>${t('custodians.ends')}</p>` : nothing}
      <div class="row">
        <button class="btn btn--main" type="submit">${t('custodians.name')}</button>
        <button class="btn" type="button" @click=${cancel}>${t('dialog.keep')}</button>
      </div>
    </form>`;
  }

  #person({ id, name, credential }: Person): TemplateResult {
    const toggle = (event: Event): void => {
      const others = [...this.chosen].filter((one) => one !== id);
      this.chosen = new Set((event.target as HTMLInputElement).checked ? [...others, id] : others);
    };
    return html`<label class="check"
      ><input type="checkbox" .checked=${this.chosen.has(id)} @change=${toggle} /><span
        >${name}${credential ? html`<small>${credential}</small>` : nothing}</span
      ></label
    >`;
  }

  readonly #submit = (event: SubmitEvent): void => {
    event.preventDefault();
    this.tried = true;
    if (this.chosen.size >= FEWEST_CUSTODIANS) this.emit('name-custodians', [...this.chosen]);
  };
}

declare global {
  interface HTMLElementTagNameMap {
    'custodians-form': CustodiansForm;
  }
}
