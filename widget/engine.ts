// Everything behind the first view, in one file that is fetched while she looks at it: the journey and what it asks of
// the server, the other screens, their styles.
import { adoptStyles } from 'lit';
import { Guide } from './guide.ts';
import { restStyles } from './screens/styles.ts';
import { missing } from './trouble.ts';

/** Puts the styles in place after the first view's; called once, when the file has come. Old phones adopt none: Lit's <style>. */
export function install(root: ShadowRoot): void {
  adoptStyles(root, [...(root.adoptedStyleSheets ?? []), restStyles]);
}

export { Guide, missing };
