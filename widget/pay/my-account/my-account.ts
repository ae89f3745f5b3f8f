// « Mon compte »: what she sees and changes of her own account, and the e-mailed links about it: a new e-mail and the way
// back, a forgotten password (S13), « Ce n’est pas vous? » (S6, S17). Beside the journey of paying, and loaded only when she comes here: one page at a time, one call at a time.
import type { Answer, Api } from '../../client/api.ts';
import { CallProblem } from '../../client/problem.ts';
import type { Session } from '../../client/session.ts';
import type { Me, Tokens } from '../../client/types.ts';
import { addWords, type Key, type Lang } from '../../locales/text.ts';
import { invalid, sentence } from '../journey/problems.ts';
import type { FieldErrors, Notice, State } from '../journey/state.ts';
import { bare, check, isEmpty, noticeOf } from '../journey/transitions.ts';

export type Page =
  | 'home'
  | 'name'
  | 'email'
  | 'emailSent'
  | 'password'
  | 'erase'
  | 'confirm'
  | 'undo'
  | 'newPassword'
  | 'unlink'
  | 'unlinked'
  | 'dead';
export type OpenSession = Answer<'$get', '/me/sessions'>['sessions'][number];
export type ExportLinks = Answer<'$post', '/me/export-links'>;

/** What the rest of the widget gives it. */
export interface MyAccountDeps {
  api: Api;
  session: Session;
  /** An e-mailed link opened a session. */
  enter(tokens: Tokens, notice: Notice): Promise<void>;
  changed(me: Me): void;
  /** The session is over, or the account is. */
  left(notice: Notice | null): void;
  redraw(): void;
}

/** A little less than the links live. */
const LINKS_MS = 4.5 * 60_000;
/** Each e-mailed link: where it is looked at without using it up, and its page. */
const LINKS = {
  email: ['/email-changes/check', 'confirm'],
  emailUndo: ['/email-changes/undo/check', 'undo'],
  reset: ['/password-resets/check', 'newPassword'],
  undo: ['/link-undo/check', 'unlink'],
} as const;
const ENDED = ['unauthenticated', 'session-ended', 'dpop-invalid'];

/** A language's words for these pages. */
export async function loadWords(lang: Lang): Promise<void> {
  const { words } = await (lang === 'fr-CA'
    ? import('../../locales/fr-CA.account.ts')
    : import('../../locales/en-CA.account.ts'));
  addWords(lang, words);
}

export class MyAccount {
  /** Null while an e-mailed link is looked at. */
  page: Page | null = null;
  notice: Notice | null = null;
  errors: FieldErrors = {};
  busy = false;
  sessions: readonly OpenSession[] | null = null;
  links: ExportLinks | null = null;
  /** The address that the link was sent to. */
  email = '';
  /** The link was used before. */
  used = false;
  /** Where the focus goes at the next drawing. */
  focus: 'title' | 'summary' | 'notice' | null = null;
  readonly #deps: MyAccountDeps;
  readonly link: State['link'];
  /** The language whose words were asked for last. */
  #lang: Lang | undefined;
  #forgetting: ReturnType<typeof setTimeout> | undefined;

  /** `link`: the e-mailed link that brought her here. */
  constructor(deps: MyAccountDeps, link: State['link']) {
    this.#deps = deps;
    this.link = link;
    if (link !== null) this.#checkLink(link);
    else {
      this.page = 'home';
      this.#loadSessions();
    }
  }

  /** Asks for that language's words; as long as they do not come, the other's show. */
  speak(lang: Lang): void {
    if (lang === this.#lang) return;
    this.#lang = lang;
    loadWords(lang).then(this.#deps.redraw, () => undefined);
  }

  show(page: Page, notice: Notice | null = null): void {
    this.page = page;
    this.notice = notice;
    this.errors = {};
    this.focus = 'title';
    this.#deps.redraw();
  }

  /** The link could not be looked at: once more. */
  retry(): void {
    if (this.link !== null) this.#checkLink(this.link);
  }

  async saveName(name: string): Promise<void> {
    if (this.#invalid(check({ name }))) return;
    await this.#do(async () => {
      this.#deps.changed(await this.#deps.session.call('$patch', '/me', { json: { name: name.trim() } }));
      this.show('home', noticeOf('success', 'mine.saved'));
    });
  }

  async askEmail(email: string, password: string): Promise<void> {
    if (this.#invalid(check({ email, currentPassword: password }))) return;
    await this.#do(async () => {
      const json = { email: bare(email), password };
      await this.#deps.session.call('$post', '/me/email', { json });
      this.email = json.email;
      this.show('emailSent');
    });
  }

