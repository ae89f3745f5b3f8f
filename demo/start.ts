// `npm start`: everything for a first look, on one port. The widget is built, the database made and filled, the
// PayPal stand-in and the mailbox run beside the real server, which does not know the difference.
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { Hono } from 'hono';
import { isLoopback } from '../server/addresses.ts';
import { SETTINGS_FILE, settingsOf } from '../server/cli/settings.ts';
import { ConfigError, readConfig, SmtpUrl } from '../server/config.ts';
import type { Sites } from '../server/deps.ts';
import { logLastWords, startServer, stopOnSignals } from '../server/process.ts';
import { publicSites } from '../server/staff/pages/public-sites.ts';
import { buildWidget } from './build-widget.ts';
import { MERCHANTS, REGROUPEMENTS, webhookIdOf } from './data/regroupements.ts';
import { seed } from './data/seed.ts';
import { demoStaff, markIfNew, seedStaff } from './data/staff.ts';
import { createMailbox } from './mailbox/mailbox.ts';
import { ROOT_FILE } from './paypal/signing.ts';
import { createPayPalStandIn } from './paypal/stand-in.ts';
import { demoSite } from './site/site.ts';

const WEBHOOKS_EVERY_MS = 500;

logLastWords();
try {
  await start();
} catch (error) {
  if (!(error instanceof ConfigError)) throw error;
  console.error(error.message);
  process.exit(1);
}

async function start(): Promise<void> {
  const port = Number(process.env.PORT || 8787);
  if (!Number.isInteger(port) || port < 1 || port > 65_535)
    throw new ConfigError('PORT must be a number from 1 to 65535.');
  // The server's own address and the regroupement's site are two loopback names: to a browser, two sites.
  const publicUrl = process.env.PUBLIC_URL || `http://127.0.0.1:${port}`;
  const siteUrl = `http://localhost:${port}`;
  const dataDir = resolve(process.env.DATA_DIR || './data');
  const kept = keptSecret(dataDir);
  const secretKey = process.env.SECRET_KEY || kept;
  const { DEMO_SITE: siteBefore } = settingsOf({ DATA_DIR: dataDir });
  keepSettings(dataDir, {
    DEMO_SITE: siteUrl,
    PUBLIC_URL: publicUrl,
    PAYPAL_BASE_URL: `${publicUrl}/demo/paypal`,
    SECRET_KEY: secretKey,
  });
  await buildWidget();
  const relayUrl = process.env.SMTP_URL;
  const wrong = relayUrl ? SmtpUrl.safeParse(relayUrl).error : undefined;
  if (wrong !== undefined) throw new ConfigError(`SMTP_URL is not valid: ${wrong.issues[0]?.message}`);
  const mailbox = await createMailbox(relayUrl ? { relayUrl } : {});
  const config = readConfig({
    MAIL_FROM: 'paiement@demo.example.org',
    DATA_PLACE: 'Cet ordinateur\u00a0: une démonstration / This computer: a demonstration',
    MAIL_PLACE: 'Cet ordinateur\u00a0: rien ne part / This computer: nothing leaves',
    LOG_LEVEL: 'warn',
    ...process.env,
    HOST: 'localhost',
    PORT: String(port),
    DATA_DIR: dataDir,
    PUBLIC_URL: publicUrl,
    // A passkey can be of a name, not of an address in digits.
    OFFICE_URL: process.env.OFFICE_URL || (process.env.PUBLIC_URL ? undefined : siteUrl),
    SMTP_URL: mailbox.smtpUrl,
    SECRET_KEY: secretKey,
    PAYPAL_BASE_URL: `${publicUrl}/demo/paypal`,
    PAYPAL_WEBHOOK_CA: ROOT_FILE,
  });
  let webhooks: NodeJS.Timeout | undefined;
  const server = await startServer(config, {
    demo: true,
    sites: ownSites(port),
    prepare: async (deps) => {
      await markIfNew(deps);
      await seed(deps, siteUrl, siteBefore);
      await seedStaff(deps);
    },
    routes: (deps) => {
      const standIn = createPayPalStandIn({
        now: deps.now,
        randomBytes: deps.randomBytes,
        publicUrl: `${publicUrl}/demo/paypal`,
        merchants: MERCHANTS,
        webhooks: REGROUPEMENTS.map(({ slug, paypal }) => ({
          id: webhookIdOf(slug),
          url: `${publicUrl}/v1/paypal/webhooks/${slug}`,
          clientId: paypal.clientId,
        })),
      });
      webhooks = setInterval(() => void standIn.deliveries.deliverDue(fetch), WEBHOOKS_EVERY_MS);
      return new Hono()
        .route('/', demoSite({ publicUrl, staff: () => demoStaff(deps) }))
        .route('/demo', mailbox.routes)
        .route('/demo/paypal', standIn.app);
    },
  });
  stopOnSignals({
    ...server,
    stop: () => {
      clearInterval(webhooks);
      return server.stop().then(() => mailbox.close());
    },
  });
  console.log(`ready http://localhost:${server.port}/`);
}

/** The demo's three sites are on this machine, at the demo's own port; nothing else of it can be tried. */
function ownSites(port: number): Sites {
  return {
    ...publicSites,
    allows: (address, at) => (isLoopback(address) && at === port) || publicSites.allows(address, at),
  };
}

/** So that `npx amisgest-pay …` beside the demo finds PayPal's stand-in and the key. */
function keepSettings(dataDir: string, settings: Record<string, string>): void {
  const text = Object.entries(settings).map(([name, value]) => `${name}=${value}\n`);
  writeFileSync(join(dataDir, SETTINGS_FILE), text.join(''), { mode: 0o600 });
}

/** The demo's key, made once and kept with its data: without it the data could not be read again. */
function keptSecret(dataDir: string): string {
  const file = join(dataDir, 'secret-key');
  try {
    mkdirSync(dataDir, { recursive: true, mode: 0o700 });
    if (!existsSync(file)) writeFileSync(file, randomBytes(32).toString('base64url'), { mode: 0o600 });
    return readFileSync(file, 'utf8').trim();
  } catch (error) {
    throw new ConfigError(`DATA_DIR cannot be used: ${(error as Error).message}`);
  }
}
