// Whether our tag stands in the page, in whichever form, and whose name it carries.
import { bare } from '../../text.ts';
import { addressIn, type Check, isCurly, type Looked, line, secure } from './check.ts';
import type { OurTag } from './markup.ts';
import { sandboxLacks } from './policy.ts';

export function tagCheck(looked: Looked): Check {
  const live = looked.markup.tags.filter(({ inert }) => !inert);
  if (live.length === 0) return absent(looked);
  const bad = live.map((tag) => faultOf(looked, tag)).find((fault) => fault !== null);
  if (bad) return line('tag', 'bad', bad);
  const [first] = live;
  const params = { form: first?.form ?? '', name: looked.slug };
  return live.length === 1
    ? line('tag', 'good', params)
    : line('tag', 'unknown', { ...params, why: 'several', count: live.length });
}

function absent(looked: Looked): Check {
  const { markup, slug, server, page } = looked;
  const hosted = markup.links.some((written) => {
    const url = addressIn(looked, written);
    return url?.host === server.host && url.pathname.replace(/\/$/, '') === `/p/${slug}`;
  });
  if (hosted) return line('tag', 'good', { form: 'link', name: slug });
  if (markup.tags.length > 0) return line('tag', 'bad', { why: 'template' });
  if (markup.asText.snippet) return line('tag', 'bad', { why: 'text' });
  if (markup.asText.shortcode) return line('tag', 'bad', { why: 'shortcode' });
  if (markup.asComment.tag) return line('tag', 'bad', { why: 'comment' });
  return page.whole ? line('tag', 'bad', { why: 'missing' }) : line('tag', 'unknown', { why: 'too-long' });
}

function faultOf(looked: Looked, tag: OurTag): Check['params'] | null {
  const { slug, server } = looked;
  const name = bare(tag.name);
  if (isCurly(name) || isCurly(tag.src ?? '')) return { why: 'curly' };
  if (name === '') return { why: 'empty', ours: slug };
  if (name !== slug) return { why: 'name', name: name.slice(0, 100), ours: slug };
  if (tag.form === 'frame') return frameFault(looked, tag);
  const api = tag.attributes.api ?? tag.attributes['data-api'];
  const origin = api === undefined ? server.origin : addressIn(looked, api)?.origin;
  return origin === server.origin ? null : { why: 'api', server: origin ?? api ?? '', ours: server.origin };
}

function frameFault(looked: Looked, { src = '', heldIn, attributes }: OurTag): Check['params'] | null {
  const { server } = looked;
  if (heldIn !== 'src') return { why: 'blocked' };
  const written = addressIn(looked, src);
  const url = written !== null && server.protocol === 'https:' ? secure(written) : written;
  if (url?.origin !== server.origin)
    return { why: 'server', server: url?.origin ?? src, ours: server.origin };
  const lacks = sandboxLacks(attributes.sandbox?.split(/\s+/));
  return lacks.length === 0 ? null : { why: 'sandbox', lacks: lacks.join(' ') };
}
