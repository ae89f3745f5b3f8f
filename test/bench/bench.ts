// `npm run bench`: each figure beside a baseline of the same run, as a ratio; machines are noisy, ratios less so.
import { run as balance } from './balance.ts';
import { run as confirm } from './confirm.ts';
import { run as growth } from './growth.ts';
import { run as imports } from './import.ts';
import { run as mail } from './mail.ts';
import { run as passwords } from './passwords.ts';
import { run as phone } from './phone.ts';
import { run as storms } from './storms.ts';

for (const measure of [balance, confirm, passwords, phone, imports, () => growth(), storms, mail]) {
  const { name, lines } = await measure();
  console.log(`\n${name}`);
  for (const line of lines) console.log(`  ${line}`);
}
