// What a screen is, and what it is given. README.md says how to add one.
import type { Permission, Role } from '../../server/staff/roles.ts';
import type { Words } from '../controls/words.ts';
import type { Lang } from '../locales/text.ts';
import type { Me, Membership, Office } from './office.ts';
import type { Pulse } from './pulse.ts';
import type { RawCall } from './raw.ts';
import type { Catalogue, Key } from './words.ts';

/** What every part of the page is given. */
export interface Page {
  readonly lang: Lang;
  readonly words: Words<Key>;
  readonly office: Office;
  /** Draws the page once more, soon: call it after each change of what `render` reads. */
  redraw(): void;
  /** Says it to a screen reader, without moving the focus: « C'est enregistré. » */
  announce(sentence: string): void;
  /** What is drawn there now. */
  find(selector: string): HTMLElement | null;
  /** Moves the focus there, once the page is drawn. */
  focus(selector: string): void;
}

/** What a screen is given: `page`, she who is signed in, and the regroupement she works for. */
export interface Desk extends Page {
  readonly me: Me;
  readonly membership: Membership;
  /** A call of /v1/backoffice/{slug}, signed in: `await desk.files('$get', '/holders/:id', { id })`. Throws CallProblem. */
  readonly files: ReturnType<Office['filesOf']>;
  /** The same of a route that takes or gives a file. */
  readonly raw: (call: RawCall) => Promise<Response>;
  /** Reads anew who she is and what she may. */
  reload(): Promise<void>;
  may(permission: Permission): boolean;
  /** Goes to another screen: `desk.go('dossier/' + id)`. A link does the same: `<a href="#dossier/…">`. */
  go(place: string): void;
  /** A question in a dialog. False when she closes it. */
  ask(question: Question): Promise<boolean>;
  /** The field in the header. */
  readonly search: { readonly asked: boolean; results(): unknown };
  /** What is new, and how many things wait. */
  readonly pulse: Pulse;
  /** Files opened from this page, newest first; forgotten with it. */
  readonly recent: readonly RecentFile[];
  /** Notes that a file was opened. */
  opened(file: RecentFile): void;
}
export interface Question {
  title: unknown;
  body: unknown;
  /** On the button that does it. */
  yes: Key;
}
export interface RecentFile {
  id: string;
  name: string;
  numbers: readonly string[];
}

/** The part of the address after `#`: `dossier/abc?onglet=x` is `{ screen: 'dossier', args: ['abc'], query }`. */
export interface Route {
  readonly screen: string;
  readonly args: readonly string[];
  /** Filters of a list. */
  readonly query: URLSearchParams;
}

/** One screen while it is shown. */
export interface Screen {
  /** Its heading, for the window's title. */
  title(): string;
  /** All of it, an `<h1 id="title" tabindex="-1">` first. */
  render(): unknown;
  /** The address changed and is still this screen's: true when it has taken that up, else it is opened anew. */
  moved?(route: Route): boolean;
  /** Something typed would be lost: she is asked before she leaves. */
  unsaved?(): boolean;
  /** It is not shown any more: stop what polls. */
  leave?(): void;
}

/** What a screen's file exports. */
export interface ScreenModule {
  words: Catalogue;
  open(desk: Desk, route: Route): Screen;
}

/** Who may do what, as the server has it (roles.ts); a test compares the two. */
const MAY: Readonly<Record<Permission, readonly Role[]>> = {
  read: ['reader', 'office', 'owner'],
  record: ['office', 'owner'],
  invoice: ['office', 'owner'],
  links: ['office', 'owner'],
  import: ['office', 'owner'],
  undo: ['office', 'owner'],
  refund: ['office', 'owner'],
  settings: ['owner'],
  vault: ['owner'],
  audit: ['owner'],
};

/** Whether what needs this permission is shown to her; the server decides all the same. */
export function may({ role, mayRefund }: Pick<Membership, 'role' | 'mayRefund'>, permission: Permission) {
  return MAY[permission].includes(role) && (permission !== 'refund' || role === 'owner' || mayRefund);
}
