// Everything behind the first view, in one lazily loaded file: the journey and what it asks of the server, the other
// screens, their styles.
import { adoptStyles } from 'lit';
import { restStyles } from '../styles/screens.ts';
import type { Drawing } from './drawing.ts';
import { Mending } from './mending.ts';
import { Presenter } from './presenter.ts';

/** Puts the styles in place after the first view's; called once, when the file has come. Old phones adopt none: Lit's <style>. */
export function install(drawing: Drawing, redraw: () => void): void {
  const { root } = drawing;
  drawing.mender = new Mending(drawing, redraw);
  adoptStyles(root, [...(root.adoptedStyleSheets ?? []), restStyles]);
}

export { Presenter };
