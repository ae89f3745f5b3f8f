// `secrets make`: the secrets that a regroupement prints on its invoices. They leave here once, and are kept hashed.

import { audited } from '../../audit.ts';
import {
  type CertificateForSecret,
  certificatesForSecrets,
  invoiceSecretHash,
  newInvoiceSecret,
  printedSecret,
  saveInvoiceSecret,
  storedHashes,
} from '../../certificates/links/invoice-secrets.ts';
import { cardSheet, csvSheet, jsonSheet, type Sheet } from '../../certificates/links/secret-cards.ts';
import { certificateKey } from '../../certificates/number.ts';
import { ConfigError, PublicUrl } from '../../config.ts';
import type { Deps } from '../../deps.ts';
import { type Regroupement, regroupementBySlug } from '../../regroupements/regroupements.ts';
import { securityEvent } from '../../security-log.ts';
import { asker, type Call, type Command, Refused, Usage, withDatabase } from '../command.ts';
import { deliver, OUT_HELP, OUT_OPTIONS, WritingStopped } from '../output-file.ts';
import { SETTINGS_FILE, settingsOf } from '../settings.ts';

const AT_ONCE = 100;

export const secretsCommand: Command = {
  options: {
    certificates: { type: 'string', multiple: true },
    csv: { type: 'boolean' },
    cards: { type: 'boolean' },
    ...OUT_OPTIONS,
  },
  help: {
    fr: `secrets make <regroupement> – fait le code à imprimer sur chaque facture, montré une seule fois, et l’adresse pour son code QR.
  --certificates N,N  ces certificats seulement; leur code d’avant ne vaut plus. Sinon, tous ceux qui n’en ont pas encore
  --csv               certificat, nom, code, adresse, pour un publipostage (c’est la forme par défaut)
  --cards             une page HTML à imprimer : une carte par certificat, avec son code QR
  --json              un tableau JSON
${OUT_HELP.fr}
  PUBLIC_URL dit où mène l’adresse.`,
    en: `secrets make <regroupement> – makes the code to print on each invoice, shown once, and the address for its QR code.
  --certificates N,N  only these; their code of before is worth nothing more. Otherwise all that have none yet
  --csv               certificate, name, code, address, for a mail merge (what it writes by default)
  --cards             an HTML page to print: one card a certificate, with its QR code
  --json              a JSON array
${OUT_HELP.en}
  PUBLIC_URL says where the address leads.`,
  },
  async run(call) {
    const { lang } = call;
    const [action, slug, ...more] = call.positionals;
    const forms = [call.json, call.values.csv, call.values.cards].filter((asked) => asked === true);
    if (action !== 'make' || slug === undefined || more.length > 0 || forms.length > 1)
      throw new Usage(
        lang === 'fr'
          ? 'secrets make <regroupement>, et une seule forme : --csv, --cards ou --json.'
          : 'secrets make <regroupement>, and one form: --csv, --cards or --json.',
      );
    const { PUBLIC_URL } = settingsOf(process.env);
    if (PUBLIC_URL === undefined)
      throw new ConfigError(`PUBLIC_URL is missing (in the environment or in DATA_DIR/${SETTINGS_FILE})`);
    // What is printed cannot be taken back.
    const { data: publicUrl, error } = PublicUrl.safeParse(PUBLIC_URL);
    if (publicUrl === undefined)
      throw new ConfigError(`PUBLIC_URL is not valid: ${error.issues[0]?.message}`);
    return withDatabase(async (deps) => {
      const regroupement = await regroupementBySlug(deps, slug);
      const certificates = await asked(deps, regroupement, call);
      const replaces = call.values.certificates !== undefined;
      const sheet = call.json
        ? jsonSheet
        : call.values.cards === true
          ? cardSheet(regroupement.name, lang)
          : csvSheet(lang);
      const pieces = made(deps, regroupement, certificates, { publicUrl, sheet, replaces });
      try {
        await deliver(call, pieces, { keepsPart: true });
      } catch (error) {
        if (!(error instanceof WritingStopped)) throw error;
        throw new Refused([error[lang], ...leftOver(lang, error.kept)].join('\n'));
      }
      return 0;
    });
  },
};

