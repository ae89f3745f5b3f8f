// `regroupement add|set|list`: the tenants and their settings. The PayPal secret comes by standard input, never as
// an argument, and is never shown.
import { z } from 'zod';
import { audited } from '../../audit.ts';
import { openedByNameAlone } from '../../certificates/links/link-undo.ts';
import { encrypt } from '../../crypto.ts';
import type { Statement } from '../../db/db.ts';
import { type Deps, newId } from '../../deps.ts';
import { readStdin, readWhole } from '../../input-file.ts';
import { type Logo, logoFrom, MAX_LOGO_BYTES, saveLogo } from '../../regroupements/logos.ts';
import { SLUG, unusableSettings } from '../../regroupements/regroupements.ts';
import { ACCOUNT_FORMS, SETTINGS, type SettingName, stored } from '../../regroupements/setting-forms.ts';
import { pagesOf } from '../../regroupements/settings.ts';
import { type Columns, SECRET, told, writing } from '../../regroupements/settings-changes.ts';
import { asLine, bare, visible } from '../../text.ts';
import { asker, type Call, type Command, Usage, withDatabase } from '../command.ts';
import { feeCents, yesNo } from '../forms.ts';

/** How an option is written, where that is not how its setting is held. */
const asJson = z.string().transform(json);
const asYes = yesNo.transform(Boolean);
const ofSetting = (name: SettingName, written: z.ZodType = z.string()) => [name, written] as const;
/** Option → setting, and what is read from its text. */
const OPTIONS = {
  name: ofSetting('name'),
  article: ofSetting(
    'article',
    z.string().transform((text) => text.replace("l'", 'l’')),
  ),
  email: ofSetting('email'),
  phone: ofSetting('phone'),
  address: ofSetting('address'),
  'privacy-title': ofSetting('privacyTitle'),
  'privacy-email': ofSetting('privacyEmail'),
  'help-url': ofSetting('helpUrl'),
  'gst-number': ofSetting('gstNumber'),
  'qst-number': ofSetting('qstNumber'),
  'certificate-example': ofSetting('certificateExample'),
  'certificate-pattern': ofSetting('certificatePattern'),
  'invoice-prefix': ofSetting('invoicePrefix'),
  'link-policy': ofSetting('linkPolicy'),
  'premium-tax-policy': ofSetting('premiumTaxPolicy'),
  'admin-fee': ofSetting('adminFeeCents', feeCents),
  'admin-fee-taxable': ofSetting('adminFeeTaxable', asYes),
  'manual-amount-with-tax': ofSetting('manualAmountWithTax', asYes),
  accent: ofSetting(
    'theme',
    z.string().transform((accent) => ({ accent })),
  ),
  'online-fee': ofSetting('onlineFee', asJson),
  instalments: ofSetting('instalments', asJson),
} as const;
/** Option → column and its form, of the account that is paid. */
const ACCOUNT_OPTIONS = {
  'paypal-client-id': ['paypal_client_id', ACCOUNT_FORMS.clientId],
  'paypal-merchant-id': ['paypal_merchant_id', ACCOUNT_FORMS.merchantId],
  'paypal-webhook-id': ['paypal_webhook_id', ACCOUNT_FORMS.webhookId],
} as const;
const REQUIRED = ['name', 'email', 'phone', 'address', 'privacy-title', 'privacy-email'] as const;
/** PayPal's have 80 characters. */
const MAX_SECRET_BYTES = 4_000;

