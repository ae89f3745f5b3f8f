// The account that is paid. « Vérifier » asks PayPal, line by line; only what passes can be saved. The secret is written, never read.
import { html, nothing } from 'lit';
import { keyed } from 'lit/directives/keyed.js';
import type { Answer } from '../../../client/api.ts';
import { CallProblem } from '../../../client/problem.ts';
import { field, typedIn } from '../../../controls/field.ts';
import { press, submit } from '../../../controls/parts.ts';
import { money } from '../../../locales/format.ts';
import { ConflictDialog } from '../../controls/conflict.ts';
import type { Desk } from '../../desk.ts';
import { Form } from '../../form.ts';
import type { AllSettings, Files } from '../../office.ts';
import { type Key, kept } from '../../words.ts';
import type { Saved } from './section.ts';

type Verified = Answer<'$post', '/settings/paypal/verify', Files>;
type Box = 'pp-client' | 'pp-secret' | 'pp-merchant' | 'pp-webhook';
interface Given {
  clientId: string;
  secret?: string;
  merchantId: string;
  webhookId: string;
}
/** An account is one thing: it is chosen whole. */
interface Whole {
  account: string;
}

const BOXES: Readonly<Record<string, Box>> = {
  '/clientId': 'pp-client',
  '/secret': 'pp-secret',
  '/merchantId': 'pp-merchant',
  '/webhookId': 'pp-webhook',
};

export class Account {
  readonly #desk: Desk;
  readonly #saved: Saved;
  readonly #form: Form<Box>;
  readonly #conflict: ConflictDialog<Whole>;
  #all: AllSettings;
  #dirty = false;
  /** What PayPal said, and of what. */
  #verified: Verified | null = null;
  #given: Given | null = null;

