// The boxes of a section, by kind: how a setting is drawn, what is read from what she typed, and how it reads in a sentence.
import { html, nothing } from 'lit';
import { field } from '../../../controls/field.ts';
import { money, parseAmount, percent } from '../../../locales/format.ts';
import type { Desk } from '../../desk.ts';
import type { Form } from '../../form.ts';
import type { Settings } from '../../office.ts';
import { type Key, kept } from '../../words.ts';

export type Name = keyof Settings;
export type Box = `set-${Name}`;
/** What a form's boxes hold, by name; '' where there is none. */
type Typed = (name: string) => string;
/** What is to be mended in a box. */
export class Wrong {
  readonly key: Key;
  constructor(key: Key) {
    this.key = key;
  }
}

export interface Item {
  name: Name;
  label: Key;
  draw(form: Form<Box>, value: unknown, desk: Desk): unknown;
  read(typed: Typed): unknown;
  shown(value: unknown, desk: Desk): unknown;
}

type Choice = readonly (readonly [value: string, label: Key])[];

/** One line; `none`: what an empty one is. */
export function line(
  name: Name,
  label: Key,
  {
    hint,
    type = 'text',
    none,
    optional = none !== undefined,
  }: {
    hint?: Key;
    type?: 'text' | 'email';
    none?: null | '';
    optional?: boolean;
  } = {},
): Item {
  return {
    name,
    label,
    draw: (form, value) =>
      field(form, `set-${name}`, {
        label,
        type,
        autocomplete: 'off',
        value: String(value ?? ''),
        optional,
        ...(hint === undefined ? {} : { hint: form.t(hint) }),
      }),
    read(typed) {
      const text = typed(`set-${name}`).trim();
      if (text !== '') return text;
      return none === undefined ? new Wrong('field.required') : none;
    },
    shown: asText,
  };
}

/** One a line. */
export function lines(name: Name, label: Key, hint: Key): Item {
  return {
    name,
    label,
    draw: (form, value) =>
      around(
        form,
        `set-${name}`,
        { label, hint },
        (
          described,
        ) => html`<textarea id="set-${name}" name="set-${name}" rows="4" spellcheck="false" aria-describedby=${described}
          .value=${(value as string[]).join('\n')}></textarea>`,
      ),
    read: (typed) =>
      typed(`set-${name}`)
        .split('\n')
        .map((one) => one.trim())
        .filter((one) => one !== ''),
    shown: (value, desk) =>
      (value as string[]).length === 0
        ? desk.words.t('conflict.empty')
        : (value as string[]).map((one) => html`<span class="under">${kept(one)}</span>`),
  };
}

/** One of a few; '' is null. */
export function choice(name: Name, label: Key, options: Choice, hint?: Key): Item {
  return {
    name,
    label,
    draw: (form, value) => select(form, `set-${name}`, { label, hint, options, value: String(value ?? '') }),
    read: (typed) => typed(`set-${name}`) || null,
    shown: (value, { words }) =>
      words.t(options.find(([one]) => one === (value ?? ''))?.[1] ?? 'conflict.empty'),
  };
}

export function check(name: Name, label: Key): Item {
  return {
    name,
    label,
    draw: (form, value) =>
      html`<p><label class="check"><input type="checkbox" id="set-${name}" name="set-${name}" ?checked=${value === true} /><span>${form.t(label)}</span></label></p>`,
    read: (typed) => typed(`set-${name}`) === 'on',
    shown: (value, { words }) => words.t(value === true ? 'settings.yes' : 'settings.no'),
  };
}

export function amount(name: Name, label: Key, hint: Key): Item {
  return {
    name,
    label,
    draw: (form, value, desk) =>
      amountBox(form, `set-${name}`, { label, hint, value: amountText(desk, Number(value)) }),
    read: (typed) => parseAmount(typed(`set-${name}`)) ?? new Wrong('settings.amount'),
    shown: (value, { lang }) => kept(money(lang, Number(value))),
  };
}

