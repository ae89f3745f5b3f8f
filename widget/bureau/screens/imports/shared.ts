// What the steps of an import share.
import { html } from 'lit';
import type { Answer } from '../../../client/api.ts';
import type { Files } from '../../office.ts';
import type { Key } from '../../words.ts';

export type ImportFile = Answer<'$get', '/import-files/:id', Files>['file'];
export type Summary = NonNullable<ImportFile['summary']>;
export type FileRow = Answer<'$get', '/import-files/:id/rows', Files>['rows'][number];
export type RowState = FileRow['state'];
export type Past = Answer<'$get', '/imports', Files>['imports'][number];
export type UndoReport = Answer<'$post', '/imports/:id/undo', Files>;

/** The fields of the import, as people call them, in the order in which they are offered. */
export const FIELDS = [
  ...['lastName', 'firstName', 'usualName', 'email', 'lang', 'certificate', 'invoice', 'holderId'],
  ...['issuedOn', 'dueOn', 'periodStart', 'periodEnd', 'period', 'premium', 'premiumTax', 'fees', 'total'],
  ...[
    'paid',
    'balance',
    'currency',
    'status',
    'type',
    'office',
    'regroupement',
    'noAdminFee',
    'manualAmount',
  ],
  ...['paymentId', 'amount', 'paidOn', 'method', 'reference', 'endorsementId', 'effectiveOn'],
  ...['description', 'line', 'code', 'rate', 'note'],
] as const;

/** The name of a file, which may go on in the next line after each hyphen or underscore: else not before a digit, in Firefox. */
export const fileNameOf = (name: string) =>
  html`<span translate="no">${(name.match(/[^-_]+[-_]*|^[-_]+/g) ?? []).map((part) => html`${part}<wbr />`)}</span>`;

export const fieldKey = (field: string) => `column.${field}` as Key;

/** Longer than the server takes for a hundred thousand rows. */
export const PATIENCE_MS = 600_000;
