// What of a file the office may change, field by field, and how a value reads.
import type { Desk } from '../../desk.ts';
import type { Holder } from '../../office.ts';
import { type Key, kept } from '../../words.ts';

export type Editable = Pick<Holder, 'firstName' | 'lastName' | 'usualName' | 'email' | 'lang' | 'officeId'>;
export type FieldName = keyof Editable;

/** In the order of the form. */
export const FIELDS: readonly { name: FieldName; label: Key }[] = [
  { name: 'lastName', label: 'edit.lastName' },
  { name: 'firstName', label: 'edit.firstName' },
  { name: 'usualName', label: 'holder.usualName' },
  { name: 'email', label: 'holder.email' },
  { name: 'lang', label: 'holder.lang' },
  { name: 'officeId', label: 'holder.office' },
];

/** A value of that field; `offices`: their names by id, where they are known. */
export function shownValue(
  { words: { t } }: Pick<Desk, 'words'>,
  name: FieldName,
  value: unknown,
  offices: ReadonlyMap<string, string> = new Map(),
): unknown {
  if (name === 'lang') return t(value === 'fr-CA' ? 'holder.french' : 'holder.english');
  if (value === null || value === undefined || value === '') return t('conflict.empty');
  return kept(name === 'officeId' ? (offices.get(String(value)) ?? String(value)) : String(value));
}
