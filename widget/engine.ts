// Everything behind the first view, in one file that is fetched while she looks at it: the journey and what it asks of
// the server, the other screens, their styles.
import { Guide } from './guide.ts';
import { restStyles } from './screens/styles.ts';
import { missing } from './trouble.ts';

/** Puts the styles in place; called once, when the file has come. */
export function install(root: ShadowRoot): void {
  const { styleSheet } = restStyles;
  if (styleSheet) root.adoptedStyleSheets.push(styleSheet);
}

export { Guide, missing };
