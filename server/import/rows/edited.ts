// What a file and the office's page may both change of a holder.
/** What of a holder both may change. */
export interface Edited {
  firstName: string;
  lastName: string;
  usualName: string;
  email: string | null;
  lang: string;
  officeId: string | null;
}
export const EDITED = ['firstName', 'lastName', 'usualName', 'email', 'lang', 'officeId'] as const;
export type EditedField = (typeof EDITED)[number];

/** Which of the two stands, where both have changed. */
export interface Choice {
  holderId: string;
  field: EditedField;
  take: 'file' | 'page';
}

/** Both have changed, and nobody has chosen: the page's stands until somebody does. */
export interface FieldConflict {
  line: number;
  holderId: string;
  field: EditedField;
  file: string | null;
  page: string | null;
}
