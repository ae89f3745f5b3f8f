// Who may do what (roles × permissions), as data: the guard of the staff's API reads it, /docs shows it, a test holds every
// route to it. The same permission opens by a key's scope.
import type { Scope } from './api-keys.ts';

export const ROLES = ['reader', 'office', 'owner'] as const;
export type Role = (typeof ROLES)[number];

/**
 * `yes`; `no`; `fresh`: her identity confirmed in the last five minutes; `switch`: only where she may refund. Above a
 * person's ceiling a refund is `fresh` for everyone.
 */
type Grant = 'yes' | 'no' | 'fresh' | 'switch';

export type Permission =
  | 'read'
  | 'record'
  | 'invoice'
  | 'links'
  | 'import'
  | 'undo'
  | 'refund'
  | 'settings'
  | 'vault'
  | 'audit';

export const PERMISSIONS: Readonly<Record<Permission, Record<Role, Grant> & { scope: Scope | null }>> = {
  /** Files, payments, reports, exports. */
  read: { reader: 'yes', office: 'yes', owner: 'yes', scope: 'read' },
  /** Cheques and their return; the list of what waits; sending e-mails again. */
  record: { reader: 'no', office: 'yes', owner: 'yes', scope: 'record' },
  /** What is owed, and what the file says of her. */
  invoice: { reader: 'no', office: 'yes', owner: 'yes', scope: 'invoice' },
  /** Links of accounts to files. */
  links: { reader: 'no', office: 'yes', owner: 'yes', scope: 'links' },
  import: { reader: 'no', office: 'yes', owner: 'yes', scope: 'import' },
  /** An import, undone. */
  undo: { reader: 'no', office: 'fresh', owner: 'fresh', scope: 'import' },
  /** Money back at PayPal; letting go of a payment in doubt. */
  refund: { reader: 'no', office: 'switch', owner: 'yes', scope: 'refund' },
  /** How the regroupement presents itself, what it charges, how its files are read: never by a key. */
  settings: { reader: 'no', office: 'no', owner: 'yes', scope: null },
  /** People and their access; the account that is paid, the pages, what opens a file: never by a key. */
  vault: { reader: 'no', office: 'no', owner: 'fresh', scope: null },
  /** Who did what in the whole regroupement; what was done to a file is `read`. */
  audit: { reader: 'no', office: 'no', owner: 'yes', scope: null },
};

/** What a person may refund without confirming who she is, unless it is said otherwise: 500 $, in cents. */
export const REFUND_CEILING_CENTS = 50_000;

/** The same as a person reads it. */
export function permissionTable(): { columns: string[]; rows: string[][] } {
  return {
    columns: ['permission', ...ROLES, 'key’s scope'],
    rows: Object.entries(PERMISSIONS).map(([permission, { scope, ...grants }]) => [
      permission,
      ...ROLES.map((role) => grants[role]),
      scope ?? '–',
    ]),
  };
}
