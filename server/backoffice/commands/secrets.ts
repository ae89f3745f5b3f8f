// `secrets make`: the secrets that a regroupement prints on its invoices. They leave here once, and are kept hashed.
import { securityEvent } from '../../accounts/security-log.ts';
import {
  certificatesForSecrets,
  invoiceSecretHash,
  newInvoiceSecret,
  printedSecret,
  saveInvoiceSecret,
} from '../../certificates/invoice-secrets.ts';
import { certificateKey } from '../../certificates/number.ts';
import { ConfigError } from '../../config.ts';
import { regroupementBySlug } from '../../regroupements/regroupements.ts';
import { asker, type Command, Usage, withDatabase } from '../command.ts';
import { SETTINGS_FILE, settingsOf } from '../settings.ts';

const AT_ONCE = 100;

export const secretsCommand: Command = {
  options: { certificates: { type: 'string', multiple: true }, csv: { type: 'boolean' } },
  help: {
    fr: `secrets make <regroupement> – fait le secret à imprimer sur chaque facture, montré une seule fois, et l’adresse pour son code QR.
  --certificates N,N  ces certificats seulement; leur secret d’avant ne vaut plus. Sinon, tous ceux qui n’en ont pas encore
  --csv               certificat, nom, secret, adresse (c’est la forme par défaut)
  --json              un tableau JSON
  PUBLIC_URL dit où mène l’adresse.`,
    en: `secrets make <regroupement> – makes the secret to print on each invoice, shown once, and the address for its QR code.
  --certificates N,N  only these; their secret of before is worth nothing more. Otherwise all that have none yet
  --csv               certificate, name, secret, address (what it writes by default)
  --json              a JSON array
  PUBLIC_URL says where the address leads.`,
  },
  async run(call) {
    const [action, slug, ...more] = call.positionals;
    if (action !== 'make' || slug === undefined || more.length > 0)
      throw new Usage(call.lang === 'fr' ? 'secrets make <regroupement>.' : 'secrets make <regroupement>.');
    const publicUrl = settingsOf(process.env).PUBLIC_URL?.replace(/\/+$/, '');
    if (publicUrl === undefined)
      throw new ConfigError(`PUBLIC_URL is missing (in the environment or in DATA_DIR/${SETTINGS_FILE})`);
    const named = Array.isArray(call.values.certificates)
      ? call.values.certificates.flatMap((list) => String(list).split(',')).map(certificateKey)
      : null;
    return withDatabase(async (deps) => {
      const regroupement = await regroupementBySlug(deps, slug);
      const certificates = await certificatesForSecrets(deps, regroupement.id, named);
      const unknown = named?.filter((key) => !certificates.some(({ numberKey }) => numberKey === key)) ?? [];
      if (unknown.length > 0) {
        console.error(
          `${call.lang === 'fr' ? 'Ces certificats n’existent pas' : 'There are no such certificates'}: ${unknown.join(', ')}`,
        );
        return 1;
      }
      const made = [];
      for (let from = 0; from < certificates.length; from += AT_ONCE) {
        const rows = await Promise.all(
          certificates.slice(from, from + AT_ONCE).map(async (certificate) => {
            const secret = newInvoiceSecret(deps);
            return { certificate, secret, hash: await invoiceSecretHash(regroupement.id, secret) };
          }),
        );
        await deps.db.batch([
          ...rows.map(({ certificate, hash }) =>
            saveInvoiceSecret(deps, {
              regroupementId: regroupement.id,
              ...certificate,
              hash,
              madeBy: asker(),
            }),
          ),
          securityEvent(deps, regroupement.id, 'invoice-secrets-made', null, {
            by: asker(),
            count: String(rows.length),
          }),
        ]);
        for (const { certificate, secret } of rows)
          made.push({
            certificateNumber: certificate.number,
            holderName: certificate.holder,
            secret: printedSecret(secret),
            // Only the secret, behind the #: no server's log ever sees it, and it names nobody.
            url: `${publicUrl}/p/${regroupement.slug}#certificat=${secret}`,
          });
        if (certificates.length > AT_ONCE)
          console.error(`${Math.min(from + AT_ONCE, certificates.length)} / ${certificates.length}`);
      }
      if (call.json) console.log(JSON.stringify(made));
      else {
        console.log('certificat,nom,secret,adresse');
        for (const row of made) console.log(Object.values(row).map(csvCell).join(','));
      }
      return 0;
    });
  },
};

// A cell that a spreadsheet would take for a formula is kept text.
function csvCell(text: string): string {
  const plain = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n;]/.test(plain) ? `"${plain.replaceAll('"', '""')}"` : plain;
}
