// `incidents`: the register that the law asks a regroupement to keep, and the security log.
import { once } from 'node:events';
import { incidentsOf, recordIncident, securityEvents } from '../../privacy/incidents.ts';
import { regroupementBySlug } from '../../regroupements/regroupements.ts';
import { asker, type Call, type Command, needed, Usage, withDatabase } from '../command.ts';
import { CSV_MARK, csvLine } from '../csv.ts';

export const incidentsCommand: Command = {
  options: {
    on: { type: 'string' },
    known: { type: 'string' },
    what: { type: 'string' },
    persons: { type: 'string' },
    serious: { type: 'boolean' },
    told: { type: 'string' },
    measures: { type: 'string' },
    corrects: { type: 'string' },
    from: { type: 'string' },
    to: { type: 'string' },
  },
  help: {
    fr: `incidents record <regroupement> --on AAAA-MM-JJ --known AAAA-MM-JJ --what TEXTE --persons N – inscrit un incident de confidentialité au registre.
  --serious        il présente un risque de préjudice sérieux
  --told TEXTE     qui a été avisé, quand et comment (la Commission, les personnes)
  --measures TEXTE ce qui a été fait
  --corrects ID    corrige une inscription, qui reste
incidents export <regroupement> – le registre, en CSV.
incidents log <regroupement> [--from AAAA-MM-JJ] [--to AAAA-MM-JJ] – le journal de sécurité, en CSV; aucun nom, aucun courriel.
  --json           du JSON, une ligne par inscription`,
    en: `incidents record <regroupement> --on YYYY-MM-DD --known YYYY-MM-DD --what TEXT --persons N – writes a confidentiality incident in the register.
  --serious        it bears a risk of serious injury
  --told TEXT      who was told, when and how (the Commission, the people)
  --measures TEXT  what was done
  --corrects ID    corrects an entry, which stays
incidents export <regroupement> – the register, as CSV.
incidents log <regroupement> [--from YYYY-MM-DD] [--to YYYY-MM-DD] – the security log, as CSV; no name, no e-mail.
  --json           JSON, one line an entry`,
  },
  async run(call) {
    const [action, slug, ...more] = call.positionals;
    if (slug === undefined || more.length > 0 || !['record', 'export', 'log'].includes(action ?? ''))
      throw new Usage('incidents record, incidents export, incidents log <regroupement>');
    if (action === 'record') return record(call, slug);
    return withDatabase(async (deps) => {
      const { id } = await regroupementBySlug(deps, slug);
      if (action === 'export') {
        const register = await incidentsOf(deps, id);
        await print(
          call,
          ['id', 'on', 'known', 'what', 'persons', 'serious', 'told', 'measures', 'corrects', 'by', 'at'],
          register,
          (one) => [
            one.id,
            one.occurredOn,
            one.knownOn,
            one.what,
            one.persons,
            one.serious,
            one.told,
            one.measures,
            one.corrects,
            one.recordedBy,
            one.recordedAt,
          ],
        );
        return 0;
      }
      const from = call.values.from === undefined ? 0 : Date.parse(dayOf(call, 'from'));
      const to = call.values.to === undefined ? deps.now() + 1 : Date.parse(dayOf(call, 'to')) + 86_400_000;
      await print(call, ['at', 'event', 'account', 'detail'], securityEvents(deps, id, from, to), (one) => [
        one.at,
        one.event,
        one.account,
        Object.entries(one.detail)
          .map(([name, value]) => `${name}=${value}`)
          .join(' '),
      ]);
      return 0;
    });
  },
};

async function record(call: Call, slug: string): Promise<number> {
  const text = (name: string) => {
    const value = call.values[name];
    return typeof value === 'string' ? value.trim() : '';
  };
  const persons = Number(needed(call, 'persons'));
  if (!Number.isInteger(persons) || persons < 0) throw new Usage('--persons 0, 1, 2…');
  const given = {
    occurredOn: dayOf(call, 'on'),
    knownOn: dayOf(call, 'known'),
    what: needed(call, 'what'),
    persons,
    serious: call.values.serious === true,
    told: text('told'),
    measures: text('measures'),
    corrects: text('corrects') || null,
    recordedBy: asker(),
  };
  return withDatabase(async (deps) => {
    const id = await recordIncident(deps, (await regroupementBySlug(deps, slug)).id, given);
    console.log(call.json ? JSON.stringify({ id }) : id);
    return 0;
  });
}

/** The option's day, YYYY-MM-DD. Throws Usage. */
function dayOf(call: Call, name: string): string {
  const day = needed(call, name);
  if (/^\d{4}-\d\d-\d\d$/.test(day) && !Number.isNaN(Date.parse(day))) return day;
  throw new Usage(`--${name} ${call.lang === 'fr' ? 'AAAA-MM-JJ' : 'YYYY-MM-DD'}`);
}

async function print<T>(
  call: Call,
  header: readonly string[],
  rows: Iterable<T> | AsyncIterable<T>,
  cells: (row: T) => readonly (string | number | boolean | null)[],
): Promise<void> {
  const write = async (text: string) => {
    if (!process.stdout.write(text)) await once(process.stdout, 'drain');
  };
  if (!call.json) await write(CSV_MARK + csvLine(header));
  for await (const row of rows) await write(call.json ? `${JSON.stringify(row)}\n` : csvLine(cells(row)));
}
