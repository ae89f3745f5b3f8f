// The office's search among 200,000 files of one regroupement, and among 5,000 of another in the same database: sixteen fixed
// queries, misses included, each beside one row read by an indexed equality in the same run. And what the index of trigrams
// takes to make. Alone: search.ts [files].
import { createClient } from '@libsql/client';
import { newId } from '../../server/deps.ts';
import { indexFiles, searchFiles } from '../../server/staff/files/search.ts';
import { startTestApp, type TestApp } from '../support/app.ts';
import { regroupementId } from '../support/books.ts';

const SMALL = 5_000;
const ROUNDS = 15;
/** How many times an indexed equality a search may take, by the processor (BUREAU.md §9). */
const BOUNDS = { 'one word': 40, 'two words': 250, 'an e-mail': 250, 'among 5,000': 40 };

// Of the commonest names in Québec; what stands first comes most often.
const LAST =
  `Tremblay Gagnon Roy Côté Bouchard Gauthier Morin Lavoie Fortin Gagné Ouellet Pelletier Bélanger Lévesque Bergeron
 Leblanc Paquette Girard Simard Boucher Caron Beaulieu Cloutier Dubé Poirier Fournier Lapointe Leclerc Lefebvre Poulin Thibault
 St-Pierre Nadeau Martin Landry Martel Bédard Grenier Lessard Bernier Richard Michaud Hébert Desjardins Couture Turcotte Lachance
 Parent Blais Gosselin Savard Proulx Beaudoin Demers Perreault Boudreau Lemieux Cyr Perron Dufour Dion Mercier Bolduc Bérubé
 Boisvert Langlois Ménard Therrien Plante Bilodeau Blanchette Dubois Champagne Paradis Fortier Arsenault Dupuis Gaudreault Hamel
 Houle Villeneuve Rousseau Gravel Thériault Lemay Robert Allard Deschênes Giroux Guay Leduc Boivin Charbonneau Lambert Raymond
 Vachon Gilbert Audet Jean Larouche Legault Trudel Fontaine Picard Labelle Lacroix Jacques Moreau Carrier Bernard Desrosiers Goulet
 Renaud Dionne Lapierre Vaillancourt Fillion Lalonde Tessier Bertrand Tardif Lepage Gingras Benoit Rioux Giguère Drouin Harvey
 Nguyễn Tran Ahmed Diallo`.split(/\s+/);
const FIRST =
  `Marie Nathalie Isabelle Sylvie Julie Manon Chantal Diane Louise Josée Annie Mélanie Caroline Martine Lucie Johanne
 France Hélène Sophie Stéphanie Véronique Lise Christine Francine Guylaine Karine Suzanne Céline Linda Geneviève Valérie Brigitte
 Danielle Ginette Nicole Catherine Anne-Marie Marie-Ève Marie-Claude Anne-Sophie Fatima Amina Thị Élise Royale`.split(
    /\s+/,
  );

const QUERIES: readonly (readonly [keyof typeof BOUNDS, readonly string[]])[] = [
  // Common, rare, within a word, of two letters, of one; a number; and four that nobody has.
  ['one word', ['tremblay', 'nguyen', 'marie', 'eault', 'li', 'b', 'PB-150', 'zzyzx', 'tremblex', 'xq']],
  ['two words', ['marie tremblay', 'tremblay marie', 'roy amina', 'an ga', 'marie zzyzx']],
  // Three to the search: what stands before its @, and two that everybody has.
  ['an e-mail', ['amina123@example.org']],
];

