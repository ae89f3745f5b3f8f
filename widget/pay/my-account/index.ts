// One file for what « Mon compte » needs.
import type { Lang } from '../../locales/text.ts';
import type { State } from '../journey/state.ts';
import type { View } from '../view.ts';
import { loadWords, MyAccount, type MyAccountDeps } from './my-account.ts';
import { myAccountScreen } from './pages.ts';

/** Opens it in that language; rejects where the words do not come. `link`: see MyAccount. */
export async function openMyAccount(deps: MyAccountDeps, link: State['link'], lang: Lang) {
  await loadWords(lang);
  const model = new MyAccount(deps, link);
  return { model, render: (view: View) => myAccountScreen(model, view) };
}
