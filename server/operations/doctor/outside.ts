// What a production needs of others: PayPal's clock, a certificate, the way in from outside, a mail server.
import { connect, type TLSSocket } from 'node:tls';
import { z } from 'zod';
import { isSigningKey } from '../../accounts/sessions/signing-keys.ts';
import { storageFault } from '../../db/db.ts';
import { type Deps, MailError, newId } from '../../deps.ts';
import { type Finding, green, red, type Words } from './finding.ts';

const LIMIT_MS = 10_000;
/** What PayPal signs, and a code of a phone, hold for about that long. */
const CLOCK_MS = 30_000;
/** Caddy and certbot renew a month before the end. */
const RENEWED_BEFORE_DAYS = 14;
const DAY_MS = 86_400_000;

/** `clock`: beside PayPal's. */
export async function lookAtClock({
  config,
  fetch,
  now,
}: Pick<Deps, 'config' | 'fetch' | 'now'>): Promise<Finding> {
  const before = now();
  const answer = await fetch(config.paypalBaseUrl, {
    method: 'HEAD',
    redirect: 'manual',
    signal: AbortSignal.timeout(LIMIT_MS),
  }).catch(() => undefined);
  const theirs = Date.parse(answer?.headers.get('Date') ?? '');
  if (Number.isNaN(theirs))
    return red(
      'clock',
      {
        fr: `${config.paypalBaseUrl} ne répond pas : son heure n’est pas connue`,
        en: `${config.paypalBaseUrl} does not answer: its time is not known`,
      },
      {
        fr: 'Laissez cette machine appeler PayPal (port 443, DNS).',
        en: 'Let this machine call PayPal (port 443, DNS).',
      },
    );
  // The header has whole seconds.
  const off = Math.round(((before + now()) / 2 - theirs - 500) / 1000);
  if (Math.abs(off) * 1000 <= CLOCK_MS) return green('clock', 'à l’heure', 'on time');
  return red(
    'clock',
    {
      fr: `${Math.abs(off)} secondes ${off > 0 ? 'd’avance' : 'de retard'} sur PayPal`,
      en: `${Math.abs(off)} seconds ${off > 0 ? 'ahead of' : 'behind'} PayPal`,
    },
    {
      fr: 'timedatectl set-ntp true (ou le paquet chrony).',
      en: 'timedatectl set-ntp true (or the package chrony).',
    },
  );
}

/** `tls`: PUBLIC_URL shows a certificate that is everyone's, and not about to end. */
export async function lookAtTls(publicUrl: string, now: number): Promise<Finding> {
  const { protocol, hostname, port } = new URL(publicUrl);
  if (protocol !== 'https:')
    return red(
      'tls',
      { fr: 'PUBLIC_URL n’est pas en https', en: 'PUBLIC_URL is not https' },
      {
        fr: 'Un nom de domaine, et Caddy ou nginx devant : server/deploy/ a les deux.',
        en: 'A domain name, and Caddy or nginx in front: server/deploy/ has both.',
      },
    );
  try {
    const until = await certificateEnd(hostname.replace(/^\[(.*)\]$/, '$1'), Number(port || 443));
    const days = Math.floor((until - now) / DAY_MS);
    if (days >= RENEWED_BEFORE_DAYS)
      return green('tls', `certificat bon pour ${days} jours`, `certificate good for ${days} days`);
    return red(
      'tls',
      { fr: `le certificat finit dans ${days} jours`, en: `the certificate ends in ${days} days` },
      {
        fr: 'Son renouvellement ne se fait plus : voyez le journal de Caddy, ou certbot renew --dry-run.',
        en: 'It is no longer renewed: see Caddy’s log, or certbot renew --dry-run.',
      },
    );
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? 'ETIMEDOUT';
    return red('tls', { fr: `${publicUrl} : ${code}`, en: `${publicUrl}: ${code}` }, tlsCure(code));
  }
}

function tlsCure(code: string): Words {
  if (/CERT|SIGNATURE|ALTNAME/.test(code))
    return {
      fr: 'Le certificat n’est pas de ce nom, est échu, ou vient sans les autorités intermédiaires (nginx : fullchain.pem).',
      en: 'The certificate is not of that name, has expired, or comes without its intermediates (nginx: fullchain.pem).',
    };
  if (/_SSL_|EPROTO/.test(code))
    return {
      fr: 'Ce qui répond à ce port ne parle pas TLS : Caddy ou nginx (listen 443 ssl) doit y être, et non le serveur lui-même.',
      en: 'What answers at that port does not speak TLS: Caddy or nginx (listen 443 ssl) must be there, not the server itself.',
    };
  return {
    fr: 'Le nom doit mener à cette machine (DNS), et son port 443 être ouvert, avec Caddy ou nginx derrière.',
    en: 'The name must lead to this machine (DNS), with its port 443 open, and Caddy or nginx behind it.',
  };
}

