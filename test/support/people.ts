// Whoever and whatever a database names, as JSON: `node test/support/people.ts <file>`. A program of its own, since a
// reader's statements hold the database until they are collected, against whoever wants to restore it.
import Database from 'libsql';
import { ERASED_NAME } from '../../server/privacy/erase.ts';

export interface People {
  people: { name: string; email: string | null }[];
  certificates: string[];
  invoices: string[];
}

const db = new Database(process.argv[2] ?? '', { readonly: true });
const numbers = (sql: string) => (db.prepare(sql).all() as { number: string }[]).map(({ number }) => number);
const found: People = {
  people: db
    .prepare(
      // What stands in the place of an erased name is nobody's.
      `SELECT name, email FROM accounts WHERE name <> ? UNION SELECT name, email FROM sign_ups UNION
       SELECT first_name || ' ' || last_name, email FROM holders UNION SELECT usual_name, email FROM holders`,
    )
    .all(ERASED_NAME) as People['people'],
  certificates: numbers('SELECT number FROM certificates UNION SELECT number_key FROM certificates'),
  invoices: numbers('SELECT number FROM invoices'),
};
console.log(JSON.stringify(found));
