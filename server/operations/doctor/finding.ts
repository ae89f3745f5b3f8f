// What a look at one thing of a production found: said in both languages, with the cure where it is not as it must be.

/** A sentence, in the two languages of the command line. */
export interface Words {
  fr: string;
  en: string;
}
/** One line of the doctor's. `cure` is there where the thing is red. */
export interface Finding {
  check: string;
  said: Words;
  cure?: Words;
}

/** As it must be. */
export const green = (check: string, fr: string, en: string): Finding => ({ check, said: { fr, en } });

/** Not as it must be, and what to do. */
export const red = (check: string, said: Words, cure: Words): Finding => ({ check, said, cure });
