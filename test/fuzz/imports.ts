// `npm run fuzz:imports -- --runs 20000 --seed 1`: damaged files into the real import, see README.md.
import { parseArgs } from 'node:util';
import { fuzzImports } from './import-run.ts';

const { values } = parseArgs({ options: { runs: { type: 'string' }, seed: { type: 'string' } } });
const runs = Number(values.runs ?? 20_000);
const seed = Number(values.seed ?? 1);
const started = Date.now();
await fuzzImports({
  runs,
  seed,
  told: (files) => {
    if (files % 500 === 0) console.log(`${files} files, ${Math.round((Date.now() - started) / 1000)} s`);
  },
});
console.log(`${runs} files, seed ${seed}: each as expected, ${Math.round((Date.now() - started) / 1000)} s`);
