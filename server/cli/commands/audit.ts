// `audit`: who did what, as a file; whether anybody has changed it since; and the end of what it says in words.
import { z } from 'zod';
import { eraseWords, exportedAudit } from '../../operations/audit-log.ts';
import { type Fault, type Seal, type Verdict, verifyAudit } from '../../operations/audit-seals.ts';
import { regroupementBySlug } from '../../regroupements/regroupements.ts';
import { asker, type Call, type Command, Usage, withDatabase } from '../command.ts';
import { deliver, OUT_HELP, OUT_OPTIONS } from '../output-file.ts';

export const auditCommand: Command = {
  options: { from: { type: 'string' }, to: { type: 'string' }, known: { type: 'string' }, ...OUT_OPTIONS },
  help: {
    fr: `audit verify – dit si le journal des actes est tel qu’il a été scellé, et sinon à quelle ligne il cesse de l’être (code 1).
  --known NO:SCEAU  un sceau noté ailleurs (« audit-sealed » dans le journal du serveur; la dernière ligne d’une vérification)\u00a0:
                    sans lui, qui tient la base peut avoir refait toute la suite
audit export <regroupement> – les actes, du plus ancien au plus récent, en CSV.
  --from, --to AAAA-MM-JJ  des jours de Toronto, compris
${OUT_HELP.fr}
  --json                   du JSON
audit erase <regroupement> <objet> – efface ce qui est dit en mots (motif, noms, courriels) des actes sur un objet, p. ex.
                          holders:…; les actes restent.`,
    en: `audit verify – says whether the journal of acts is as it was sealed, and if not, from which row on it is not (exit code 1).
  --known NO:SEAL  a seal that was written down elsewhere (“audit-sealed” in the server’s log; the last line of a check):
                   without one, whoever holds the database may have made all that follows anew
audit export <regroupement> – the acts, oldest first, as CSV.
  --from, --to YYYY-MM-DD  Toronto days, included
${OUT_HELP.en}
  --json                   JSON
audit erase <regroupement> <target> – erases what is said in words (reasons, names, e-mails) of the acts on a target, for example
                          holders:…; the acts stay.`,
  },
  async run(call) {
    const [action, slug, target, ...more] = call.positionals;
    if (action === 'verify' && slug === undefined) return verify(call);
    if (action === 'export' && slug !== undefined && target === undefined) return exportActs(call, slug);
    if (action === 'erase' && slug !== undefined && target !== undefined && more.length === 0)
      return erase(call, slug, target);
    throw new Usage('audit verify, audit export <regroupement>, audit erase <regroupement> <table:id>');
  },
};

async function verify(call: Call): Promise<number> {
  const known = knownSeal(call);
  return withDatabase(async (deps) => {
    const verdict = await verifyAudit(deps, known);
    if (call.json) console.log(JSON.stringify(verdict));
    else for (const line of told(call, verdict)) console.log(line);
    return verdict.broken === null ? 0 : 1;
  });
}

/** Throws Usage. */
function knownSeal({ values }: Call): Seal | null {
  if (values.known === undefined) return null;
  const [, seq, seal] = /^(\d{1,15}):([\w-]{43})$/.exec(String(values.known)) ?? [];
  if (seq === undefined || seal === undefined) throw new Usage('--known 1234:XXXX…');
  return { seq: Number(seq), seal };
}

const FAULTS: Readonly<Record<Fault, { fr: string; en: string }>> = {
  changed: {
    fr: 'n’est pas ce qui a été scellé, ou son sceau a changé',
    en: 'is not what was sealed, or its seal has changed',
  },
  gone: { fr: 'a été scellée et n’est plus là', en: 'was sealed and is gone' },
  'slipped-in': {
    fr: 'est parmi des lignes scellées sans l’avoir été',
    en: 'stands among sealed rows and never was',
  },
  'words-changed': {
    fr: 'n’a plus les mots qui y ont été dits',
    en: 'does not have the words that were said of it',
  },
  'other-seal': {
    fr: 'a un autre sceau que celui qui a été noté',
    en: 'has another seal than the one that was written down',
  },
};

function told({ lang }: Call, { rows, unsealed, erased, last, broken }: Verdict): string[] {
  const fr = lang === 'fr';
  if (broken !== null) {
    const why = FAULTS[broken.fault][lang];
    return [fr ? `La ligne ${broken.seq} ${why}.` : `Row ${broken.seq} ${why}.`];
  }
  return [
    fr
      ? `${rows} actes, tels qu’ils ont été écrits; ${unsealed} pas encore scellés, ${erased} dont les mots sont effacés.`
      : `${rows} acts, as they were written; ${unsealed} not sealed yet, ${erased} whose words are erased.`,
    ...(last === null ? [] : [`${fr ? 'Dernier sceau' : 'Last seal'}\u00a0: ${last.seq}:${last.seal}`]),
  ];
}

async function exportActs(call: Call, slug: string): Promise<number> {
  const range = { ...day(call, 'from'), ...day(call, 'to') };
  return withDatabase(async (deps) => {
    const { id } = await regroupementBySlug(deps, slug);
    const format = call.json ? 'json' : 'csv';
    await deliver(call, exportedAudit(deps, id, { format, lang: call.lang, range }));
    return 0;
  });
}

/** Throws Usage. */
function day({ values, lang }: Call, name: 'from' | 'to'): { from?: string; to?: string } {
  if (values[name] === undefined) return {};
  const parsed = z.iso.date().safeParse(values[name]);
  if (parsed.success) return { [name]: parsed.data };
  throw new Usage(`--${name} ${lang === 'fr' ? 'AAAA-MM-JJ' : 'YYYY-MM-DD'}`);
}

async function erase(call: Call, slug: string, target: string): Promise<number> {
  return withDatabase(async (deps) => {
    const { id } = await regroupementBySlug(deps, slug);
    const acts = await eraseWords(deps, id, target, asker());
    if (call.json) console.log(JSON.stringify({ acts }));
    else
      console.log(call.lang === 'fr' ? `Mots effacés de ${acts} actes.` : `Words erased from ${acts} acts.`);
    return 0;
  });
}
