// The coordinating offices (« bureaux coordonnateurs », S39): a list, and a dialog that adds one or changes it.
import { html, nothing } from 'lit';
import type { Answer } from '../../../client/api.ts';
import { CallProblem } from '../../../client/problem.ts';
import { field } from '../../../controls/field.ts';
import { submit } from '../../../controls/parts.ts';
import { money, parseAmount } from '../../../locales/format.ts';
import { ConflictDialog, changed, same } from '../../controls/conflict.ts';
import { closeDialog, dialog } from '../../controls/dialog.ts';
import type { Desk } from '../../desk.ts';
import { Fetched } from '../../fetched.ts';
import { Form } from '../../form.ts';
import type { Files } from '../../office.ts';
import { type Key, kept } from '../../words.ts';
import { amountBox, amountText, select } from './items.ts';

type Offices = Answer<'$get', '/coordinating-offices', Files>;
type Office = Offices['offices'][number];
type Part = Pick<Office, 'name' | 'adminFeeCents' | 'adminFeeTaxable'>;
type Box = 'office-code' | 'office-name' | 'office-fee';

export class OfficeList {
  readonly #desk: Desk;
  readonly #told: (told: Key) => void;
  readonly #list: Fetched<Offices>;
  readonly #conflict: ConflictDialog<Part>;
  #form: Form<Box>;
  /** Which is changed; `new`: one is added. */
  #open: Office | 'new' | null = null;

