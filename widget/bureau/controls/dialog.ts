// A native modal dialog, open for as long as it is drawn: the focus goes in and comes back, Escape closes it.
import { html } from 'lit';
import { ref } from 'lit/directives/ref.js';

interface Dialog {
  /** Of the page: one a dialog. */
  id: string;
  title: unknown;
  body: unknown;
  /** It was closed, by Escape too: draw without it. */
  closed(): void;
  /** Hides the page behind it. */
  veil?: boolean;
}

/**
 * Draws it. To close it from a button: `<form method="dialog">`, or `closeDialog(event)`.
 *
 * @example
 * ${this.#asking ? dialog({ id: 'remove', title: 'Retirer?', body: html`…`, closed: () => { this.#asking = false; desk.redraw(); } }) : nothing}
 */
export function dialog({ id, title, body, closed, veil = false }: Dialog): unknown {
  return html`<dialog id=${id} class=${veil ? 'veil' : ''} aria-labelledby="${id}-title" @close=${closed} ${ref(open)}>
    <h2 id="${id}-title" tabindex="-1">${title}</h2>
    ${body}
  </dialog>`;
}

/** Closes the dialog that the event comes from. */
export function closeDialog(event: Event): void {
  (event.target as Element).closest('dialog')?.close();
}

// Drawn, it is not in the page yet.
function open(element?: Element): void {
  if (!(element instanceof HTMLDialogElement)) return;
  queueMicrotask(() => {
    if (element.isConnected && !element.open) element.showModal();
  });
}
