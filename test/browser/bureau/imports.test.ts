// « Importer », by keyboard: a file is read, its columns named, previewed, brought in and stopped; what stands against it is said.
import { assert } from '../support/assert.ts';
import { ok } from '../support/fake-api.ts';
import { clearOffice } from '../support/office.ts';
import { until } from '../support/widget.ts';
import { choices, file, importing, previewed, undo } from './reach-imports.ts';

describe('importing a file', () => {
  afterEach(clearOffice);

  it('is read, its columns named, previewed and brought in; focus follows the steps', async () => {
    let now = file;
    const page = await importing(null, (api) => {
      api.on('GET /import-files/:id', () => ok({ file: now }));
      api.on('POST /import-files', () => ok({ file: now }, 201));
      api.on('PUT /import-files/:id/mapping', () => ok({ file: now }));
      api.on('POST /import-files/:id/preview', () => {
        now = previewed;
        return ok({ file: now });
      });
      api.on('POST /import-files/:id/commit', () => {
        now = { ...previewed, state: 'importing', stage: 'read' };
        const answer = ok({ file: now }, 202);
        now = { ...previewed, state: 'imported' };
        return answer;
      });
    });
    await page.reads('Lire le fichier');
    await page.reads('Lise Roy');
    await page.reads('la ligne de commande (lise)');
    const input = page.get<HTMLInputElement>('#import-file');
    const chosen = new DataTransfer();
    chosen.items.add(new File(['Nom;Total'], 'liste.csv', { type: 'text/csv' }));
    input.files = chosen.files;
    await page.press('Lire le fichier');
    await page.reads('Dites ce que contient');
    assert.same(page.api.last('POST /import-files').path, '/import-files?name=liste.csv&lang=fr');
    await until('the step has the focus', () => page.focused?.id === 'step');

    const select = page.get<HTMLSelectElement>('[name=column-1]');
    assert.same(
      select.ariaLabel?.replaceAll('\u00a0', ' '),
      'Ce que contient la colonne « À verser avant le renouvellement »',
    );
    select.value = 'total';
    await page.press('Vérifier');
    await page.reads('Nouvelles');
    assert.same(page.api.last('PUT /import-files/:id/mapping').body.columns, [
      { title: 'Nom', field: null },
      { title: 'À verser avant le renouvellement', field: 'total' },
      { title: 'Commission', field: 'ignore' },
    ]);

    page.get('section form .primary').click();
    await page.reads('Des lignes sont refusées. Cochez la case');
    page.get<HTMLInputElement>('[name=accept]').click();
    await page.reads('Prendre le fichier');
    page.get<HTMLInputElement>('fieldset input[type=radio]:not([checked])').click();
    page.get('section form .primary').click();
    await page.reads('C’est importé');
    await until('it stands among those imported', () => page.api.count('GET /imports') === 2);
    const { body } = page.api.last('POST /import-files/:id/commit');
    assert.same(body.acceptValid, true);
    assert.same(body.choices, [{ holderId: 'holder-1', field: 'email', take: 'page' }]);
  });

  it('asks for the number of rows of a file that changes a lot', async () => {
    const { summary } = previewed;
    const page = await importing({
      ...previewed,
      summary: summary && { ...summary, refused: 0, doubtful: true },
    });
    await page.reads(
      '40 factures sur 95. Leurs montants changent de 5 000,00 $. Est-ce le bon? Écrivez son nombre de lignes',
    );
    await page.reads('Nouvelles2 900');
    await page.type('#import-rows', '300');
    page.get('section form .primary').click();
    await page.reads('Ce n’est pas le nombre');
    assert.same(page.api.count('POST /import-files/:id/commit'), 0);
  });

  it('keeps one choice for a person whom two rows name, in both', async () => {
    const [choice] = choices;
    const page = await importing(previewed, (api) =>
      api.on('GET /import-files/:id/rows', ({ path }) =>
        ok({ rows: path.includes('state=choice') ? [choice, { ...choice, line: 28 }] : [] }),
      ),
    );
    await page.reads('Ligne 28, Courriel');
    const radios = () => [...page.root.querySelectorAll<HTMLInputElement>('fieldset input[type=radio]')];
    const checked = () => radios().map((one) => one.checked);
    radios()[3]?.click();
    await until('both rows say so', () => String(checked()) === 'false,true,false,true');
    radios()[0]?.click();
    await until('both rows say so', () => String(checked()) === 'true,false,true,false');
  });

  it('stops an import, and undoes one once it was shown what goes and what stays', async () => {
    const page = await importing({ ...previewed, state: 'importing', stage: 'check', done: 10 }, (api) => {
      api.on('POST /import-files/:id/stop', () => ok({ stopping: true }, 202));
      api.on('POST /imports/:id/undo/preview', () => ok(undo));
      api.on('POST /imports/:id/undo', () => ok({ ...undo, dryRun: false, undone: true }));
    });
    await page.reads('Arrêter');
    await page.press('Arrêter');
    await page.reads('Arrêt en cours');
    await page.press(`Annuler cet import : ${file.name}`);
    await page.reads('est gardée');
    assert.same(page.api.count('POST /imports/:id/undo'), 0);
    await page.press('Annuler cet import');
    await page.reads('L’import est annulé');
  });
});
