// Whoever and whatever a database names, as JSON: `node test/support/people.ts <file>`. A program of its own, since a
// reader's statements hold the database until they are collected, against whoever wants to restore it.
import Database from 'libsql';

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
      `SELECT name, email FROM accounts UNION SELECT name, email FROM sign_ups UNION
       SELECT first_name || ' ' || last_name, email FROM holders UNION SELECT usual_name, email FROM holders`,
    )
    .all() as People['people'],
  certificates: numbers('SELECT number FROM certificates UNION SELECT number_key FROM certificates'),
  invoices: numbers('SELECT number FROM invoices'),
};
console.log(JSON.stringify(found));
