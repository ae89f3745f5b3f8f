// « Mes alertes »: which e-mails she wants, of each regroupement that she works for. A choice holds as soon as it is made.
import { html } from 'lit';
import type { Answer } from '../../../client/api.ts';
import { CallProblem } from '../../../client/problem.ts';
import type { Desk } from '../../desk.ts';
import { Fetched } from '../../fetched.ts';
import type { People } from '../../office.ts';
import { problemText } from '../../problem-text.ts';
import { type Key, kept } from '../../words.ts';

type Alert = Answer<'$get', '/me/alerts', People>['alerts'][number];

const PAYMENTS = [
  ['none', 'alerts.none'],
  ['each', 'alerts.each'],
  ['daily', 'alerts.daily'],
] as const;
const EXCEPTIONS = [
  ['none', 'alerts.none'],
  ['at-once', 'alerts.atOnce'],
  ['daily', 'alerts.daily'],
] as const;

export class Alerts {
  readonly #desk: Desk;
  readonly #alerts: Fetched<Alert[]>;
  #told: unknown = null;

  constructor(desk: Desk) {
    this.#desk = desk;
    this.#alerts = new Fetched(desk, async () => (await desk.office.people('$get', '/me/alerts', {})).alerts);
  }

  render(): unknown {
    const { t } = this.#desk.words;
    return html`<section aria-labelledby="alerts">
      <div class="identity"><h2 id="alerts">${t('alerts.title')}</h2><div role="status">${this.#told}</div></div>
      <p class="hint">${t('alerts.text', { courriel: this.#desk.me.email })}</p>
      ${this.#alerts.show((all) => this.#table(all))}
    </section>`;
  }

  #table(all: readonly Alert[]): unknown {
    const { t } = this.#desk.words;
    return html`<table class="list">
      <caption class="sr">${t('alerts.title')}</caption>
      <thead><tr><th scope="col">${t('shell.regroupement')}</th><th scope="col">${t('alerts.payments')}</th>
        <th scope="col">${t('alerts.exceptions')}</th></tr></thead>
      <tbody>${all.map((one) => {
        const name = this.#desk.me.memberships.find(({ slug }) => slug === one.slug)?.name ?? one.slug;
        return html`<tr>
          <th scope="row">${kept(name)}</th>
          <td data-label=${t('alerts.payments')}>${this.#choice(one, 'payments', PAYMENTS, name)}</td>
          <td data-label=${t('alerts.exceptions')}>${this.#choice(one, 'exceptions', EXCEPTIONS, name)}</td>
        </tr>`;
      })}</tbody>
    </table>`;
  }

  #choice<P extends 'payments' | 'exceptions'>(
    alert: Alert,
    part: P,
    options: readonly (readonly [Alert[P], Key])[],
    regroupement: string,
  ): unknown {
    const { plain, t } = this.#desk.words;
    const change = async (event: Event) => {
      const box = event.target as HTMLSelectElement;
      const chosen = options[box.selectedIndex]?.[0] ?? alert[part];
      if (!(await this.#choose({ ...alert, [part]: chosen }))) box.value = alert[part];
    };
    return html`<select aria-label="${plain(`alerts.${part}`)} – ${regroupement}" @change=${change}>
      ${options.map(([value, label]) => html`<option value=${value} ?selected=${alert[part] === value}>${t(label)}</option>`)}
    </select>`;
  }

  /** Whether it is kept. */
  async #choose(wanted: Alert): Promise<boolean> {
    try {
      await this.#desk.office.people('$put', '/me/alerts', { json: wanted });
      this.#told = html`<span class="hint">${this.#desk.words.t('alerts.saved')}</span>`;
      await this.#alerts.load();
      return true;
    } catch (error) {
      if (!(error instanceof CallProblem)) throw error;
      this.#told = html`<div class="notice error">${problemText(this.#desk, error)}</div>`;
      this.#desk.redraw();
      return false;
    }
  }
}
