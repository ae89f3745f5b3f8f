// `regroupement add|set|list`: the tenants and their settings. The PayPal secret comes by standard input, never as
// an argument, and is never shown.
import { z } from 'zod';
import { openedByNameAlone } from '../../certificates/undo.ts';
import { newId } from '../../deps.ts';
import { readStdin, readWhole } from '../../input-file.ts';
import { Instalments, OnlineFee } from '../../ledger/policies.ts';
import { type Logo, logoFrom, MAX_LOGO_BYTES, saveLogo } from '../../regroupements/logos.ts';
import { LINK_POLICIES } from '../../regroupements/regroupements.ts';
import { encrypt } from '../../regroupements/secrets.ts';
import { type Call, type Command, Usage, withDatabase } from '../command.ts';

/** Option → column and its form. */
const SETTINGS = {
  name: ['name', z.string().min(1).max(200)],
  email: ['email', z.email()],
  phone: ['phone', z.string().min(1).max(60)],
  address: ['address', z.string().min(1).max(300)],
  'privacy-title': ['privacy_title', z.string().min(1).max(200)],
  'privacy-email': ['privacy_email', z.email()],
  'help-url': ['help_url', z.url({ protocol: /^https?$/ })],
  'gst-number': ['gst_number', z.string().max(40)],
  'qst-number': ['qst_number', z.string().max(40)],
  'certificate-example': ['certificate_example', z.string().max(60)],
  'certificate-pattern': [
    'certificate_pattern',
    z.string().max(200).refine(isPattern, 'not a regular expression'),
  ],
  'link-policy': ['link_policy', z.enum(LINK_POLICIES)],
  'premium-tax-policy': ['premium_tax_policy', z.enum(['as-invoiced', 'by-payment-date'])],
  'paypal-client-id': ['paypal_client_id', z.string().min(1).max(200)],
  'paypal-merchant-id': [
    'paypal_merchant_id',
    z.string().regex(/^[2-9A-HJ-NP-Z]{13}$/, 'a PayPal merchant id has 13 characters'),
  ],
  'paypal-webhook-id': [
    'paypal_webhook_id',
    z.string().regex(/^[A-Za-z0-9]{5,50}$/, 'not a PayPal webhook id'),
  ],
  accent: [
    'theme',
    z
      .string()
      .regex(/^#[0-9a-f]{6}$/i, 'a colour is written #2c6e49')
      .transform((accent) => JSON.stringify({ accent })),
  ],
  'online-fee': [
    'online_fee',
    z
      .string()
      .transform(json)
      .pipe(OnlineFee)
      .transform((fee) => JSON.stringify(fee)),
  ],
  instalments: [
    'instalments',
    z
      .string()
      .transform(json)
      .pipe(Instalments)
      .transform((policy) => JSON.stringify(policy)),
  ],
} as const;
const REQUIRED = ['name', 'email', 'phone', 'address', 'privacy-title', 'privacy-email'] as const;
/** PayPal's have 80 characters. */
const MAX_SECRET_BYTES = 4_000;
const SLUG = /^[a-z0-9]+(-[a-z0-9]+)*$/;

export const regroupementCommand: Command = {
  options: {
    ...Object.fromEntries(Object.keys(SETTINGS).map((name) => [name, { type: 'string' as const }])),
    page: { type: 'string', multiple: true },
    logo: { type: 'string' },
    alias: { type: 'string', multiple: true },
    'paypal-secret-stdin': { type: 'boolean' },
  },
  help: {
    fr: `regroupement add|set <nom-court> --option … | list – les regroupements et leurs réglages.
  add demande : --${REQUIRED.join(' --')}
  --page URL (plusieurs)    les pages qui portent le widget; aucun autre site ne peut payer
  --accent #RRVVBB          la couleur de la page hébergée
  --logo FICHIER            son image : PNG, JPEG, WebP ou SVG, 200 ko au plus
  --alias NOM (plusieurs)   autres noms dans les fichiers à importer
  --online-fee JSON         {"kind":"none"} ou {"kind":"gross-up","basisPoints":290,"fixedCents":30}
  --instalments JSON        {"kind":"none"} ou {"kind":"free","minimumCents":2500}
  --link-policy POLITIQUE   ce qu’il faut avec le nom et le numéro pour ouvrir un dossier : name-and-number (rien de plus),
                            code (envoyé au courriel du dossier), secret (imprimé sur la facture), approval (votre accord);
                            les liens ouverts avant restent ouverts : leur nombre est dit
  --certificate-example, --certificate-pattern, --help-url, --gst-number, --qst-number
  --paypal-client-id, --paypal-merchant-id, --paypal-webhook-id, --paypal-secret-stdin (le secret est lu sur l’entrée standard; SECRET_KEY requis)`,
    en: `regroupement add|set <short-name> --option … | list – the associations and their settings.
  add needs: --${REQUIRED.join(' --')}
  --page URL (several)      the pages that hold the widget; no other site can pay
  --accent #RRGGBB          the hosted page's colour
  --logo FILE               its picture: PNG, JPEG, WebP or SVG, 200 kB at most
  --alias NAME (several)    other names in files to import
  --online-fee JSON         {"kind":"none"} or {"kind":"gross-up","basisPoints":290,"fixedCents":30}
  --instalments JSON        {"kind":"none"} or {"kind":"free","minimumCents":2500}
  --link-policy POLICY      what opens a file beside name and number: name-and-number (nothing more),
                            code (sent to the e-mail on file), secret (printed on the invoice), approval (yours);
                            links opened before stay open: how many is said
  --certificate-example, --certificate-pattern, --help-url, --gst-number, --qst-number
  --paypal-client-id, --paypal-merchant-id, --paypal-webhook-id, --paypal-secret-stdin (the secret is read from standard input; needs SECRET_KEY)`,
  },
  async run(call) {
    const [action, slug, ...more] = call.positionals;
    if (action === 'list' && slug === undefined) return list(call.json);
    if ((action !== 'add' && action !== 'set') || slug === undefined || more.length > 0) {
      throw new Usage(
        call.lang === 'fr'
          ? 'Il faut add, set ou list, et un nom court.'
          : 'add, set or list is needed, and a short name.',
      );
    }
    if (!SLUG.test(slug))
      throw new Usage(
        call.lang === 'fr'
          ? 'Le nom court a des minuscules, des chiffres et des traits d’union.'
          : 'A short name has lower-case letters, digits and hyphens.',
      );
    return save(call, action, slug);
  },
};

async function save(call: Call, action: 'add' | 'set', slug: string): Promise<number> {
  const columns = settingsOf(call);
  if (action === 'add') {
    const absent = REQUIRED.filter((name) => call.values[name] === undefined);
    if (absent.length > 0)
      throw new Usage(
        `${call.lang === 'fr' ? 'Il manque' : 'Missing'}: ${absent.map((name) => `--${name}`).join(' ')}`,
      );
  }
  const secret =
    call.values['paypal-secret-stdin'] === true
      ? (await readStdin(MAX_SECRET_BYTES)).toString().trim()
      : null;
  return withDatabase(async (deps) => {
    const { rows } = await deps.db.execute<{ id: string }>('SELECT id FROM regroupements WHERE slug = ?', [
      slug,
    ]);
    const known = rows[0]?.id;
    if (action === 'add' && known !== undefined)
      return refused(call, `${slug} existe déjà.`, `${slug} exists already.`);
    if (action === 'set' && known === undefined)
      return refused(call, `${slug} n’existe pas.`, `There is no ${slug}.`);
    const id = known ?? newId(deps);
    if (secret !== null) {
      if (secret === '') return refused(call, 'Le secret est vide.', 'The secret is empty.');
      if (deps.config.secretKeys.length === 0)
        return refused(
          call,
          'SECRET_KEY manque (32 caractères ou plus).',
          'SECRET_KEY is missing (32 characters or more).',
        );
      columns.set('paypal_secret', encrypt(deps, `paypal-secret:${id}`, secret));
    }
    const logo = logoOf(call);
    const credentials = columns.has('paypal_secret') || columns.has('paypal_client_id');
    const now = deps.now();
    const names = [...columns.keys()];
    const values = [...columns.values()];
    const sql =
      known === undefined
        ? `INSERT INTO regroupements(id, slug, created_at, updated_at${names.map((name) => `, ${name}`).join('')})
           VALUES (?, ?, ?, ?${', ?'.repeat(names.length)}) ON CONFLICT(slug) DO NOTHING`
        : `UPDATE regroupements SET updated_at = ?${names.map((name) => `, ${name} = ?`).join('')}${credentials ? ', paypal_version = paypal_version + 1' : ''} WHERE id = ?`;
    const args = known === undefined ? [id, slug, now, now, ...values] : [now, ...values, id];
    await deps.db.batch([{ sql, args }, ...(logo === null ? [] : [saveLogo(id, logo)])]);
    const stricter = columns.has('link_policy') && columns.get('link_policy') !== 'name-and-number';
    const links = stricter ? await openedByNameAlone(deps, id) : undefined;
    if (call.json) console.log(JSON.stringify({ slug, saved: names, linksByNameAndNumber: links }));
    else {
      console.log(call.lang === 'fr' ? `${slug} est enregistré.` : `${slug} is saved.`);
      if (links !== undefined && links > 0) console.log(stillOpen(call.lang, slug, links));
    }
    return 0;
  });
}

/** A link that a name and a number opened stays open under a policy that would not have opened it. */
function stillOpen(lang: Call['lang'], slug: string, links: number): string {
  const list = `links list ${slug} --method name-and-number`;
  const many = links > 1 ? 's' : '';
  return lang === 'fr'
    ? `${links} lien${many} ouvert${many} par le nom et le numéro seulement reste${many ? 'nt' : ''} ouvert${many}, pour payer.
Pour voir lesquels\u00a0: ${list}; pour en défaire un\u00a0: links undo ${slug} <id>`
    : `${links} link${many} that a name and number opened stay${many ? '' : 's'} open, to pay.
To see which: ${list}; to undo one: links undo ${slug} <id>`;
}

function logoOf({ values, lang }: Call): Logo | null {
  if (typeof values.logo !== 'string') return null;
  const logo = logoFrom(new Uint8Array(readWhole(values.logo, MAX_LOGO_BYTES)));
  if (logo !== null) return logo;
  throw new Usage(
    lang === 'fr'
      ? '--logo : un fichier PNG, JPEG, WebP ou SVG de 200 ko au plus.'
      : '--logo: a PNG, JPEG, WebP or SVG file of 200 kB at most.',
  );
}

function settingsOf(call: Call): Map<string, string> {
  const columns = new Map<string, string>();
  for (const [option, [column, form]] of Object.entries(SETTINGS)) {
    const given = call.values[option];
    if (given === undefined) continue;
    const parsed = form.safeParse(given);
    if (!parsed.success) throw new Usage(`--${option}: ${parsed.error.issues[0]?.message ?? 'not valid'}`);
    columns.set(column, parsed.data);
  }
  for (const [option, column] of [
    ['page', 'pages'],
    ['alias', 'aliases'],
  ] as const) {
    const given = call.values[option];
    if (!Array.isArray(given)) continue;
    if (option === 'page' && !given.every((page) => isPage(String(page)))) {
      throw new Usage('--page: https://… (http only for localhost)');
    }
    columns.set(column, JSON.stringify(given));
  }
  return columns;
}

async function list(json: boolean): Promise<number> {
  return withDatabase(async ({ db }) => {
    const { rows } = await db.execute<{
      slug: string;
      name: string;
      email: string;
      pages: string;
      payable: number;
    }>(
      'SELECT slug, name, email, pages, paypal_client_id IS NOT NULL AND paypal_secret IS NOT NULL AS payable FROM regroupements ORDER BY slug',
    );
    const shown = rows.map((row) => ({
      slug: row.slug,
      name: row.name,
      email: row.email,
      pages: JSON.parse(row.pages) as string[],
      payable: row.payable === 1,
    }));
    if (json) console.log(JSON.stringify(shown));
    else
      for (const r of shown)
        console.log(
          `${r.slug}\n  ${r.name}\n  ${r.email}\n  PayPal: ${r.payable ? 'oui' : 'non'}\n  ${r.pages.join('\n  ')}`,
        );
    return 0;
  });
}

function refused(call: Call, fr: string, en: string): number {
  console.error(call.lang === 'fr' ? fr : en);
  return 1;
}

function isPage(page: string): boolean {
  if (!URL.canParse(page)) return false;
  const url = new URL(page);
  return (
    url.protocol === 'https:' ||
    (url.protocol === 'http:' && ['localhost', '127.0.0.1', '[::1]'].includes(url.hostname))
  );
}

function isPattern(pattern: string): boolean {
  try {
    new RegExp(pattern);
    return true;
  } catch {
    return false;
  }
}

function json(given: string, ctx: z.RefinementCtx): unknown {
  try {
    return JSON.parse(given);
  } catch {
    ctx.addIssue({ code: 'custom', message: 'not JSON' });
    return z.NEVER;
  }
}
