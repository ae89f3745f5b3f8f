// `npm run bench`: each figure beside a baseline of the same run, as a ratio; machines are noisy, ratios less so.
import { run as balance } from './balance.ts';
import { run as confirm } from './confirm.ts';
import { run as imports } from './import.ts';

for (const measure of [balance, confirm, imports]) {
  const { name, lines } = await measure();
  console.log(`\n${name}`);
  for (const line of lines) console.log(`  ${line}`);
}
