/** Radios as cards: a choice with room for what it means. */
import { html, nothing, type TemplateResult } from 'lit';

export interface Choice<Value extends string> {
  readonly value: Value;
  readonly label: string;
  readonly hint?: TemplateResult | string;
}

/** A group of cards of which one can be chosen; `chosen` is null while none is. */
export function choices<Value extends string>(
  group: { readonly name: string; readonly legend: string; readonly options: readonly Choice<Value>[]; readonly chosen: Value | null },
  choose: (value: Value) => void,
): TemplateResult {
  return html`<fieldset class="choices">
    <legend class="vh">${group.legend}</legend>
    ${group.options.map(
      ({ value, label, hint }) =>
        html`<label class="choice"
          ><input
            type="radio"
            name=${group.name}
            value=${value}
            .checked=${value === group.chosen}
            @change=${() => {
              choose(value);
            }}
          /><span>${label}${hint ? html`<small>${hint}</small>` : nothing}</span></label
        >`,
    )}
  </fieldset>`;
}
