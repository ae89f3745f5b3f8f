// `npm run bench`: each figure beside a baseline of the same run, as a ratio; machines are noisy, ratios less so.
// `npm run bench -- confirm start`: some of them.
import { run as balance } from './balance.ts';
import { run as confirm } from './confirm.ts';
import { run as growth } from './growth.ts';
import { run as imports } from './import.ts';
import { run as loading } from './loading.ts';
import { run as passwords } from './passwords.ts';
import { run as peace } from './peace.ts';
import { run as peer } from './peer.ts';
import { run as phone } from './phone.ts';
import { run as processes } from './processes.ts';
import { run as search } from './search.ts';
import { run as start } from './start.ts';
import { run as storms } from './storms.ts';

const MEASURES: Record<string, () => Promise<{ name: string; lines: string[] }>> = {
  balance,
  confirm,
  passwords,
  peer,
  start,
  processes,
  phone,
  imports,
  loading: () => loading(),
  peace,
  growth: () => growth(),
  search: () => search(),
  storms,
};

const asked = process.argv.slice(2);
const unknown = asked.filter((name) => !(name in MEASURES));
if (unknown.length > 0) {
  console.error(`no such measure: ${unknown.join(', ')} (there are ${Object.keys(MEASURES).join(', ')})`);
  process.exit(2);
}
for (const [short, measure] of Object.entries(MEASURES)) {
  if (asked.length > 0 && !asked.includes(short)) continue;
  const { name, lines } = await measure();
  console.log(`\n${name}`);
  for (const line of lines) console.log(`  ${line}`);
}