  constructor(desk: Desk, all: AllSettings, saved: Saved) {
    this.#desk = desk;
    this.#all = all;
    this.#saved = saved;
    this.#form = new Form(desk, 'account');
    this.#conflict = new ConflictDialog<Whole>(desk, {
      title: 'settings.meanwhile',
      fields: [{ name: 'account', label: 'settings.paypal' }],
      shown: (_name, value) =>
        String(value)
          .split('\n')
          .map((one) => html`<span class="under">${kept(one)}</span>`),
      save: async (theirs, version, chosen) => {
        if (chosen.account === theirs.account) await this.#reread('settings.same');
        else await this.#save(version);
      },
    });
  }

  get unsaved(): boolean {
    return this.#dirty;
  }

  render(): unknown {
    const { t } = this.#desk.words;
    const form = this.#form;
    const { paypal, webhookUrl } = this.#all;
    const box = (name: Box, label: Key, value: string | null | undefined, hint?: Key) =>
      field(form, name, {
        label,
        autocomplete: 'off',
        value: value ?? '',
        ...(hint === undefined ? {} : { hint: t(hint) }),
      });
    return html`${paypal === null ? html`<div class="notice"><p>${t('settings.ppNone')}</p></div>` : nothing}
      ${form.notice()}
      ${keyed(
        paypal?.version,
        html`<form novalidate id="account-form" @input=${this.#typing} @submit=${this.#verify}>
        ${box('pp-client', 'settings.ppClient', paypal?.clientId)}
        ${field(form, 'pp-secret', {
          label: 'settings.ppSecret',
          type: 'password',
          autocomplete: 'off',
          hint: t(paypal === null ? 'settings.ppSecretHint' : 'settings.ppSecretKept'),
          optional: paypal !== null,
        })}
        ${box('pp-merchant', 'settings.ppMerchant', paypal?.merchantId, 'settings.ppMerchantHint')}
        ${box('pp-webhook', 'settings.ppWebhook', paypal?.webhookId, 'settings.ppWebhookHint')}
        <p>${t('settings.ppAddress')} <code>${kept(webhookUrl)}</code></p>
        <p class="actions">${submit(form, 'settings.ppVerify')}</p>
      </form>`,
      )}
      <div id="verified" tabindex="-1">${this.#verified === null ? nothing : this.#answer(this.#verified)}</div>
      ${this.#conflict.render()}`;
  }

  #answer({ lines, passes, underWay }: Verified): unknown {
    const { lang, words } = this.#desk;
    const { t } = words;
    return html`<h3>${t('settings.ppLines')}</h3>
      <ul class="checks">${lines.map(
        ({ fault, sentence, cure }) => html`<li class=${fault === null ? 'good' : 'bad'}>
          <span class="badge ${fault === null ? 'good' : 'bad'}">${t(fault === null ? 'settings.ppGreen' : 'settings.ppRed')}</span>
          ${sentence[lang]} ${cure === null ? nothing : html`<span class="hint under">${cure[lang]}</span>`}</li>`,
      )}</ul>
      ${
        passes
          ? html`<p>${underWay.payments === 0 ? t('settings.ppNoneUnderWay') : t('settings.ppUnderWay', { n: underWay.payments, montant: money(lang, underWay.cents) })}</p>
            <p>${t('settings.ppTold')}</p>
            <p class="actions">${press(this.#form, 'settings.ppSave', 'primary', () => void this.#form.run(() => this.#save(this.#all.paypal?.version ?? 'none')))}</p>`
          : html`<div class="notice error"><p>${t('settings.ppRefused')}</p></div>`
      }`;
  }

  /** What PayPal said is of what stood there then. */
  readonly #typing = () => {
    this.#dirty = true;
    if (this.#verified === null) return;
    this.#verified = null;
    this.#desk.redraw();
  };

  readonly #verify = async (event: SubmitEvent) => {
    const typed = typedIn<Box>(event);
    if (this.#form.busy) return;
    const secret = typed('pp-secret').trim();
    const given: Given = {
      clientId: typed('pp-client').trim(),
      ...(secret === '' ? {} : { secret }),
      merchantId: typed('pp-merchant').trim().toUpperCase(),
      webhookId: typed('pp-webhook').trim(),
    };
    const need = (box: Box, value: string) => (value === '' ? { [box]: 'field.required' as const } : {});
    const secretNeeded = given.clientId !== this.#all.paypal?.clientId;
    const wrong: Partial<Record<Box, Key>> = {
      ...need('pp-client', given.clientId),
      ...(secretNeeded ? need('pp-secret', secret) : {}),
      ...need('pp-merchant', given.merchantId),
      ...need('pp-webhook', given.webhookId),
    };
    if (this.#form.refuses(wrong)) return;
    this.#verified = null;
    await this.#form.run(async () => {
      try {
        this.#given = given;
        this.#show(await this.#desk.files('$post', '/settings/paypal/verify', { json: given }));
      } catch (error) {
        if (!(error instanceof CallProblem) || !this.#refused(error)) throw error;
      }
    });
  };

  #show(verified: Verified): void {
    this.#verified = verified;
    this.#desk.redraw();
    this.#desk.focus('#verified');
  }

  async #save(version: string): Promise<void> {
    const given = this.#given;
    if (given === null) return;
    try {
      await this.#desk.files('$put', '/settings/paypal', { json: given, ifMatch: version });
      await this.#reread('settings.ppSaved');
    } catch (error) {
      if (!(error instanceof CallProblem)) throw error;
      if (error.kind === 'account-unverified') this.#show(error.extra as unknown as Verified);
      else if (error.kind === 'changed-meanwhile') this.#meanwhile(error, given);
      else throw error;
    }
  }

  #meanwhile({ extra }: CallProblem, given: Given): void {
    const { current, version } = extra as { current: AllSettings['paypal']; version: string };
    const theirs = { account: said(current) };
    this.#conflict.show({
      before: { account: said(this.#all.paypal) },
      theirs,
      version,
      mine: { account: said(given) },
    });
  }

  async #reread(told: Key): Promise<void> {
    this.#dirty = false;
    this.#verified = null;
    this.#given = null;
    this.#conflict.close();
    this.#saved(await this.#desk.files('$get', '/settings', {}), told);
  }

  #refused({ extra }: CallProblem): boolean {
    const errors = (extra.errors ?? []) as { pointer: string; code: string }[];
    const boxes = errors.flatMap(({ pointer, code }) => {
      const box = BOXES[pointer];
      const key: Key = code === 'required' ? 'field.required' : 'settings.ppWrong';
      return box === undefined ? [] : [[box, key] as const];
    });
    return this.#form.refuses(Object.fromEntries(boxes) as Partial<Record<Box, Key>>);
  }
}

function said(
  account: (Pick<Given, 'clientId'> & { merchantId: string | null; webhookId: string | null }) | null,
) {
  return account === null ? '' : [account.clientId, account.merchantId, account.webhookId].join('\n');
}
