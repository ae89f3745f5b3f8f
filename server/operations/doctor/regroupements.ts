// Whether each regroupement can be paid: its settings, its account at PayPal, and the way of PayPal's webhooks to us.
import { decrypt } from '../../crypto.ts';
import { type StorageFault, storageFault } from '../../db/db.ts';
import { isMarkedDemo } from '../../db/demo-mark.ts';
import { knownMigrations } from '../../db/migrate.ts';
import type { Deps } from '../../deps.ts';
import { webhookAddress, webhookLines } from '../../paypal/account-check.ts';
import { PayPal } from '../../paypal/client.ts';
import { PayPalFailure } from '../../paypal/errors.ts';
import {
  type Regroupement,
  regroupementBySlug,
  slugs,
  unusableSettings,
} from '../../regroupements/regroupements.ts';
import { type Finding, green, red, type Words } from './finding.ts';

const LIMIT_MS = 10_000;
/** A slug that no regroupement can have: what answers « unknown » took the call as it takes PayPal's. */
const NOBODY = '-';
/** `database`: opened, of this program's version, and not the demo's. */
export async function lookAtDatabase({ db }: Pick<Deps, 'db'>): Promise<Finding> {
  let rows: { name: string }[] = [];
  try {
    ({ rows } = await db.execute<{ name: string }>('SELECT name FROM schema_migrations'));
  } catch (error) {
    const fault = storageFault(error);
    // A database without that table was never migrated, and is told of below.
    if (fault !== undefined) return notOpened(fault);
  }
  const done = new Set(rows.map(({ name }) => name));
  const known = knownMigrations();
  const pending = known.filter((name) => !done.has(name)).length;
  const unknown = [...done].filter((name) => !known.includes(name)).length;
  if (unknown > 0)
    return red(
      'database',
      { fr: 'plus récente que ce programme', en: 'newer than this program' },
      { fr: 'Mettez le programme à jour.', en: 'Update the program.' },
    );
  if (pending > 0)
    return red(
      'database',
      {
        fr: `${pending} étapes de retard sur ce programme`,
        en: `${pending} steps behind this program`,
      },
      {
        fr: '« amisgest-pay migrate », ou relancez le serveur.',
        en: '“amisgest-pay migrate”, or start the server again.',
      },
    );
  if (await isMarkedDemo(db))
    return red(
      'database',
      {
        fr: 'faite par « npm start » : ses personnes ont des mots de passe connus de tous',
        en: 'made by `npm start`: its people have passwords that everybody knows',
      },
      { fr: 'DATA_DIR ou DATABASE_URL : un autre endroit.', en: 'DATA_DIR or DATABASE_URL: another place.' },
    );
  return green('database', 'à jour', 'up to date');
}

/** `database`, where there is nothing to ask of it. */
export const notOpened = (fault: StorageFault): Finding =>
  red(
    'database',
    { fr: `ne s’ouvre pas : ${fault}`, en: `does not open: ${fault}` },
    {
      fr: 'DATABASE_URL et DATABASE_AUTH_TOKEN : le serveur libSQL doit tourner et être atteint d’ici; un fichier doit être une base entière : « amisgest-pay restore --help ».',
      en: 'DATABASE_URL and DATABASE_AUTH_TOKEN: the libSQL server must run and be reached from here; a file must be a whole database: “amisgest-pay restore --help”.',
    },
  );

/** `regroupements`, then `paypal` and `webhook` of each. */
export async function* lookAtRegroupements(deps: Deps): AsyncGenerator<Finding> {
  const names = await slugs(deps);
  if (names.length === 0) {
    yield red(
      'regroupements',
      { fr: 'aucun', en: 'none' },
      { fr: '« amisgest-pay regroupement add --help ».', en: '“amisgest-pay regroupement add --help”.' },
    );
    return;
  }
  const unusable = await unusableSettings(deps);
  const paypal = new PayPal(deps);
  const takesCalls = await hearsWebhooks(deps);
  for (const slug of names) {
    const regroupement = await regroupementBySlug(deps, slug);
    yield ownSettings(regroupement, unusable.find((one) => one.slug === slug)?.settings ?? []);
    yield* account(deps, paypal, regroupement, takesCalls);
  }
}

function ownSettings({ slug, pages }: Regroupement, unusable: readonly string[]): Finding {
  const check = `regroupement ${slug}`;
  if (unusable.length > 0)
    return red(
      check,
      {
        fr: `réglages inutilisables : ${unusable.join(', ')}`,
        en: `settings that cannot be used: ${unusable.join(', ')}`,
      },
      setting(slug, '…'),
    );
  if (pages.length === 0)
    return red(
      check,
      {
        fr: 'aucune page : la balise ne fonctionne sur aucun site',
        en: 'no page: the tag works on no site',
      },
      setting(slug, '--page https://…'),
    );
  return green(check, `${pages.length} page(s)`, `${pages.length} page(s)`);
}