export const regroupementCommand: Command = {
  options: {
    ...Object.fromEntries(
      [...Object.keys(OPTIONS), ...Object.keys(ACCOUNT_OPTIONS)].map((name) => [
        name,
        { type: 'string' as const },
      ]),
    ),
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
  --logo FICHIER            son image : PNG, JPEG, WebP ou SVG, 200 ko au plus; « aucun » l’enlève
  --article ARTICLE         celui du nom dans une phrase : le (« le site du Regroupement… »), la, l’, les ou aucun; s’il n’est
                            pas donné, le premier mot du nom en décide
  --alias NOM (plusieurs)   autres noms dans les fichiers à importer
  --online-fee JSON         {"kind":"none"} ou {"kind":"gross-up","basisPoints":290,"fixedCents":30}
  --admin-fee MONTANT       les frais d’administration d’une facture faite par un montant manuel; un bureau coordonnateur peut
                            avoir les siens : offices
  --admin-fee-taxable oui|non      la TPS et la TVQ sur ces frais
  --manual-amount-with-tax oui|non le montant manuel comprend la taxe sur les primes (oui, sinon)
  --instalments JSON        {"kind":"none"} ou {"kind":"free","minimumCents":2500}; avec "planDays":90, la personne peut s’entendre
                            en ligne sur quatre versements, le dernier au plus tard 90 jours après l’échéance de la facture
  --link-policy POLITIQUE   ce qu’il faut avec le nom et le numéro pour ouvrir un dossier : name-and-number (rien de plus),
                            code (envoyé au courriel du dossier), secret (imprimé sur la facture), approval (votre accord);
                            les liens ouverts avant restent ouverts : leur nombre est dit
  --premium-tax-policy POLITIQUE  la taxe sur les primes d’une facture impayée quand le taux change (le 1er janvier 2027, 9 % → 9,975 %) :
                            as-invoiced (celle de la facture, quel que soit le jour du paiement; sinon, c’est celle-ci),
                            by-payment-date (celle du jour du paiement : le solde est recalculé, et la personne le lit avant);
                            les factures touchées et la différence : tax <nom-court>
  --invoice-prefix MOT      ce qui se met devant les numéros de facture importés, quand la numérotation recommence : "{année}-" fait
                            de F1 « 2027-F1 », par l’année de la facture; "" n’en met plus
  --certificate-example, --certificate-pattern, --help-url, --gst-number, --qst-number
  --paypal-client-id, --paypal-merchant-id, --paypal-webhook-id, --paypal-secret-stdin (le secret est lu sur l’entrée standard; SECRET_KEY requis)`,
    en: `regroupement add|set <short-name> --option … | list – the associations and their settings.
  add needs: --${REQUIRED.join(' --')}
  --page URL (several)      the pages that hold the widget; no other site can pay
  --accent #RRGGBB          the hosted page's colour
  --logo FILE               its picture: PNG, JPEG, WebP or SVG, 200 kB at most; “aucun” (none) takes it away
  --article ARTICLE         that of the name in a French sentence: le (« le site du Regroupement… »), la, l’, les or aucun
                            (none); without it, the name's first word decides
  --alias NAME (several)    other names in files to import
  --online-fee JSON         {"kind":"none"} or {"kind":"gross-up","basisPoints":290,"fixedCents":30}
  --admin-fee AMOUNT        the administration fee of an invoice made by a manual amount; a coordinating office may have its
                            own: offices
  --admin-fee-taxable yes|no       GST and QST on that fee
  --manual-amount-with-tax yes|no  the manual amount includes the tax on premiums (yes otherwise)
  --instalments JSON        {"kind":"none"} or {"kind":"free","minimumCents":2500}; with "planDays":90, she may agree online to
                            four instalments, the last at most 90 days after the invoice is due
  --link-policy POLICY      what opens a file beside name and number: name-and-number (nothing more),
                            code (sent to the e-mail on file), secret (printed on the invoice), approval (yours);
                            links opened before stay open: how many is said
  --premium-tax-policy POLICY  the tax on premiums of an unpaid invoice when its rate changes (January 1, 2027, 9% → 9.975%):
                            as-invoiced (that of the invoice, whatever the day of payment; the default),
                            by-payment-date (that of the day of payment: the balance is recalculated, and she reads it before);
                            the invoices concerned and the difference: tax <short-name>
  --invoice-prefix WORD     what goes before imported invoice numbers, where numbering begins again: "{year}-" makes F1 “2027-F1”,
                            by the year of the invoice; "" puts none any more
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
    call.values['paypal-secret-stdin'] === true ? bare((await readStdin(MAX_SECRET_BYTES)).toString()) : null;
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
      if (!ACCOUNT_FORMS.secret.safeParse(secret).success)
        return refused(
          call,
          'Le secret a des espaces ou des signes que PayPal n’emploie pas. Copiez-le de nouveau.',
          'The secret has spaces or signs that PayPal does not use. Copy it again.',
        );
      if (deps.config.secretKeys.length === 0)
        return refused(
          call,
          'SECRET_KEY manque (32 caractères ou plus).',
          'SECRET_KEY is missing (32 characters or more).',
        );
      columns.set(SECRET, encrypt(deps, `paypal-secret:${id}`, secret));
    }
    const logo = logoOf(call);
    await deps.db.batch(
      known === undefined
        ? added(deps, id, slug, columns, logo)
        : writing(deps, id, { columns, logo, by: asker() }),
    );
    const stricter = columns.has('link_policy') && columns.get('link_policy') !== 'name-and-number';
    const links = stricter ? await openedByNameAlone(deps, id) : undefined;
    if (call.json)
      console.log(JSON.stringify({ slug, saved: [...columns.keys()], linksByNameAndNumber: links }));
    else {
      console.log(call.lang === 'fr' ? `${slug} est enregistré.` : `${slug} is saved.`);
      if (links !== undefined && links > 0) console.log(stillOpen(call.lang, slug, links));
    }
    return 0;
  });
}

