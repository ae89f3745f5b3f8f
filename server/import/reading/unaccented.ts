/** Without accents, as titles and words of a file are compared. */
export function unaccented(text: string): string {
  return text.normalize('NFKD').replace(/\p{M}/gu, '');
}
