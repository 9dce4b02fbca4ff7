/** Radios that look like one control. */
import { html, type TemplateResult } from 'lit';
import { classMap } from 'lit/directives/class-map.js';

export interface Segment<Value extends string> {
  readonly value: Value;
  readonly label: TemplateResult | string;
}

export interface SegmentsOptions<Value extends string> {
  /** The radio group's name, one of a kind on the page. */
  readonly name: string;
  /** What is being chosen, for screen readers. */
  readonly legend: string;
  readonly options: readonly Segment<Value>[];
  readonly chosen: Value;
  /** Spread over the whole width. */
  readonly fill?: boolean;
  readonly disabled?: boolean;
}

/** A fieldset of radios dressed as segments. */
export function segments<Value extends string>(
  { name, legend, options, chosen, fill, disabled }: SegmentsOptions<Value>,
  choose: (value: Value) => void,
): TemplateResult {
  return html`<fieldset class=${classMap({ seg: true, 'seg--fill': fill === true })} ?disabled=${disabled ?? false}>
    <legend class="vh">${legend}</legend>
    ${options.map(
      ({ value, label }) =>
        html`<label
          ><input
            type="radio"
            name=${name}
            value=${value}
            .checked=${value === chosen}
            @change=${() => {
              choose(value);
            }}
          /><span>${label}</span></label
        >`,
    )}
  </fieldset>`;
}
