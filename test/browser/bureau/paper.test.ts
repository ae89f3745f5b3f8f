// The office's page on paper: what there is to read, over the whole width, and nothing to press.
import { emulateMedia, setViewport } from '@web/test-runner-commands';
import { assert } from '../support/assert.ts';
import { clearOffice, type OfficePage, work } from '../support/office.ts';

// WebDriver cannot show a page as paper.
const canEmulate = 'chrome' in window;
const shown = (page: OfficePage, selector: string) =>
  [...page.root.querySelectorAll<HTMLElement>(selector)].filter((one) => one.checkVisibility());

describe('on paper, she', () => {
  before(() => setViewport({ width: 1280, height: 900 }).catch(() => undefined));
  afterEach(async () => {
    clearOffice();
    if (canEmulate) await emulateMedia({ media: 'screen' });
  });
  after(() => setViewport({ width: 800, height: 600 }).catch(() => undefined));

  for (const [place, sentence] of [
    ['#dossier/holder-1', 'Comptes liés'],
    ['#a-traiter', 'Une phrase qui dit'],
    ['#paiements', '3 paiements'],
    ['#depots/deposit-1', 'Bolduc'],
    ['#aujourdhui', 'Derniers paiements'],
  ] as const)
    it(`reads ${place}: whose it is and when, the whole width of the sheet, nothing to press`, async function (this: {
      skip(): void;
    }) {
      if (!canEmulate) return this.skip();
      const page = await work(place);
      await page.reads(sentence);
      assert.same(shown(page, '.paper').length, 0, 'not on the screen');
      await emulateMedia({ media: 'print' });
      assert.ok(
        /Regroupement Petits-Bouleaux de l’Estuaire – .+ 20\d\d à/.test(
          shown(page, '.paper')[0]?.textContent ?? '',
        ),
        'whose it is, and when',
      );
      assert.same(
        shown(page, 'main button, main summary, header, nav').map(({ outerHTML }) => outerHTML.slice(0, 80)),
        [],
      );
      const main = page.get('main').getBoundingClientRect();
      assert.ok(main.width > 1_200, `${main.width} px wide`);
      for (const part of shown(page, 'main > section, main table'))
        assert.ok(part.getBoundingClientRect().right <= main.right, part.outerHTML.slice(0, 80));
    });
});