/** The instant at which the certificate there ends. Rejects with Node's code where nobody should trust it. */
function certificateEnd(host: string, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const servername = /^[\d.:]+$/.test(host) ? {} : { servername: host };
    const socket: TLSSocket = connect({ host, port, ...servername, timeout: LIMIT_MS }, () => {
      resolve(Date.parse(socket.getPeerCertificate().valid_to));
      socket.end();
    });
    socket.once('timeout', () => socket.destroy(Object.assign(new Error('silent'), { code: 'ETIMEDOUT' })));
    socket.once('error', reject);
  });
}

const Keys = z.object({ keys: z.array(z.object({ kid: z.string() })).min(1) });

/** `server`: what answers at PUBLIC_URL is this server, over this database, and it can write. */
export async function lookAtDoor(deps: Deps): Promise<Finding> {
  const { publicUrl } = deps.config;
  const ask = (path: string) =>
    deps.fetch(publicUrl + path, { redirect: 'error', signal: AbortSignal.timeout(LIMIT_MS) });
  const ready = await ask('/readyz').catch(() => undefined);
  const text = (await ready?.text().catch(() => '')) ?? '';
  if (ready?.status !== 200)
    return red(
      'server',
      {
        fr: `${publicUrl}/readyz : ${causeIn(text) ?? ready?.status ?? 'pas de réponse'}`,
        en: `${publicUrl}/readyz: ${causeIn(text) ?? ready?.status ?? 'no answer'}`,
      },
      {
        fr: 'Si tls est rouge, cela d’abord. Le serveur doit tourner (systemctl status amisgest-pay; son journal dit pourquoi non), et le mandataire l’appeler à son PORT.',
        en: 'If tls is red, that first. The server must run (systemctl status amisgest-pay; its log says why not), and the proxy call it at its PORT.',
      },
    );
  const keys = Keys.safeParse(
    await ask('/.well-known/jwks.json').then(
      (r) => r.json(),
      () => null,
    ),
  );
  // Whose database does not open cannot compare them; that is red by itself.
  const ours = keys.success && (await isSigningKey(deps, keys.data.keys[0]?.kid ?? '').catch(notOpened));
  if (ours) return green('server', 'répond, et peut écrire', 'answers, and can write');
  return red(
    'server',
    {
      fr: `${publicUrl} est un autre serveur, ou le même sur une autre base`,
      en: `${publicUrl} is another server, or the same one on another database`,
    },
    {
      fr: 'Le serveur et les commandes doivent lire les mêmes réglages (DATA_DIR, DATABASE_URL, PUBLIC_URL).',
      en: 'The server and the commands must read the same settings (DATA_DIR, DATABASE_URL, PUBLIC_URL).',
    },
  );
}

function notOpened(error: unknown): boolean {
  if (storageFault(error) === undefined) throw error;
  return true;
}

const causeIn = (text: string): string | undefined => /"cause":"([\w-]+)"/.exec(text)?.[1];

/** `mail`: a message goes out. */
export async function lookAtMail(
  deps: Pick<Deps, 'config' | 'mail' | 'now' | 'randomBytes'>,
  to: string,
): Promise<Finding> {
  const said = 'Ce message dit que le courriel fonctionne. / This message says that e-mail works.';
  try {
    await deps.mail.send({
      key: newId(deps),
      from: { name: 'amisgest-pay', address: deps.config.mailFrom },
      replyTo: deps.config.mailFrom,
      to,
      lang: 'fr-CA',
      subject: 'amisgest-pay doctor',
      text: `${said}\n`,
      html: `<!doctype html><html lang="fr-CA"><meta charset="utf-8"><title>amisgest-pay</title><p>${said}</p></html>`,
    });
    return green('mail', `un message est parti à ${to}`, `a message was sent to ${to}`);
  } catch (error) {
    if (!(error instanceof MailError)) throw error;
    return red(
      'mail',
      { fr: `pas envoyé : ${error.message}`, en: `not sent: ${error.message}` },
      mailCure(error.message),
    );
  } finally {
    deps.mail.close();
  }
}

function mailCure(reason: string): Words {
  if (reason.startsWith('EAUTH'))
    return {
      fr: 'SMTP_URL : l’utilisateur ou le mot de passe n’est pas pris (ce qui est spécial s’y écrit %…).',
      en: 'SMTP_URL: the user or password is not taken (what is special in it is written %…).',
    };
  if (/^(certificate-refused|no-encryption)/.test(reason))
    return {
      fr: 'SMTP_URL : le nom du serveur tel qu’il est dans son certificat; smtps:// au port 465, smtp:// au port 587; autorité à vous : NODE_EXTRA_CA_CERTS.',
      en: 'SMTP_URL: the server’s name as its certificate has it; smtps:// at port 465, smtp:// at port 587; an authority of your own: NODE_EXTRA_CA_CERTS.',
    };
  if (/ \d{3}$/.test(reason))
    return {
      fr: 'Le serveur de courriel refuse MAIL_FROM ou le destinataire (--mail-to) : laissez cette adresse envoyer par lui.',
      en: 'The mail server refuses MAIL_FROM or the recipient (--mail-to): allow that address to send through it.',
    };
  return {
    fr: 'SMTP_URL : serveur et port; beaucoup d’hébergeurs ferment le port 25, prenez 465 ou 587.',
    en: 'SMTP_URL: server and port; many hosts close port 25, take 465 or 587.',
  };
}