/** The certificates that the call names, or all without a secret. Throws Refused for one that is not there. */
async function asked(deps: Deps, regroupement: Regroupement, call: Call): Promise<CertificateForSecret[]> {
  const named = Array.isArray(call.values.certificates)
    ? call.values.certificates.flatMap((list) => String(list).split(',')).map(certificateKey)
    : null;
  const certificates = await certificatesForSecrets(deps, regroupement.id, named);
  const unknown = named?.filter((key) => !certificates.some(({ numberKey }) => numberKey === key)) ?? [];
  if (unknown.length === 0) return certificates;
  throw new Refused(
    `${call.lang === 'fr' ? 'Ces certificats n’existent pas' : 'There are no such certificates'}: ${unknown.join(', ')}`,
  );
}

// Written down a hundred at a time, right after they are kept: whatever stops it, no more than those are lost, and
// `--certificates` makes them anew.
async function* made(
  deps: Deps,
  regroupement: Regroupement,
  certificates: readonly CertificateForSecret[],
  { publicUrl, sheet, replaces }: { publicUrl: string; sheet: Sheet; replaces: boolean },
): AsyncGenerator<string> {
  let written = 0;
  yield sheet.head;
  for (let from = 0; from < certificates.length; from += AT_ONCE) {
    const rows = await Promise.all(
      certificates.slice(from, from + AT_ONCE).map(async (certificate) => {
        const secret = newInvoiceSecret(deps);
        return { certificate, secret, hash: await invoiceSecretHash(regroupement.id, secret) };
      }),
    );
    await deps.db.batch([
      ...rows.map(({ certificate, hash }) =>
        saveInvoiceSecret(
          deps,
          { regroupementId: regroupement.id, ...certificate, hash, madeBy: asker() },
          { replaces },
        ),
      ),
      securityEvent(deps, regroupement.id, 'invoice-secrets-made', null, {
        by: asker(),
        count: String(rows.length),
      }),
      // Of the whole list, once.
      ...(from === 0
        ? [
            audited(deps, {
              regroupementId: regroupement.id,
              actor: asker(),
              act: 'invoice-secrets-made',
              target: `regroupements:${regroupement.id}`,
              before: null,
              after: { certificates: certificates.length, replaces },
            }),
          ]
        : []),
    ]);
    // Another of the staff may make them at the same time: only the codes that count are written down.
    const stored = await storedHashes(
      deps,
      regroupement.id,
      rows.map(({ hash }) => hash),
    );
    yield rows
      .filter(({ hash }) => stored.has(hash))
      .map(({ certificate, secret }) =>
        sheet.row(
          {
            certificateNumber: certificate.number,
            holderName: certificate.holder,
            holderLang: certificate.lang,
            secret: printedSecret(secret),
            // Only the secret, behind the #: no server's log ever sees it, and it names nobody.
            url: `${publicUrl}/p/${regroupement.slug}#certificat=${secret}`,
          },
          written++,
        ),
      )
      .join('');
    if (certificates.length > AT_ONCE)
      console.error(`${Math.min(from + AT_ONCE, certificates.length)} / ${certificates.length}`);
  }
  yield sheet.foot;
}

function leftOver(lang: Call['lang'], kept: string | null): string[] {
  return lang === 'fr'
    ? [
        ...(kept === null ? [] : [`Ce qui a été écrit est dans ${kept}.`]),
        'Les codes qui ne sont pas écrits sont à refaire, avec --certificates.',
      ]
    : [
        ...(kept === null ? [] : [`What was written is in ${kept}.`]),
        'Make the codes that were not written anew, with --certificates.',
      ];
}
