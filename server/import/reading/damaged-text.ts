// Text whose accents were lost on the way: read in another character set than it was written in, lost for « ? », or
// left as codes (`&#233;`). Told where a name, a title or any other text shows it for sure, and never mended: what stood
// there can only be guessed.
import { FileRefused, type Refusal, refusal } from '../refusal.ts';
import type { Columns, Field, Titles } from './columns/fields.ts';
import { isSheetError } from './debris.ts';

/** In a name no sign stands among the letters; in a title few do; elsewhere only what nobody writes counts. */
export type Place = 'name' | 'title' | 'text';
type How = 'misread' | 'lost' | 'coded';

/** How each second byte of a letter in UTF-8 looks when it is read as Windows-1252 or Latin-1. */
const SECOND =
  '\\u0080-\\u00bf\\u0152\\u0153\\u0160\\u0161\\u0178\\u017d\\u017e\\u0192\\u02c6\\u02dc\\u2013-\\u2026\\u2030\\u2039\\u203a\\u20ac\\u2122';

const ANYWHERE: readonly [How, RegExp][] = [
  // UTF-8 read as Windows-1252, once or twice: « Ã© », « Ã‰ », « â€™ », « Â° ».
  ['misread', new RegExp(`[ÃÂÄÅ](?!\\u00a0)[${SECOND}](?:[${SECOND}ÃÂ]*[${SECOND}])?`, 'u')],
  // « à » is « Ã » and a no-break space, which often becomes a plain one.
  ['misread', /(?<!\p{Lu})Ã\u00a0|(?<=\p{Ll})[ÃÂ](?!\p{Lu})|(?<=\d)Â|Â\u00a0/u],
  ['misread', /â[€‚„ˆ].?|ï»¿|ï¿½|ðŸ|[ãâ][\u00a1-\u00a9\u00ab-\u00b6\u00b8\u00b9\u00bb-\u00bf]/u],
  // UTF-8 read as Mac Roman (« √© », « ‚Äô »), as code page 850 or 437 (« ├® », « ÔÇÖ », « ΓÇÖ »).
  ['misread', /√[^\s√\d]|≈[ìíŸ]|‚Ä.|[├┬┼][^\s─]|ÔÇ.|ΓÇ.|¬[†∞´ª†]/u],
  // « à payer » of a status: code page 850 has « à » where Windows-1252 has « … », Mac Roman where it has « ˆ ».
  ['misread', /(?<!\S)[…ˆ] (?=(?:payer|percevoir|recevoir|rembourser|renouveler|venir)(?!\p{L}))/iu],
  // Latin-1 has nothing between these two.
  ['misread', /[\u0080-\u009f]/u],
  ['lost', /\ufffd/u],
  ['coded', /&#(?:\d{2,5}|x[\da-f]{2,4});?|&[a-z]{2,8}\d{0,2};/iu],
  [
    'coded',
    /&(?:[aeiouyn](?:acute|grave|circ|uml|tilde)|ccedil|oelig|aelig)|&(?:rsquo|lsquo|laquo|raquo|nbsp|amp)(?![a-z])/iu,
  ],
  ['coded', /%c[23]%[89ab][\da-f]|\\u00[\da-f]{2}|\\x[c-f][\da-f]|=C3=[89AB][\dA-F]/iu],
];

/** Where Mac Roman and the code pages of DOS have their letters, Windows-1252 has these; and the other way round. */
const IN_WORDS: readonly [How, RegExp][] = [
  ['misread', /(?<=\p{L})[ƒ‚„ˆ‰˜]|[ƒ‚ˆ‰](?=\p{L})|(?<=\p{L})[‡•™“”…€](?=\p{Ll})/u],
  // « RenŽe », « EugŠne », « AndrÈ »: a capital behind a small letter, where no word of French begins again.
  ['misread', /(?<=\p{Ll})[ŠŽŸŒÏÕÐÞÈËÍÙÓÔÁÎÚÛÒÌ](?!\p{Lu})|(?<=\p{Lu})[ŠŽŸŒÕÐÞÍÚÓÁÈËÙÛ](?=\p{Ll})/u],
  // « CÏur »; « DÕAmours » with the Macintosh's apostrophe; « Franþois », unlike « Steinþór ».
  ['misread', /(?<=[BCDFGHJKLMNPQRSTVWXZ])Ï(?=\p{Ll})|(?<=\p{Lu})Õ(?=\p{Lu}\p{Ll})|(?<=\p{Ll})þ(?=[aou])/u],
  // « No‘l », « Lo´c »: « O‘Connor » and « d´Amours » are only typed with the wrong apostrophe.
  ['misread', /(?<=\p{L}\p{Ll})[‘´](?=\p{Ll})/u],
  // « Lec½ur », « ½uvre »: Latin-9 has œ where Latin-1 has a fraction.
  ['misread', /(?<=\p{L})[¼½¾]|½(?=\p{Ll})/u],
  // One word in two alphabets: « Andrй », « AndrΘ ».
  [
    'misread',
    /(?<=\p{Script=Latin})[\p{Script=Greek}\p{Script=Cyrillic}]|[\p{Script=Greek}\p{Script=Cyrillic}](?=\p{Script=Latin})/u,
  ],
  ['misread', /(?<=\p{L})[\u2500-\u257f]|[\u2500-\u257f](?=\p{L})/u],
  ['misread', /^N[¡ø∞░](?=\s)/u],
  ['lost', /(?<=\p{L})\?+(?=\p{L})|(?<!\S)\?(?=\p{L})|^N\?(?=\s)/u],
  ['coded', /(?<=\p{L})[%=][89A-F][\dA-F]|^[%=][89A-F][\dA-F](?=\p{L})/u],
];

const IN_NAMES: readonly [How, RegExp][] = [
  ['lost', /[\u25a0-\u25ff\ufffc]|(?<=\p{L})_|_(?=\p{L})/u],
  // « Ôve », « Ôlise »: a capital È of code page 850, or Ò of it for Ê.
  ['misread', /(?<!\p{L})[ÔÒ](?=[lv]\p{Ll})/u],
  ['misread', /(?<=\p{L})[†‡•‹›“”™…¡§©ª®¶¹²³¿€«»](?=\p{L})|(?<=\p{L})[‡¶¹…]|[…¶»](?=\p{L})/u],
  // No sign touches a letter of a name, but an accent typed for an apostrophe, a degree and pictures.
  [
    'misread',
    /(?<=\p{L})[\p{S}--\p{ASCII}--\p{Extended_Pictographic}--[´°]]|[\p{S}--\p{ASCII}--\p{Extended_Pictographic}--[´°]](?=\p{L})/v,
  ],
  ['lost', /(?<=\p{L})[?¿]|[?¿](?=\p{L})/u],
  // « Zo‘ »: the Macintosh’s ë at the end of a word.
  ['misread', /(?<=\p{L})‘(?!\p{L})/u],
  // « Anne+Marie »: as an address writes a space.
  ['coded', /%[\da-f]{2}|(?<=\p{L})\+(?=\p{L})/iu],
  ['coded', /(?<=\p{L})=[\dA-F]{2}|=[\dA-F]{2}(?=\p{L})|\+A[A-Za-z\d+/]{2}-|\\u[\da-f]{4}/u],
];

const RULES: Readonly<Record<Place, readonly (readonly [How, RegExp])[]>> = {
  name: [...ANYWHERE, ...IN_WORDS, ...IN_NAMES],
  title: [...ANYWHERE, ...IN_WORDS],
  text: ANYWHERE,
};

/** Whether anything but plain letters, digits and usual signs is there to look at. */
const PLAIN = /^[A-Za-z\d\s.,;:'"()/@$#*!~^[\]{}|<>`-]*$/;

/** What shows that the text is damaged: the first sign of it, null when it is sound. */
export function damageIn(text: string, place: Place): { sign: string; how: How } | null {
  if (PLAIN.test(text)) return null;
  const whole = text.normalize('NFC');
  for (const [how, rule] of RULES[place]) {
    const sign = rule.exec(whole)?.[0];
    if (sign !== undefined) return { sign, how };
  }
  return null;
}

/** Why a text is refused, null when it is sound. `title` is how its column is called, '' for a title itself. */
export function damaged(text: string, place: Place, title: string): Refusal | null {
  const damage = damageIn(text, place);
  if (damage === null) return null;
  const shown = text.replace(/\s+/g, ' ').trim().slice(0, 60);
  const sign = printable(damage.sign);
  const [where, whereEn] = title === '' ? ['', ''] : [` sous « ${title} »`, ` under “${title}”`];
  const [lost, lostEn] = damage.how === 'lost' ? [', caractères perdus', ', characters lost'] : ['', ''];
  const cause = causeOf(damage.how, text);
  return refusal(
    `Accents abîmés${lost} (${sign}) : « ${printable(shown)} »${where}. ${cause.fr} Exportez de nouveau en « CSV UTF-8 », depuis le logiciel d’origine.`,
    `Damaged accents${lostEn} (${sign}): “${printable(shown)}”${whereEn}. ${cause.en} Export again as “CSV UTF-8”, from the original program.`,
  );
}

const NAMES: readonly Field[] = ['firstName', 'lastName', 'usualName'];
/** Read in no file. */
const UNREAD: readonly Field[] = ['note'];

/** Watches the rows of a file. What damages one row with a sign in place of a letter may be a slip; more is the file's. */
export class DamageWatch {
  #first: { line: number; why: Refusal } | null = null;

  /** Why this row is refused, null when its text is sound. Throws FileRefused, once for the file, when all of it is damaged. */
  see(line: number, cells: readonly string[], columns: Columns, titles: Titles): Refusal | null {
    for (const [field, index] of columns) {
      const text = cells[index] ?? '';
      const place = NAMES.includes(field) ? 'name' : field === 'regroupement' ? 'title' : 'text';
      const damage = UNREAD.includes(field) ? null : damageIn(text, place);
      // « #NOM? » has lost no letter.
      if (damage === null || isSheetError(text)) continue;
      const why = damaged(text, place, titles[field] ?? field);
      if (why === null) continue;
      this.#first ??= { line, why };
      if (damage.how !== 'lost' || this.#first.line !== line)
        throw new FileRefused(this.#first.why, this.#first.line);
      return why;
    }
    return null;
  }
}

/** Throws FileRefused for titles whose accents are damaged; `known` tells the titles that are understood. */
export function refuseDamagedTitles(
  header: readonly string[],
  line: number,
  known: (title: string) => boolean,
): void {
  for (const title of header) {
    // « Pay? » was « Payé »; « Payé? » is a question.
    const lostAtTheEnd = /\p{L}\?$/u.test(title) && !known(title) && known(title.replace(/\?$/, 'é'));
    const why = damaged(title, lostAtTheEnd ? 'name' : 'title', '');
    if (why !== null) throw new FileRefused(why, line);
  }
}

function causeOf(how: How, text: string): Refusal {
  if (how === 'lost')
    return refusal(
      'Des lettres ont été remplacées par un autre signe.',
      'Letters were replaced by another sign.',
    );
  if (how === 'coded')
    return refusal('Des lettres y sont écrites en code.', 'Letters are written as codes in it.');
  const origin = originOf(text);
  if (origin === null)
    return refusal(
      'Le fichier a été écrit dans un jeu de caractères et relu dans un autre.',
      'The file was written in one character set and read in another.',
    );
  return refusal(
    `Le fichier est dans l’ancien jeu de caractères ${origin.fr}.`,
    `The file is in the old character set of ${origin.en}.`,
  );
}

/** How Windows-1252 shows the letters of French of Mac Roman, and of the code pages of DOS. */
const BY_ORIGIN = {
  Macintosh: new Set('Ž\u008f\u0090‘ˆ‰\u008d™”•ž\u009dƒÕÏŸ'),
  DOS: new Set('‚Šˆ‰…ƒ‡“Œ‹–—\u0090\u0081'),
} as const;

function originOf(text: string): Refusal | null {
  const strange = [...text].filter((character) => /[^\p{ASCII}]/u.test(character));
  const [macintosh, dos] = (['Macintosh', 'DOS'] as const).map((origin) =>
    strange.every((character) => BY_ORIGIN[origin].has(character)),
  );
  if (macintosh && dos) return refusal('du DOS ou des Macintosh', 'DOS or the Macintosh');
  if (macintosh) return refusal('des Macintosh (Mac Roman)', 'the Macintosh (Mac Roman)');
  return dos ? refusal('du DOS', 'DOS') : null;
}

/** Control characters have no form: a box is shown. */
function printable(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}]/gu, '□');
}
