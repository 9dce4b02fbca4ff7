/** A labelled place to write in: label above, hint before the field, error after it and linked. */
import { html, nothing, type TemplateResult } from 'lit';
import { icon } from '../icons.ts';

export interface FieldOptions {
  readonly id: string;
  readonly label: string;
  readonly hint?: string;
  /** What is wrong, in the person's words; shown after the field and announced. */
  readonly error?: string | null;
  readonly value?: string;
  readonly name?: string;
  readonly type?: 'text' | 'tel' | 'email';
  readonly autocomplete?: AutoFill | 'nickname';
  readonly placeholder?: string;
  readonly required?: boolean;
  readonly maxLength?: number;
  readonly inputMode?: 'text' | 'numeric' | 'decimal';
  readonly spellcheck?: boolean;
  readonly onInput?: (value: string) => void;
}

/** A field with whatever control it is given; the control takes its id and what describes it. */
export function fieldAround(
  options: Pick<FieldOptions, 'id' | 'label' | 'hint' | 'error'>,
  control: (describedBy: string | typeof nothing) => TemplateResult,
  after?: TemplateResult,
): TemplateResult {
  const { id, label, hint, error } = options;
  const parts = [hint ? `${id}-hint` : '', error ? `${id}-error` : ''].filter(Boolean);
  return html`<div class="field">
    <label for=${id}>${label}</label>
    ${hint ? html`<p class="field__hint" id="${id}-hint">${hint}</p>` : nothing} ${control(parts.length ? parts.join(' ') : nothing)}
    ${error ? html`<p class="field__error" id="${id}-error" role="alert">${icon('alert')}<span>${error}</span></p>` : nothing}
    ${after ?? nothing}
  </div>`;
}

/** A day, or a day and an hour, in the browser's own control; `set` hears it once it is chosen. */
export function pickerField(
  options: Pick<FieldOptions, 'id' | 'label' | 'hint' | 'error'> & { readonly type: 'date' | 'datetime-local'; readonly value: string },
  set: (value: string) => void,
): TemplateResult {
  const { id, type, value } = options;
  return fieldAround(
    options,
    (describedBy) =>
      html`<input
        class="input"
        type=${type}
        id=${id}
        .value=${value}
        aria-describedby=${describedBy}
        @change=${(event: Event) => {
          set((event.target as HTMLInputElement).value);
        }}
      />`,
  );
}

/** One line of text. */
export function textField(options: FieldOptions): TemplateResult {
  const { id, error, value, name, type, autocomplete, placeholder, required, maxLength, inputMode, spellcheck, onInput } = options;
  return fieldAround(
    options,
    (describedBy) =>
      html`<input
        class="input"
        id=${id}
        name=${name ?? id}
        type=${type ?? 'text'}
        .value=${value ?? ''}
        autocomplete=${autocomplete ?? 'off'}
        placeholder=${placeholder ?? nothing}
        maxlength=${maxLength ?? nothing}
        inputmode=${inputMode ?? nothing}
        spellcheck=${spellcheck === false ? 'false' : nothing}
        ?required=${required ?? false}
        aria-invalid=${error ? 'true' : nothing}
        aria-describedby=${describedBy}
        @input=${(event: InputEvent) => onInput?.((event.target as HTMLInputElement).value)}
      />`,
  );
}
