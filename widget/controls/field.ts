// One labelled box: label, hint before it, error beside it. Uncontrolled: what she types lives in the input itself,
// which is not made again while the screen lasts, so that no redraw (a language switch, an error) can lose it; where it
// must be (drawing.ts), it is given what stood in the one before.
import { html, nothing, type TemplateResult } from 'lit';
import type { Words } from './words.ts';

/** What a box is drawn with: the words, and what is wrong with what was typed. */
export interface FieldView<K, F extends string, S> extends Words<K | 'account.showPassword'> {
  readonly state: { readonly errors: Readonly<Partial<Record<F, S>>> };
  say(sentence: S): unknown;
}

interface FieldOptions<K> {
  label: K;
  type?: 'text' | 'email' | 'password' | 'date' | 'url';
  /** One token, or `username webauthn`. */
  autocomplete: string;
  hint?: unknown;
  /** What stands in it at first. */
  value?: string;
  inputmode?: 'decimal' | 'numeric';
  /** Said under the box while she types in it. */
  typing?: (value: string) => string;
  /** When she leaves the box with another text in it. */
  changed?: (value: string) => void;
  enterkeyhint?: 'next' | 'go' | 'send' | 'search';
  optional?: boolean;
}

/** The box for `name`; its error, if any, comes from the state. */
export function field<K, F extends string, S>(
  view: FieldView<K, F, S>,
  name: F,
  options: FieldOptions<NoInfer<K | 'account.showPassword'>>,
): TemplateResult {
  const error = view.state.errors[name];
  const described = [options.hint ? `${name}-hint` : '', error ? `${name}-error` : '']
    .filter(Boolean)
    .join(' ');
  const type = options.type ?? 'text';
  return html`<div class="field" part="field">
    <label for=${name}>${view.t(options.label)}</label>
    ${options.hint ? html`<p class="hint" id="${name}-hint">${options.hint}</p>` : nothing}
    ${
      error
        ? html`<p class="error" id="${name}-error"><span aria-hidden="true">!</span><span>${view.say(error)}</span></p>`
        : nothing
    }
    <input
      part="input"
      id=${name}
      name=${name}
      type=${type}
      value=${options.value ?? ''}
      autocomplete=${options.autocomplete}
      autocapitalize=${type === 'text' && options.inputmode === undefined ? 'words' : 'none'}
      spellcheck="false"
      inputmode=${options.inputmode ?? nothing}
      enterkeyhint=${options.enterkeyhint ?? nothing}
      aria-describedby=${described || nothing}
      aria-invalid=${error ? 'true' : nothing}
      ?required=${!options.optional}
      @input=${options.typing ? (event: Event) => announce(event, options.typing) : nothing}
      @change=${(event: Event) => options.changed?.((event.target as HTMLInputElement).value)}
    />
    ${options.typing ? html`<p class="hint" role="status" data-own></p>` : nothing}
    ${
      type === 'password'
        ? html`<label class="check"
            ><input type="checkbox" id="${name}-show" @change=${togglePassword} /><span>${view.t('account.showPassword')}</span></label
          >`
        : nothing
    }
  </div>`;
}

function announce(event: Event, typing: FieldOptions<unknown>['typing']): void {
  const input = event.target as HTMLInputElement;
  const status = input.closest('.field')?.querySelector('[role=status]');
  if (status) status.textContent = typing?.(input.value) ?? '';
}

function togglePassword(event: Event): void {
  const box = event.currentTarget as HTMLInputElement;
  const input = box.closest('.field')?.querySelector('input');
  if (input) input.type = box.checked ? 'text' : 'password';
}

/** What stands in a form's boxes. */
export function typedIn<F extends string>(event: SubmitEvent): (name: F) => string {
  event.preventDefault();
  const data = new FormData(event.currentTarget as HTMLFormElement);
  return (name) => String(data.get(name) ?? '');
}