export async function run(files = 200_000): Promise<{ name: string; lines: string[]; slow: string[] }> {
  const t = await startTestApp();
  const client = createClient({ url: t.deps.config.databaseUrl });
  try {
    const [large, small] = [await regroupementId(t), await regroupementId(t, 'la-farandole')];
    await fill(t, large, files);
    await fill(t, small, SMALL);
    const making = await indexing(t);
    let next = 0;
    const equality = await cost(() => {
      next = (next + 97) % files;
      return client.execute({
        sql: 'SELECT * FROM certificate_rows WHERE regroupement_id = ? AND number_key = ?',
        args: [large, `PB${next}`],
      });
    }, 300);
    const lines = [
      `to write and index the texts: ${((making.ms / (files + SMALL)) * 1_000).toFixed(0)} ms a thousand files, ${making.longest} ms at once`,
      `a row by an indexed equality, through @libsql/client: ${equality.toFixed(3)} ms`,
    ];
    const slow: string[] = [];
    const measure = async (what: keyof typeof BOUNDS, of: string, text: string) => {
      const { total } = await searchFiles(t.deps, of, text);
      const ms = await cost(() => searchFiles(t.deps, of, text), ROUNDS);
      const ratio = ms / equality;
      const said = `${what}, « ${text} » (${total} found): ${ms.toFixed(2)} ms, ${ratio.toFixed(0)} times (bound ${BOUNDS[what]})`;
      lines.push(said);
      if (ratio > BOUNDS[what]) slow.push(said);
    };
    for (const [what, texts] of QUERIES) for (const text of texts) await measure(what, large, text);
    for (const text of QUERIES.flatMap(([, texts]) => texts)) await measure('among 5,000', small, text);
    return { name: `Search among ${files.toLocaleString('en-CA')} files (processor time)`, lines, slow };
  } finally {
    client.close();
    await t.close();
  }
}

/** What the job takes of the processor to write and index all of it, and its longest step, in milliseconds. */
async function indexing(t: TestApp): Promise<{ ms: number; longest: number }> {
  let longest = 0;
  const timed =
    <A extends unknown[], R>(call: (...args: A) => Promise<R>) =>
    async (...args: A) => {
      const began = used();
      const result = await call(...args);
      longest = Math.max(longest, used() - began);
      return result;
    };
  const { db } = t.deps;
  const began = used();
  await indexFiles({
    ...t.deps,
    db: {
      execute: timed(db.execute.bind(db)) as typeof db.execute,
      batch: timed(db.batch.bind(db)),
      close() {},
    },
  });
  return { ms: Math.round(used() - began), longest: Math.round(longest) };
}

/** The processor's time of this process so far, in milliseconds. */
function used(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1_000;
}

/** The median of so many times. */
async function cost(work: () => Promise<unknown>, times: number): Promise<number> {
  const taken: number[] = [];
  for (let i = 0; i < times; i++) {
    const began = used();
    await work();
    taken.push(used() - began);
  }
  return taken.toSorted((a, b) => a - b)[Math.floor(times / 2)] ?? 0;
}

async function fill(t: TestApp, of: string, many: number): Promise<void> {
  // The same names at every run.
  let seed = 12_345;
  const random = () => {
    seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648;
    return seed / 2_147_483_648;
  };
  const pick = (names: readonly string[]) => names[Math.floor(random() ** 2 * names.length)] ?? '';
  for (let from = 0; from < many; from += 5_000) {
    const rows = Array.from({ length: 5_000 }, (_, i) => {
      const [first, last] = [pick(FIRST), pick(LAST)];
      return [newId(t.deps), first, last, `${first.toLowerCase()}${from + i}@example.org`, from + i];
    });
    const json = JSON.stringify(rows);
    await t.deps.db.batch([
      {
        sql: `INSERT INTO holder_rows(id, regroupement_id, first_name, last_name, usual_name, email, email_key, lang, status, created_at, updated_at)
              SELECT value ->> 0, ?2, value ->> 1, value ->> 2, '', value ->> 3, value ->> 3, 'fr-CA', 'active', 1, 1 FROM json_each(?1)`,
        args: [json, of],
      },
      {
        sql: `INSERT INTO certificate_rows(id, regroupement_id, holder_id, number, number_key, period_start, period_end, created_at, updated_at)
              SELECT value ->> 0, ?2, value ->> 0, 'PB-' || (value ->> 4), 'PB' || (value ->> 4), '2026-04-01', '2027-03-31', 1, 1 FROM json_each(?1)`,
        args: [json, of],
      },
    ]);
  }
}

if (import.meta.main) {
  const { name, lines, slow } = await run(Number(process.argv[2] ?? 200_000));
  console.log([name, ...lines].join('\n'));
  if (slow.length > 0) process.exitCode = 1;
}