  async changePassword(currentPassword: string, password: string): Promise<void> {
    if (this.#invalid({ ...check({ currentPassword }), ...check({ password }, true) })) return;
    await this.#do(async () => {
      await this.#deps.session.call('$post', '/me/password', { json: { currentPassword, password } });
      this.show('home', noticeOf('success', 'mine.passwordSaved'));
      await this.#loadSessions();
    });
  }

  async end(id: string): Promise<void> {
    await this.#do(async () => {
      await this.#deps.session.call('$delete', '/me/sessions/:id', { id });
      await this.#ended();
    });
  }

  async endOthers(): Promise<void> {
    await this.#do(async () => {
      await this.#deps.session.call('$delete', '/me/sessions', {});
      await this.#ended();
    });
  }

  async getData(): Promise<void> {
    await this.#do(async () => {
      this.links = await this.#deps.session.call('$post', '/me/export-links', {});
      clearTimeout(this.#forgetting);
      this.#forgetting = setTimeout(() => {
        this.links = null;
        this.#deps.redraw();
      }, LINKS_MS);
    });
  }

  async erase(password: string): Promise<void> {
    if (this.#invalid(check({ currentPassword: password }))) return;
    await this.#do(async () => {
      await this.#deps.session.call('$post', '/me/erasure', { json: { password } });
      await this.#deps.session.close();
      this.#deps.left(noticeOf('success', 'mine.erased'));
    });
  }

  confirmEmail(password: string): Promise<void> {
    return this.#enter('/email-changes/confirm', password, false, 'mine.confirmed');
  }

  takeBack(password: string): Promise<void> {
    return this.#enter('/email-changes/undo', password, true, 'mine.undone');
  }

  choosePassword(password: string): Promise<void> {
    return this.#enter('/password-resets/complete', password, true, 'mine.passwordSaved');
  }

  /** An account's hold on her file is undone. */
  async unlink(): Promise<void> {
    await this.#do(async () => {
      await this.#deps.api.call('$post', '/link-undo', { json: { token: this.link?.token ?? '' } });
      this.show('unlinked');
    });
  }

  dispose(): void {
    clearTimeout(this.#forgetting);
  }

  async #checkLink({ kind, token }: NonNullable<State['link']>): Promise<void> {
    if (kind === 'activate') return;
    const [path, page] = LINKS[kind];
    await this.#do(async () => {
      await this.#deps.api.call('$post', path, { json: { token } });
      this.show(page);
    });
  }

  /** The e-mailed link and a password open a session. `fresh`: one that she chooses now. */
  async #enter(
    path: '/email-changes/confirm' | '/email-changes/undo' | '/password-resets/complete',
    password: string,
    fresh: boolean,
    done: Key,
  ): Promise<void> {
    if (this.#invalid(check({ password }, fresh))) return;
    await this.#do(async () => {
      const json = { token: this.link?.token ?? '', password };
      const tokens = await this.#deps.api.call('$post', path, { json, proven: true });
      await this.#deps.enter(tokens, noticeOf('success', done));
    });
  }

  async #loadSessions(): Promise<void> {
    try {
      this.sessions = (await this.#deps.session.call('$get', '/me/sessions', {})).sessions;
    } catch (error) {
      this.#failed(error);
    }
    this.#deps.redraw();
  }

  async #ended(): Promise<void> {
    this.notice = noticeOf('success', 'mine.ended');
    this.focus = 'notice';
    await this.#loadSessions();
  }

  /** One call at a time: the second click of a double click does nothing. */
  async #do(work: () => Promise<void>): Promise<void> {
    if (this.busy) return;
    this.busy = true;
    this.notice = null;
    this.errors = {};
    this.#deps.redraw();
    try {
      await work();
    } catch (error) {
      this.#failed(error);
    } finally {
      this.busy = false;
      this.#deps.redraw();
    }
  }

  #failed(error: unknown): void {
    const problem = error instanceof CallProblem ? error : new CallProblem('internal');
    const { kind } = problem;
    if (ENDED.includes(kind) && this.link === null) this.#deps.left(noticeOf('error', 'err.session'));
    else if (kind === 'link-invalid' || kind === 'link-used') {
      this.used = kind === 'link-used';
      this.show('dead');
    } else if (kind === 'password-wrong') this.#wrong({ currentPassword: { key: 'mine.wrong' } });
    else if (kind === 'sign-in-failed') this.#wrong({ password: { key: 'mine.confirmWrong' } });
    else if (kind === 'account-in-use') this.#tell(noticeOf('error', 'mine.eraseHeld'));
    else if (kind === 'validation') this.#refused(problem);
    else this.#tell(sentence(problem));
  }

  #refused(problem: CallProblem): void {
    const { errors, notice } = invalid(problem);
    // These pages have one box for a password, the current one: what cannot be any password is not the current one.
    if (errors.password && (this.page === 'email' || this.page === 'erase')) {
      delete errors.password;
      errors.currentPassword = { key: 'mine.wrong' };
    }
    if (notice === null) this.#wrong(errors);
    else this.#tell(notice);
  }

  #invalid(errors: FieldErrors): boolean {
    if (isEmpty(errors)) return false;
    this.notice = null;
    this.#wrong(errors);
    this.#deps.redraw();
    return true;
  }

  #wrong(errors: FieldErrors): void {
    this.errors = errors;
    this.focus = 'summary';
  }

  #tell(notice: Notice): void {
    this.notice = notice;
    this.focus = 'notice';
  }
}
