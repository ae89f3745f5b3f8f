// The sentence and the cure of each line that the server tells of a page, by its check and its `why`.
import type { Key } from '../../words.ts';

type Said = readonly [sentence: Key, cure?: Key];

const COPY = 'try.cure.copy';
const QUOTES = 'try.cure.quotes';
const ADD = 'try.policy.addHeader';

/** By `check.why`; where there is no `why`, by `check.state`. A line that is not here is told in the server's words. */
export const SAID: Readonly<Record<string, Said>> = {
  'registered.good': ['try.registered.good'],
  'registered.hosted': ['try.registered.hosted'],
  'registered.nearly': ['try.registered.nearly', 'try.registered.nearly.cure'],
  'registered.unknown': ['try.registered.unknown', 'try.registered.unknown.cure'],
  'answers.good': ['try.answers.good'],
  'answers.barred': ['try.answers.barred', 'try.answers.barred.cure'],
  'answers.no-name': ['try.answers.no-name', 'try.answers.no-name.cure'],
  'answers.not-public': ['try.answers.not-public', 'try.answers.not-public.cure'],
  'answers.no-answer': ['try.answers.no-answer', 'try.answers.no-answer.cure'],
  'answers.no-tls': ['try.answers.no-tls', 'try.answers.no-tls.cure'],
  'answers.timeout': ['try.answers.timeout', 'try.answers.timeout.cure'],
  'answers.malformed': ['try.answers.malformed', 'try.answers.no-answer.cure'],
  'answers.status': ['try.answers.status', 'try.answers.status.cure'],
  'answers.not-html': ['try.answers.not-html', 'try.answers.not-html.cure'],
  'answers.many-redirects': ['try.answers.many-redirects', 'try.answers.many-redirects.cure'],
  'answers.leads-elsewhere': ['try.answers.leads-elsewhere', 'try.answers.leads-elsewhere.cure'],
  'answers.leads-nowhere': ['try.answers.leads-nowhere', 'try.answers.many-redirects.cure'],
  'script.good': ['try.script.good'],
  'script.missing': ['try.script.missing', COPY],
  'script.text': ['try.script.text', COPY],
  'script.comment': ['try.script.comment', COPY],
  'script.shortcode': ['try.script.shortcode', 'try.cure.plugin'],
  'script.inline': ['try.script.inline', 'try.cure.look'],
  'script.bundled': ['try.script.bundled', 'try.cure.look'],
  'script.curly': ['try.script.curly', QUOTES],
  'script.delayed': ['try.script.delayed', 'try.script.delayed.cure'],
  'script.blocked': ['try.script.blocked', 'try.cure.consent'],
  'script.server': ['try.script.server', COPY],
  'script.classic': ['try.script.classic', COPY],
  'script.integrity': ['try.script.integrity', COPY],
  'script.gone': ['try.script.gone', COPY],
  'script.old': ['try.script.old', COPY],
  'script.too-long': ['try.script.tooLong', 'try.cure.look'],
  'script.unreadable': ['try.script.unreadable', 'try.cure.look'],
  'tag.element': ['try.tag.element'],
  'tag.division': ['try.tag.division'],
  'tag.frame': ['try.tag.frame'],
  'tag.link': ['try.tag.link'],
  'tag.missing': ['try.tag.missing', COPY],
  'tag.template': ['try.tag.template', COPY],
  'tag.text': ['try.tag.text', COPY],
  'tag.comment': ['try.tag.comment', COPY],
  'tag.shortcode': ['try.tag.shortcode', 'try.cure.plugin'],
  'tag.curly': ['try.tag.curly', QUOTES],
  'tag.empty': ['try.tag.empty', 'try.tag.name.cure'],
  'tag.name': ['try.tag.name', 'try.tag.name.cure'],
  'tag.api': ['try.tag.api', 'try.tag.api.cure'],
  'tag.blocked': ['try.tag.blocked', 'try.cure.consent'],
  'tag.server': ['try.tag.server', COPY],
  'tag.sandbox': ['try.tag.sandbox', 'try.tag.sandbox.cure'],
  'tag.several': ['try.tag.several', 'try.tag.several.cure'],
  'tag.too-long': ['try.script.tooLong', 'try.cure.look'],
  'policy.good': ['try.policy.good'],
  'policy.none': ['try.policy.none'],
  'policy.script': ['try.policy.script', ADD],
  'policy.strict': ['try.policy.strict', 'try.policy.strict.cure'],
  'policy.connect': ['try.policy.connect', ADD],
  'policy.frame': ['try.policy.frame', ADD],
  'policy.types': ['try.policy.types', ADD],
  'policy.sandbox': ['try.policy.sandbox', ADD],
  'policy.isolated': ['try.policy.isolated', 'try.policy.isolated.cure'],
  'mixed.good': ['try.mixed.good'],
  'mixed.bad': ['try.mixed.bad', 'try.mixed.bad.cure'],
  'popup.opener': ['try.popup.opener', 'try.popup.cure'],
  'popup.policy': ['try.popup.policy', 'try.popup.cure'],
};

/** How a line is marked. */
export const STATES = { good: 'try.good', bad: 'try.bad', unknown: 'try.unknown' } as const;

/** How an address differs from the nearest one that is registered. */
export const DIFFERENCES: Readonly<Record<string, Key>> = {
  scheme: 'try.diff.scheme',
  www: 'try.diff.www',
  dot: 'try.diff.dot',
  port: 'try.diff.port',
  accent: 'try.diff.accent',
  spelling: 'try.diff.spelling',
  case: 'try.diff.case',
  path: 'try.diff.path',
};