async function* account(
  deps: Deps,
  paypal: PayPal,
  regroupement: Regroupement,
  takesCalls: boolean,
): AsyncGenerator<Finding> {
  const { slug, paypal: credentials } = regroupement;
  const check = `paypal ${slug}`;
  if (credentials === null) {
    yield red(check, { fr: 'pas de compte', en: 'no account' }, setting(slug, '--paypal-client-id …'));
    return;
  }
  try {
    decrypt(deps, `paypal-secret:${regroupement.id}`, credentials.encryptedSecret);
  } catch {
    yield red(
      check,
      { fr: 'SECRET_KEY n’ouvre pas son code secret', en: 'SECRET_KEY does not open its secret' },
      {
        fr: `Remettez l’ancienne clé derrière la nouvelle (SECRET_KEY=nouvelle,ancienne), ou redonnez-le : regroupement set ${slug} --paypal-client-id …`,
        en: `Put the old key behind the new one (SECRET_KEY=new,old), or give it again: regroupement set ${slug} --paypal-client-id …`,
      },
    );
    return;
  }
  let hooks: Webhook[];
  try {
    hooks = await paypal.webhooks(regroupement);
  } catch (error) {
    yield refusedBy(error, check, slug);
    return;
  }
  yield green(check, 'le client et le code secret sont pris', 'the client and the secret are taken');
  yield ownWebhook(deps, { slug, id: credentials.webhookId, hooks }, takesCalls);
}

type Webhook = Awaited<ReturnType<PayPal['webhooks']>>[number];

function ownWebhook(
  { config }: Pick<Deps, 'config'>,
  { slug, id, hooks }: { slug: string; id: string | null; hooks: readonly Webhook[] },
  takesCalls: boolean,
): Finding {
  const check = `webhook ${slug}`;
  const address = webhookAddress({ config }, slug);
  const atPayPal = {
    fr: `Chez PayPal, un webhook vers ${address}, pour les commandes, captures, remboursements et litiges; puis regroupement set ${slug} --paypal-webhook-id …`,
    en: `At PayPal, a webhook to ${address}, for orders, captures, refunds and disputes; then regroupement set ${slug} --paypal-webhook-id …`,
  };
  const [webhook, events] = webhookLines({ config }, { slug, id, hooks });
  if (webhook?.fault === 'unknown')
    return red(
      check,
      { fr: 'PayPal n’en connaît pas de ce numéro', en: 'PayPal knows none of that id' },
      atPayPal,
    );
  if (webhook?.fault === 'another')
    return red(
      check,
      { fr: `PayPal appelle ${webhook.detail}`, en: `PayPal calls ${webhook.detail}` },
      atPayPal,
    );
  if (events?.fault === 'missing')
    return red(
      check,
      { fr: `PayPal ne dira rien de ${events.detail}`, en: `PayPal will not tell of ${events.detail}` },
      atPayPal,
    );
  if (!takesCalls)
    return red(
      check,
      { fr: `${address} ne laisse pas passer un POST`, en: `${address} lets no POST through` },
      {
        fr: 'Si tls ou server est rouge, cela d’abord; sinon le mandataire ou un pare-feu l’arrête : laissez passer /v1/paypal/webhooks/.',
        en: 'If tls or server is red, that first; otherwise the proxy or a firewall stops it: let /v1/paypal/webhooks/ through.',
      },
    );
  return green(check, 'connu de PayPal, et atteint d’ici', 'known to PayPal, and reached from here');
}

function refusedBy(error: unknown, check: string, slug: string): Finding {
  if (!(error instanceof PayPalFailure)) throw error;
  if (error.decision === 'configuration')
    return red(
      check,
      { fr: 'PayPal refuse ce client ou ce code secret', en: 'PayPal refuses this client or secret' },
      setting(slug, '--paypal-client-id …'),
    );
  return red(
    check,
    { fr: 'PayPal ne répond pas comme il le doit', en: 'PayPal does not answer as it should' },
    {
      fr: 'Recommencez dans quelques minutes; voyez PAYPAL_BASE_URL.',
      en: 'Try again in some minutes; see PAYPAL_BASE_URL.',
    },
  );
}

const setting = (slug: string, option: string): Words => ({
  fr: `amisgest-pay regroupement set ${slug} ${option}`,
  en: `amisgest-pay regroupement set ${slug} ${option}`,
});

// PayPal itself cannot be made to call here; whether a POST from outside comes through to us can be seen.
async function hearsWebhooks({ config, fetch }: Deps): Promise<boolean> {
  const answer = await fetch(`${config.publicUrl}/v1/paypal/webhooks/${NOBODY}`, {
    method: 'POST',
    redirect: 'error',
    headers: { 'Content-Type': 'application/json' },
    body: '{}',
    signal: AbortSignal.timeout(LIMIT_MS),
  }).catch(() => undefined);
  return ((await answer?.text().catch(() => '')) ?? '').includes('regroupement-unknown');
}