/** « Frais en ligne »: none, an amount, or what PayPal keeps. */
export const onlineFee: Item = {
  name: 'onlineFee',
  label: 'settings.onlineFee',
  draw(form, value, desk) {
    const fee = value as Settings['onlineFee'];
    const cents = fee.kind === 'fixed' ? fee.cents : fee.kind === 'gross-up' ? fee.fixedCents : 0;
    const points = fee.kind === 'gross-up' ? fee.basisPoints : 0;
    return html`${select(form, 'set-onlineFee', {
      label: 'settings.onlineFee',
      hint: 'settings.onlineFeeHint',
      options: FEES,
      value: fee.kind,
    })}
      <div class="boxes">${amountBox(form, 'fee-percent', { label: 'settings.feePercent', value: String(points / 100).replace('.', desk.lang === 'fr-CA' ? ',' : '.') })}
      ${amountBox(form, 'fee-amount', { label: 'settings.feeAmount', value: amountText(desk, cents) })}</div>`;
  },
  read(typed) {
    const kind = typed('set-onlineFee');
    if (kind === 'none') return { kind };
    const cents = parseAmount(typed('fee-amount') || '0');
    if (cents === null || (kind === 'fixed' && cents === 0)) return new Wrong('settings.amount');
    if (kind === 'fixed') return { kind, cents };
    // An amount's two decimals are a percentage's hundredths.
    const basisPoints = parseAmount(typed('fee-percent').replace('%', '') || '0');
    return basisPoints === null || basisPoints > 9_999
      ? new Wrong('settings.percent')
      : { kind, basisPoints, fixedCents: cents };
  },
  shown(value, { lang, words }) {
    const fee = value as Settings['onlineFee'];
    if (fee.kind === 'none') return words.t('settings.feeNone');
    if (fee.kind === 'fixed') return kept(money(lang, fee.cents));
    return kept(`${percent(lang, String(fee.basisPoints / 10_000))} + ${money(lang, fee.fixedCents)}`);
  },
};
const FEES: Choice = [
  ['none', 'settings.feeNone'],
  ['fixed', 'settings.feeFixed'],
  ['gross-up', 'settings.feeGrossUp'],
];

/** Part payments, and the least of one. */
export const instalments: Item = {
  name: 'instalments',
  label: 'settings.instalments',
  draw(form, value, desk) {
    const policy = value as Settings['instalments'];
    const cents = policy.kind === 'free' ? policy.minimumCents : 2_500;
    return html`${select(form, 'set-instalments', { label: 'settings.instalments', options: PARTS, value: policy.kind })}
      ${amountBox(form, 'least', { label: 'settings.least', hint: 'settings.leastHint', value: amountText(desk, cents) })}`;
  },
  read(typed) {
    const kind = typed('set-instalments');
    if (kind === 'none') return { kind };
    const minimumCents = parseAmount(typed('least'));
    return minimumCents === null || minimumCents === 0
      ? new Wrong('settings.amount')
      : { kind, minimumCents };
  },
  shown(value, { lang, words }) {
    const policy = value as Settings['instalments'];
    if (policy.kind === 'none') return words.t('settings.partsNone');
    return words.t('settings.partsFrom', { montant: money(lang, policy.minimumCents) });
  },
};
const PARTS: Choice = [
  ['none', 'settings.partsNone'],
  ['free', 'settings.partsFree'],
];

const asText: Item['shown'] = (value, { words }) =>
  value === null || value === '' ? words.t('conflict.empty') : kept(String(value));

/** Cents as she would type them. */
export function amountText({ lang }: Desk, cents: number): string {
  return money(lang, cents).replace(/[\s\u00a0$]/g, '');
}

interface Look {
  label: Key;
  hint?: Key | undefined;
}

export function amountBox(
  form: Form<never> | Form<Box>,
  name: string,
  { label, hint, value, optional = true }: Look & { value: string; optional?: boolean },
): unknown {
  return field(form as Form<string>, name, {
    label,
    autocomplete: 'off',
    inputmode: 'decimal',
    value,
    optional,
    ...(hint === undefined ? {} : { hint: form.t(hint) }),
  });
}

export function select(
  form: Form<never> | Form<Box>,
  name: string,
  { options, value, ...look }: Look & { options: Choice; value: string },
): unknown {
  return around(
    form,
    name,
    look,
    (described) => html`<select id=${name} name=${name} aria-describedby=${described}>
      ${options.map(([one, label]) => html`<option value=${one} ?selected=${one === value}>${form.t(label)}</option>`)}
    </select>`,
  );
}

/** Label, hint and error around a control that is no input; what the control is described by is its own to say. */
function around(
  form: Form<never> | Form<Box>,
  name: string,
  { label, hint }: Look,
  control: (described: unknown) => unknown,
): unknown {
  const error = (form as Form<string>).state.errors[name];
  const described = [hint ? `${name}-hint` : '', error ? `${name}-error` : ''].filter(Boolean).join(' ');
  return html`<div class="field"><label for=${name}>${form.t(label)}</label>
    ${hint === undefined ? nothing : html`<p class="hint" id="${name}-hint">${form.t(hint)}</p>`}
    ${error === undefined ? nothing : html`<p class="error" id="${name}-error"><span aria-hidden="true">!</span><span>${form.say(error)}</span></p>`}
    ${control(described || nothing)}</div>`;
}
