/**
 * SQL: ids of holders, among them all whose e-mail key `isOne`, such as `= a.email_key`. What an import changes stands beside
 * the former key until it is taken over: ask the view `holders` for the key itself, too. Its own search would read every holder.
 */
export function holdersWithEmail(regroupementId: string, isOne: string): string {
  return `(SELECT id FROM holder_rows WHERE regroupement_id = ${regroupementId} AND email_key ${isOne}
    UNION ALL SELECT id FROM holder_rows
    WHERE next_no IS NOT NULL AND regroupement_id = ${regroupementId} AND CAST(next ->> 'email_key' AS TEXT) ${isOne})`;
}