  constructor(desk: Desk, told: (told: Key) => void) {
    this.#desk = desk;
    this.#told = told;
    this.#form = new Form(desk, 'office');
    this.#list = new Fetched(desk, () => desk.files('$get', '/coordinating-offices', {}));
    this.#conflict = new ConflictDialog<Part>(desk, {
      title: 'settings.meanwhile',
      fields: [
        { name: 'name', label: 'settings.officeName' },
        { name: 'adminFeeCents', label: 'settings.officeFee' },
        { name: 'adminFeeTaxable', label: 'settings.officeTaxable' },
      ],
      shown: (name, value) => this.#shown(name, value),
      save: (theirs, version, chosen) => this.#change(theirs, version, chosen),
    });
  }

  get unsaved(): boolean {
    return this.#open !== null;
  }

  render(): unknown {
    const { t } = this.#desk.words;
    return html`<section aria-labelledby="offices-title"><h3 id="offices-title">${t('settings.officeList')}</h3>
      ${this.#list.show(({ offices }) => (offices.length === 0 ? html`<p>${t('settings.officeNone')}</p>` : this.#table(offices)))}
      <p class="actions"><button class="secondary" type="button" id="office-add" @click=${() => this.#begin('new')}>${t('settings.officeAdd')}</button></p>
      </section>${this.#open === null ? nothing : this.#dialog(this.#open)} ${this.#conflict.render()}`;
  }

  #table(offices: readonly Office[]): unknown {
    const { t, plain } = this.#desk.words;
    return html`<table class="list"><caption class="sr">${t('settings.officeList')}</caption>
      <thead><tr><th scope="col">${t('settings.officeName')}</th><th scope="col">${t('settings.officeCode')}</th>
        <th scope="col" class="amount">${t('settings.officeFee')}</th><th scope="col">${t('settings.officeTaxable')}</th><th scope="col" class="acts">${t('settings.officeAct')}</th></tr></thead>
      <tbody>${offices.map(
        (office) => html`<tr><th scope="row">${kept(office.name)}</th>
          <td data-label=${t('settings.officeCode')}><span>${kept(office.code)}</span></td>
          <td class="amount" data-label=${t('settings.officeFee')}><span>${this.#shown('adminFeeCents', office.adminFeeCents)}</span></td>
          <td data-label=${t('settings.officeTaxable')}><span>${this.#shown('adminFeeTaxable', office.adminFeeTaxable)}</span></td>
          <td class="acts"><button class="link" type="button" aria-label=${plain('settings.officeChangeOf', { nom: office.name })} @click=${() => this.#begin(office)}>${t('settings.officeChange')}</button></td></tr>`,
      )}</tbody></table>`;
  }

  #shown(name: keyof Part, value: unknown): unknown {
    const { lang, words } = this.#desk;
    if (name === 'name') return kept(String(value));
    if (value === null) return words.t('settings.asAssociation');
    return name === 'adminFeeCents'
      ? kept(money(lang, Number(value)))
      : words.t(value === true ? 'settings.yes' : 'settings.no');
  }

  #begin(office: Office | 'new'): void {
    this.#open = office;
    this.#form = new Form(this.#desk, 'office');
    this.#desk.redraw();
  }

  #dialog(open: Office | 'new'): unknown {
    const { t } = this.#desk.words;
    const form = this.#form;
    const office = open === 'new' ? null : open;
    const fee = office?.adminFeeCents ?? null;
    return dialog({
      id: 'office',
      title: office === null ? t('settings.officeAdd') : t('settings.officeChangeOf', { nom: office.name }),
      closed: () => {
        this.#open = null;
        this.#desk.redraw();
      },
      body: html`${form.notice()}<form novalidate @submit=${this.#submit}>
        ${office === null ? field(form, 'office-code', { label: 'settings.officeCode', hint: t('settings.officeCodeHint'), autocomplete: 'off' }) : nothing}
        ${field(form, 'office-name', { label: 'settings.officeName', autocomplete: 'off', value: office?.name ?? '' })}
        ${amountBox(form as Form<never>, 'office-fee', {
          ...{ label: 'settings.officeFee', hint: 'settings.officeFeeHint' },
          value: fee === null ? '' : amountText(this.#desk, fee),
        })}
        ${select(form as Form<never>, 'office-taxable', {
          label: 'settings.officeTaxable',
          options: [
            ['', 'settings.asAssociation'],
            ['true', 'settings.yes'],
            ['false', 'settings.no'],
          ],
          value: String(office?.adminFeeTaxable ?? ''),
        })}
        <p class="actions">${submit(form, 'settings.save')}
          <button class="link" type="button" @click=${closeDialog}>${t('shell.cancel')}</button></p>
      </form>`,
    });
  }

  readonly #submit = async (event: SubmitEvent) => {
    event.preventDefault();
    const open = this.#open;
    if (open === null || this.#form.busy) return;
    const data = new FormData(event.currentTarget as HTMLFormElement);
    const typed = (name: string) => String(data.get(name) ?? '').trim();
    const fee = typed('office-fee') === '' ? null : (parseAmount(typed('office-fee')) ?? Number.NaN);
    const code = typed('office-code');
    const wrong = {
      ...(open === 'new' && code === '' ? { 'office-code': 'field.required' as const } : {}),
      ...(typed('office-name') === '' ? { 'office-name': 'field.required' as const } : {}),
      ...(Number.isNaN(fee) ? { 'office-fee': 'settings.amount' as const } : {}),
    };
    if (this.#form.refuses(wrong)) return;
    const taxable = typed('office-taxable');
    const mine: Part = {
      name: typed('office-name'),
      adminFeeCents: fee,
      adminFeeTaxable: taxable === '' ? null : taxable === 'true',
    };
    const taken = { field: 'office-code', key: 'settings.officeTaken' } as const;
    await this.#form.run(
      async () => {
        if (open !== 'new') return this.#change(partOf(open), open.version, mine);
        this.#end(await this.#desk.files('$post', '/coordinating-offices', { json: { code, ...mine } }));
      },
      { taken, 'too-long': 'settings.tooLong' },
    );
  };

  async #change(from: Part, version: string, mine: Part): Promise<void> {
    const { id, ...before } = this.#open as Office;
    const json = changed(from, mine);
    if (Object.keys(json).length === 0) return this.#end(this.#list.value as Offices);
    try {
      const ifMatch = version;
      this.#end(await this.#desk.files('$patch', '/coordinating-offices/:id', { id, json, ifMatch }));
    } catch (error) {
      if (!(error instanceof CallProblem) || error.kind !== 'changed-meanwhile') throw error;
      const { current, version: newer } = error.extra as { current: Office; version: string };
      const theirs = partOf(current);
      if (!same(theirs, mine)) {
        this.#conflict.show({ before: partOf(before as Office), theirs, version: newer, mine });
        return;
      }
      // Hers came through, and only the answer was lost.
      await this.#list.load();
      this.#end(this.#list.value as Offices);
    }
  }

  #end(offices: Offices): void {
    this.#list.value = offices;
    this.#open = null;
    this.#conflict.close();
    this.#told('settings.officeSaved');
  }
}

function partOf({ name, adminFeeCents, adminFeeTaxable }: Office): Part {
  return { name, adminFeeCents, adminFeeTaxable };
}
