// `incidents`: the register that the law asks a regroupement to keep, and the security log.
import { z } from 'zod';
import { CSV_MARK, csvLine } from '../../csv.ts';
import { torontoBounds, torontoDay } from '../../ledger/toronto.ts';
import { incidentsOf, recordIncident, securityEvents } from '../../privacy/incidents.ts';
import { regroupementBySlug } from '../../regroupements/regroupements.ts';
import { asker, type Call, type Command, given, needed, Usage, withDatabase } from '../command.ts';
import { deliver, OUT_HELP, OUT_OPTIONS } from '../output-file.ts';

export const incidentsCommand: Command = {
  options: {
    on: { type: 'string' },
    until: { type: 'string' },
    known: { type: 'string' },
    information: { type: 'string' },
    what: { type: 'string' },
    persons: { type: 'string' },
    serious: { type: 'boolean' },
    risk: { type: 'string' },
    commission: { type: 'string' },
    people: { type: 'string' },
    told: { type: 'string' },
    measures: { type: 'string' },
    corrects: { type: 'string' },
    from: { type: 'string' },
    to: { type: 'string' },
    ...OUT_OPTIONS,
  },
  help: {
    fr: `incidents record <regroupement> --on AAAA-MM-JJ --known AAAA-MM-JJ --what TEXTE --persons N – inscrit un incident de confidentialité au registre.
  --on, --until    le jour où il a eu lieu, ou le premier et le dernier; --known\u00a0: le jour où vous l’avez su
  --what TEXTE     ce qui est arrivé; --persons\u00a0: combien de personnes, à peu près au besoin
  --information TEXTE  les renseignements visés, ou pourquoi on ne le sait pas
  --serious        il présente un risque de préjudice sérieux
  --risk TEXTE     ce qui mène à cette conclusion ou à la contraire\u00a0: sensibilité, usages possibles, conséquences, probabilité
  --commission, --people AAAA-MM-JJ  le jour de l’avis à la Commission, aux personnes
  --told TEXTE     comment; s’il y a eu un avis public, et pourquoi
  --measures TEXTE ce qui a été fait pour diminuer les risques
  --corrects ID    corrige ou complète une inscription, qui reste
incidents export <regroupement> – le registre, en CSV.
incidents log <regroupement> [--from AAAA-MM-JJ] [--to AAAA-MM-JJ] – le journal de sécurité, en CSV; aucun nom, aucun courriel.
${OUT_HELP.fr}
  --json           du JSON, une ligne par inscription`,
    en: `incidents record <regroupement> --on YYYY-MM-DD --known YYYY-MM-DD --what TEXT --persons N – writes a confidentiality incident in the register.
  --on, --until    the day it happened, or the first and the last; --known: the day you learned of it
  --what TEXT      what happened; --persons: how many people, about, if need be
  --information TEXT  which information it is about, or why that is not known
  --serious        it bears a risk of serious injury
  --risk TEXT      what leads to that conclusion or to the other: how sensitive, what for, with what consequences, how likely
  --commission, --people YYYY-MM-DD  the day the Commission, the people were told
  --told TEXT      how; whether publicly, and why
  --measures TEXT  what was done to lessen the risks
  --corrects ID    corrects or completes an entry, which stays
incidents export <regroupement> – the register, as CSV.
incidents log <regroupement> [--from YYYY-MM-DD] [--to YYYY-MM-DD] – the security log, as CSV; no name, no e-mail.
${OUT_HELP.en}
  --json           JSON, one line an entry`,
  },
  async run(call) {
    const [action, slug, ...more] = call.positionals;
    const { out, force } = call.values;
    const toFile = out !== undefined || force !== undefined;
    if (
      slug === undefined ||
      more.length > 0 ||
      !['record', 'export', 'log'].includes(action ?? '') ||
      (action === 'record' && toFile)
    )
      throw new Usage('incidents record, incidents export, incidents log <regroupement>');
    if (action === 'record') return record(call, slug);
    return withDatabase(async (deps) => {
      const { id } = await regroupementBySlug(deps, slug);
      if (action === 'export') {
        const register = await incidentsOf(deps, id);
        await print(
          call,
          [
            'id',
            'on',
            'known',
            'what',
            'persons',
            'serious',
            'until',
            'information',
            'risk',
            'commission',
            'people',
            'told',
            'measures',
            'corrects',
            'by',
            'at',
          ],
          register,
          (one) => [
            one.id,
            one.occurredOn,
            one.knownOn,
            one.what,
            one.persons,
            one.serious,
            one.occurredUntil,
            one.information,
            one.risk,
            one.commissionToldOn,
            one.personsToldOn,
            one.told,
            one.measures,
            one.corrects,
            one.recordedBy,
            one.recordedAt,
          ],
        );
        return 0;
      }
      const from = call.values.from === undefined ? 0 : torontoBounds(dayOf(call, 'from')).from;
      const to = call.values.to === undefined ? deps.now() + 1 : torontoBounds(dayOf(call, 'to')).to;
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
  const text = (name: string) => given(call, name);
  const persons = Number(needed(call, 'persons'));
  if (!Number.isInteger(persons) || persons < 0) throw new Usage('--persons 0, 1, 2…');
  const incident = {
    occurredOn: pastDay(call, 'on'),
    occurredUntil: call.values.until === undefined ? null : pastDay(call, 'until'),
    knownOn: pastDay(call, 'known'),
    information: text('information'),
    what: needed(call, 'what'),
    persons,
    serious: call.values.serious === true,
    risk: text('risk'),
    commissionToldOn: call.values.commission === undefined ? null : pastDay(call, 'commission'),
    personsToldOn: call.values.people === undefined ? null : pastDay(call, 'people'),
    told: text('told'),
    measures: text('measures'),
    corrects: text('corrects') || null,
    recordedBy: asker(),
  };
  if (incident.knownOn < incident.occurredOn) throw new Usage('--on … --known: --on ≤ --known');
  if (incident.occurredUntil !== null && incident.occurredUntil < incident.occurredOn)
    throw new Usage('--on … --until: --on ≤ --until');
  return withDatabase(async (deps) => {
    const id = await recordIncident(deps, (await regroupementBySlug(deps, slug)).id, incident);
    console.log(call.json ? JSON.stringify({ id }) : id);
    const missing = [
      ...(incident.information === '' ? ['--information'] : []),
      ...(incident.risk === '' ? ['--risk'] : []),
      ...(incident.serious && incident.commissionToldOn === null ? ['--commission'] : []),
      ...(incident.serious && incident.personsToldOn === null ? ['--people'] : []),
      ...(incident.measures === '' ? ['--measures'] : []),
    ].join(' ');
    if (missing !== '')
      console.error(
        call.lang === 'fr'
          ? `Inscrit. Le Règlement sur les incidents de confidentialité (art. 7) demande encore\u00a0: ${missing}. Inscrivez l’incident entier de nouveau, avec --corrects ${id}.`
          : `Written down. The Regulation respecting confidentiality incidents (s. 7) also asks for: ${missing}. Write the whole incident down again, with --corrects ${id}.`,
      );
    return 0;
  });
}

/** The option's day, YYYY-MM-DD, a Toronto day of the calendar. Throws Usage. */
function dayOf(call: Call, name: string): string {
  const day = z.iso.date().safeParse(needed(call, name));
  if (day.success) return day.data;
  throw new Usage(`--${name} ${call.lang === 'fr' ? 'AAAA-MM-JJ' : 'YYYY-MM-DD'}`);
}

/** The same, not in the future: what is written down stays. */
function pastDay(call: Call, name: string): string {
  const day = dayOf(call, name);
  if (day <= torontoDay(Date.now())) return day;
  throw new Usage(`--${name} ${call.lang === 'fr' ? 'est un jour à venir' : 'is a day to come'}`);
}

async function print<T>(
  call: Call,
  header: readonly string[],
  rows: Iterable<T> | AsyncIterable<T>,
  cells: (row: T) => readonly (string | number | boolean | null)[],
): Promise<void> {
  await deliver(
    call,
    (async function* () {
      if (!call.json) yield CSV_MARK + csvLine(header);
      for await (const row of rows) yield call.json ? `${JSON.stringify(row)}\n` : csvLine(cells(row));
    })(),
  );
}
