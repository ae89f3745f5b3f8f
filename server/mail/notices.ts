// What the owners of a regroupement are told of (server/db/migrations/0034_told_to_owners.sql), read from the audit's row and
// said in words. Names people of the office and keys; nobody who pays, and no secret.
import type { Deps } from '../deps.ts';
import type { Lang } from '../fields.ts';
import { asLine } from '../text.ts';

/** An act of the audit that the owners must know of. */
export interface Notice {
  act: string;
  /** UTC milliseconds. */
  at: number;
  actor: string;
  /** Of the person or key that acted; null: it has none here. */
  actorName: string | null;
  /** Whom or what it was done to, by name; '' where it is the regroupement itself. */
  name: string;
  before: Readonly<Record<string, unknown>>;
  after: Readonly<Record<string, unknown>>;
}

export async function readNotice(
  deps: Pick<Deps, 'db'>,
  regroupementId: string,
  seq: number,
): Promise<Notice> {
  const { rows } = await deps.db.execute<
    Omit<Notice, 'before' | 'after'> & { before: string | null; after: string | null }
  >(
    `SELECT a.act, a.at, a.actor, coalesce(u.name, k.name) AS actorName, a.before, a.after, coalesce(p.name, '') AS name
     FROM audit a
     LEFT JOIN staff_users u ON u.id = substr(a.actor, 7) AND a.actor GLOB 'staff:*'
     LEFT JOIN api_keys k ON k.id = substr(a.actor, 5) AND a.actor GLOB 'key:*'
     LEFT JOIN staff_users p ON 'staff_users:' || p.id = a.target
     WHERE a.seq = ? AND +a.regroupement_id = ?`,
    [seq, regroupementId],
  );
  const [row] = rows;
  if (row === undefined) throw new Error('an act that its owners are told of is not there');
  const read = (text: string | null) => JSON.parse(text ?? '{}') as Notice['before'];
  return { ...row, name: asLine(row.name), before: read(row.before), after: read(row.after) };
}

const ROLE_WORDS: Readonly<Record<Lang, Readonly<Record<string, string>>>> = {
  'fr-CA': { reader: 'Lecture', office: 'Bureau', owner: 'Responsable' },
  'en-CA': { reader: 'Reader', office: 'Office', owner: 'Owner' },
};

/** The settings that the owners are told of, by what their columns begin with. */
const SETTING_WORDS: readonly (readonly [column: RegExp, Readonly<Record<Lang, string>>])[] = [
  [/^paypal/, { 'fr-CA': 'le compte PayPal', 'en-CA': 'the PayPal account' }],
  [/^pages$/, { 'fr-CA': 'les pages où l’on paie', 'en-CA': 'the pages where people pay' }],
  [
    /^link_policy$/,
    {
      'fr-CA': 'ce qu’il faut pour ouvrir un dossier par son nom et son numéro',
      'en-CA': 'what opens a file by its name and number',
    },
  ],
];

function role(value: unknown, lang: Lang): string {
  return ROLE_WORDS[lang][String(value)] ?? String(value);
}

function settings({ after }: Notice, lang: Lang): string {
  const names = Object.keys(after);
  return SETTING_WORDS.filter(([column]) => names.some((name) => column.test(name)))
    .map(([, words]) => words[lang])
    .join(', ');
}

interface NoticeWords {
  subject: (regroupement: string) => string;
  what: (notice: Notice) => string;
  who: string;
  when: string;
  by: (actor: string, name: string | null) => string;
  end: string;
}

/** An actor is `staff:…`, `key:…`, `cli:…` or `server`. */
function byWhom(words: { person: string; key: string; machine: string; server: string }): NoticeWords['by'] {
  return (actor, name) => {
    const [kind, id = ''] = actor.split(':');
    if (kind === 'server') return words.server;
    if (kind === 'cli') return `${words.machine} (${asLine(id)})`;
    const said = asLine(name ?? '');
    return kind === 'key' ? `${words.key} ${said}` : said === '' ? words.person : said;
  };
}

export const NOTICE: Readonly<Record<Lang, NoticeWords>> = {
  'fr-CA': {
    subject: (name) => `Un changement au bureau – ${name}`,
    what: (notice) => {
      const { act, name, before, after } = notice;
      switch (act) {
        case 'staff-joined':
          return `${name} a maintenant accès au bureau, avec le rôle «\u00a0${role(after.role, 'fr-CA')}\u00a0».`;
        case 'staff-changed':
          return `Le rôle de ${name} est passé de «\u00a0${role(before.role, 'fr-CA')}\u00a0» à «\u00a0${role(after.role, 'fr-CA')}\u00a0».`;
        case 'staff-factor-reset':
          return `Le second facteur de ${name} a été effacé. Un lien pour en régler un autre lui a été envoyé.`;
        case 'key-created':
          return `Une clé a été faite pour un programme\u00a0: ${asLine(String(after.name))} (${String(after.scopes)}).`;
        case 'people-exported':
          return `Les données de plus de ${String(after.moreThan)} personnes ont été exportées (${String(after.sheet)}).`;
        default:
          return `Des réglages ont été changés\u00a0: ${settings(notice, 'fr-CA')}.`;
      }
    },
    who: 'Par',
    when: 'Quand',
    by: byWhom({
      person: 'une personne du bureau',
      key: 'un programme, avec la clé',
      machine: 'sur la machine du serveur',
      server: 'le serveur',
    }),
    end: 'Toutes les responsables reçoivent ce courriel. Vous ne vous y attendiez pas? Parlez-vous-en tout de suite.',
  },
  'en-CA': {
    subject: (name) => `A change at the office – ${name}`,
    what: (notice) => {
      const { act, name, before, after } = notice;
      switch (act) {
        case 'staff-joined':
          return `${name} now has access to the office, with the role “${role(after.role, 'en-CA')}”.`;
        case 'staff-changed':
          return `The role of ${name} went from “${role(before.role, 'en-CA')}” to “${role(after.role, 'en-CA')}”.`;
        case 'staff-factor-reset':
          return `The second factor of ${name} was erased. They were sent a link to set up another one.`;
        case 'key-created':
          return `A key was made for a program: ${asLine(String(after.name))} (${String(after.scopes)}).`;
        case 'people-exported':
          return `The data of more than ${String(after.moreThan)} people were exported (${String(after.sheet)}).`;
        default:
          return `Settings were changed: ${settings(notice, 'en-CA')}.`;
      }
    },
    who: 'By',
    when: 'When',
    by: byWhom({
      person: 'a person of the office',
      key: 'a program, with the key',
      machine: 'on the server’s machine',
      server: 'the server',
    }),
    end: 'Every owner receives this e-mail. You did not expect this? Talk to one another at once.',
  },
};
