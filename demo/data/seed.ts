// The demo's people and invoices: three regroupements, their files as staff would export them (the CSV beside this),
// and accounts that exist already. Loaded once into an empty database, through the same code as anything else.
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { createAccount } from '../../server/accounts/accounts.ts';
import { encrypt } from '../../server/crypto.ts';
import { type Deps, newId } from '../../server/deps.ts';
import { importFile } from '../../server/import/import-file.ts';
import { saveOffice } from '../../server/regroupements/coordinating-offices.ts';
import { logoFrom, saveLogo } from '../../server/regroupements/logos.ts';
import { regroupementBySlug } from '../../server/regroupements/regroupements.ts';
import { DEMO_ACCOUNTS, DEMO_PASSWORD } from './accounts.ts';
import { REGROUPEMENTS, webhookIdOf } from './regroupements.ts';

/**
 * Loads what is missing; a second time changes nothing. `siteUrl` is where the regroupements' own pages stand, `siteBefore`
 * where they stood at the last start.
 */
export async function seed(deps: Deps, siteUrl: string, siteBefore = siteUrl): Promise<void> {
  await addRegroupements(deps, siteUrl, siteBefore);
  const { rows } = await deps.db.execute('SELECT 1 FROM invoices LIMIT 1');
  if (rows.length === 0) {
    await loadFiles(deps);
  }
  for (const account of DEMO_ACCOUNTS) {
    const regroupement = await regroupementBySlug(deps, account.slug);
    await createAccount(deps, {
      regroupement,
      name: account.name,
      email: account.email,
      password: DEMO_PASSWORD,
      lang: account.lang,
    });
  }
}

async function addRegroupements(deps: Deps, siteUrl: string, siteBefore: string): Promise<void> {
  const now = deps.now();
  for (const r of REGROUPEMENTS) {
    const { rows } = await deps.db.execute<{ id: string; pages: string }>(
      'SELECT id, pages FROM regroupements WHERE slug = ?',
      [r.slug],
    );
    const [known] = rows;
    const id = known?.id ?? newId(deps);
    // The port may be another than last time, and with it our own page's address; what else was registered stays.
    const own = [siteUrl, siteBefore].map((site) => site + r.path);
    const others = (JSON.parse(known?.pages ?? '[]') as string[]).filter((page) => !own.includes(page));
    const pages = JSON.stringify([`${siteUrl}${r.path}`, ...others]);
    await deps.db.execute(
      `INSERT INTO regroupements(id, slug, name, aliases, email, phone, address, privacy_title, privacy_email,
         gst_number, qst_number, admin_fee_cents, admin_fee_taxable, online_fee, instalments, certificate_pattern, certificate_example, pages,
         theme, paypal_client_id, paypal_secret, paypal_merchant_id, paypal_webhook_id, created_at, updated_at)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
       ON CONFLICT(slug) DO UPDATE SET pages = excluded.pages, updated_at = excluded.updated_at
         WHERE pages <> excluded.pages`,
      [
        id,
        r.slug,
        r.name,
        JSON.stringify(r.aliases),
        r.email,
        r.phone,
        r.address,
        r.privacyTitle,
        r.privacyEmail,
        r.gstNumber,
        r.qstNumber,
        r.adminFee.cents,
        Number(r.adminFee.taxable),
        JSON.stringify(r.onlineFee),
        JSON.stringify(r.instalments),
        r.certificatePattern,
        r.certificateExample,
        pages,
        JSON.stringify({ accent: r.accent }),
        r.paypal.clientId,
        encrypt(deps, `paypal-secret:${id}`, r.paypal.clientSecret),
        r.paypal.merchantId,
        webhookIdOf(r.slug),
        now,
        now,
      ],
    );
    if (known !== undefined) continue;
    const drawing = await readFile(new URL(`./logos/${r.slug}.svg`, import.meta.url)).catch(() => null);
    const logo = drawing && logoFrom(new Uint8Array(drawing));
    if (logo) await deps.db.batch([saveLogo(id, logo)]);
  }
}

/** What staff would bring in, in the order in which each file refers to the one before. */
async function loadFiles(deps: Deps): Promise<void> {
  // The files name them.
  for (const { slug, offices } of REGROUPEMENTS) {
    const { id } = await regroupementBySlug(deps, slug);
    for (const { code, ...office } of offices) await saveOffice(deps, id, code, office, 'server');
  }
  for (const name of ['dossiers', 'certificats', 'factures', 'avenants', 'paiements']) {
    await load(deps, name, 'petits-bouleaux', false);
  }
  // The lines name no regroupement: each takes those of its own invoices.
  for (const { slug } of REGROUPEMENTS) await load(deps, 'factures_lignes', slug, true);
}

async function load(deps: Deps, name: string, regroupement: string, acceptValid: boolean): Promise<void> {
  const path = fileURLToPath(new URL(`${name}.csv`, import.meta.url));
  const report = await importFile(deps, { by: 'server', regroupement, name: path, acceptValid });
  if (!report.imported) throw new Error(`demo data: ${name}: ${JSON.stringify(report.refused[0])}`);
}