function added(
  deps: Deps,
  id: string,
  slug: string,
  columns: Columns,
  logo: Logo | null | undefined,
): Statement[] {
  const now = deps.now();
  const names = [...columns.keys()].map((name) => `, ${name}`).join('');
  return [
    {
      sql: `INSERT INTO regroupements(id, slug, created_at, updated_at${names})
            VALUES (?, ?, ?, ?${', ?'.repeat(columns.size)}) ON CONFLICT(slug) DO NOTHING`,
      args: [id, slug, now, now, ...columns.values()],
    },
    audited(
      deps,
      {
        regroupementId: id,
        actor: asker(),
        act: 'regroupement-added',
        target: `regroupements:${id}`,
        before: null,
        after: { slug, ...told(columns, logo) },
      },
      { ifChanged: true },
    ),
    ...(logo ? [saveLogo(id, logo)] : []),
  ];
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

/** As an article is none: what stands blank in a script is a mistake. */
const NO_LOGO = 'aucun';

function logoOf({ values, lang }: Call): Logo | null | undefined {
  if (typeof values.logo !== 'string') return undefined;
  if (values.logo === NO_LOGO) return null;
  const logo = logoFrom(new Uint8Array(readWhole(values.logo, MAX_LOGO_BYTES)));
  if (logo !== null) return logo;
  throw new Usage(
    lang === 'fr'
      ? '--logo : un fichier PNG, JPEG, WebP ou SVG de 200 ko au plus.'
      : '--logo: a PNG, JPEG, WebP or SVG file of 200 kB at most.',
  );
}

function settingsOf(call: Call): Map<string, string | number | null> {
  const columns = new Map<string, string | number | null>();
  for (const [option, [name, written]] of Object.entries(OPTIONS)) {
    const given = call.values[option];
    if (given === undefined) continue;
    const read = fitting(call, option, written.safeParse(visible(String(given))));
    const { column } = SETTINGS[name];
    const form: z.ZodType = SETTINGS[name].form;
    columns.set(column, stored(name, fitting(call, option, form.safeParse(read))));
  }
  for (const [option, [column, form]] of Object.entries(ACCOUNT_OPTIONS)) {
    const given = call.values[option];
    if (given !== undefined)
      columns.set(column, fitting(call, option, form.safeParse(visible(String(given)))));
  }
  for (const [option, name] of [
    ['page', 'pages'],
    ['alias', 'aliases'],
  ] as const) {
    const given = call.values[option];
    if (!Array.isArray(given)) continue;
    const { column } = SETTINGS[name];
    const form: z.ZodType = SETTINGS[name].form;
    columns.set(column, stored(name, fitting(call, option, form.safeParse(given))));
  }
  return columns;
}

/** What a setting's form made of it. Throws Usage that says what is wrong with it. */
function fitting<T>({ lang }: Call, option: string, parsed: z.ZodSafeParseResult<T>): T {
  if (parsed.success) return parsed.data;
  const [why = 'invalid'] = parsed.error.issues.map(({ message }) => message);
  throw new Usage(`--${option}: ${Object.hasOwn(WHY, why) ? WHY[why as keyof typeof WHY][lang] : why}`);
}
const WHY = {
  required: { fr: 'rien n’est écrit.', en: 'nothing is written.' },
  'too-long': { fr: 'trop long.', en: 'too long.' },
  invalid: {
    fr: 'mal écrit, ou un saut de ligne ou un caractère de contrôle s’y trouve.',
    en: 'not valid, or a line break or a control character is in it.',
  },
} as const;

async function list(json: boolean): Promise<number> {
  return withDatabase(async (deps) => {
    const { rows } = await deps.db.execute<{
      slug: string;
      name: string;
      email: string;
      pages: string;
      payable: number;
    }>(
      'SELECT slug, name, email, pages, paypal_client_id IS NOT NULL AND paypal_secret IS NOT NULL AS payable FROM regroupements ORDER BY slug',
    );
    const unusable = new Map((await unusableSettings(deps)).map(({ slug, settings }) => [slug, settings]));
    const shown = rows.map((row) => ({
      slug: row.slug,
      name: asLine(row.name),
      email: asLine(row.email),
      pages: pagesOf(row.pages),
      payable: row.payable === 1,
      ...(unusable.has(row.slug) ? { unusable: unusable.get(row.slug) } : {}),
    }));
    if (json) console.log(JSON.stringify(shown));
    else
      for (const r of shown)
        console.log(
          [
            r.slug,
            r.name,
            r.email,
            `PayPal: ${r.payable ? 'oui' : 'non'}`,
            ...r.pages,
            ...(r.unusable === undefined
              ? []
              : [`! ${r.unusable.join(', ')}\u00a0: à corriger, laissé de côté / to be mended, left out`]),
          ].join('\n  '),
        );
    return 0;
  });
}

function refused(call: Call, fr: string, en: string): number {
  console.error(call.lang === 'fr' ? fr : en);
  return 1;
}

function json(given: string, ctx: z.RefinementCtx): unknown {
  try {
    return JSON.parse(given);
  } catch {
    ctx.addIssue({ code: 'custom', message: 'not JSON' });
    return z.NEVER;
  }
}
