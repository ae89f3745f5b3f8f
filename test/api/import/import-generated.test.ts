// A right file that is damaged in one way gives the same books, or a refusal that names the damage; a trial says exactly
// what the import then does. More of it: `npm run fuzz:imports`.
import { test } from 'node:test';
import { fuzzImports } from '../../fuzz/import-run.ts';

test('three hundred damaged files: the same books, or a refusal that names the damage; and trials that tell the truth', async () => {
  await fuzzImports({ runs: 300, seed: 20_261_130 });
});
