// What the build of the package for npm does besides (vite.config.ts, --mode npm).
import { existsSync, readFileSync } from 'node:fs';
import type { Plugin } from 'vite';

/** What the element does otherwise in a page that is built once more, and in how many places its source does it. */
const BUILT: readonly (readonly [found: RegExp, put: string, places: number])[] = [
  // Where a builder puts it says nothing of the server's address.
  [/new URL\(import\.meta\.url\)\.origin/g, 'location.origin', 2],
  // Under another address builders see a second copy of every chunk. Loading once more what was lost is theirs.
  [/const \[address\] = .*;/g, 'const address = undefined;', 1],
];

/** Makes of the entry one that other builders take apart well. */
export function builtOnceMore(): Plugin {
  return {
    name: 'built-once-more',
    enforce: 'pre',
    transform(code, id) {
      if (!id.endsWith('/widget/amisgest-pay.ts')) return null;
      for (const [found, , places] of BUILT) {
        const count = [...code.matchAll(found)].length;
        if (count !== places) this.error(`${found} was found in ${count} places, not ${places}`);
      }
      return { code: BUILT.reduce((changed, [found, put]) => changed.replace(found, put), code), map: null };
    },
  };
}

/** Writes down the licences of the packages that our files have parts of, as they ask for. */
export function thirdPartyLicences(): Plugin {
  return {
    name: 'third-party-licences',
    generateBundle(_options, bundle) {
      const parts = new Map<string, string>();
      for (const file of Object.values(bundle)) {
        if (file.type !== 'chunk') continue;
        for (const id of file.moduleIds) {
          const [folder] = /^.*\/node_modules\/(?:@[^/]+\/)?[^/]+/.exec(id) ?? [];
          if (folder !== undefined) parts.set(folder, id);
        }
      }
      const source = [...parts].sort().map(([folder, module]) => {
        const { name, version, license } = JSON.parse(readFileSync(`${folder}/package.json`, 'utf8'));
        const text = licenceText(folder, module);
        if (text === null) this.error(`${name} has no text of its licence`);
        return `${name} ${version} (${license})\n\n${text}\n`;
      });
      this.emitFile({
        type: 'asset',
        fileName: 'THIRD-PARTY-LICENSES.txt',
        source: source.join(`\n${'-'.repeat(80)}\n\n`),
      });
    },
  };
}

/** A file of the package's folder or, where there is none, what stands above the code. */
function licenceText(folder: string, module: string): string | null {
  const file = ['LICENSE', 'LICENSE.md'].map((name) => `${folder}/${name}`).find(existsSync);
  if (file !== undefined) return readFileSync(file, 'utf8').trim();
  const [, notice] = /^\/\*!\n([\s\S]*?)\s*\*\//.exec(readFileSync(module, 'utf8')) ?? [];
  return notice?.replace(/^ \* ?/gm, '') ?? null;
}
