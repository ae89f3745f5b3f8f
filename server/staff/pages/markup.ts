// What stands of us in a page's HTML, read by a parser that follows the standard: scripts, tags, frames, links, and what is
// there but cannot work (in a comment, in a template, as text).
import { type DefaultTreeAdapterTypes, parse, defaultTreeAdapter as tree } from 'parse5';

type Node = DefaultTreeAdapterTypes.Node;
type Element = DefaultTreeAdapterTypes.Element;
type Attributes = Readonly<Record<string, string>>;

/** A `<script>` whose address, or an attribute that took its place, is our file's. */
export interface OurScript {
  attributes: Attributes;
  /** The address as it is written. */
  src: string;
  /** Where it stands; a plugin that asks for consent leaves `src` empty, and keeps the address in another. */
  heldIn: string;
}
export interface OurTag {
  form: 'element' | 'division' | 'frame';
  attributes: Attributes;
  /** The regroupement's, as it is written; a frame has it in its address. */
  name: string;
  /** A frame's address, and the attribute that it stands in. */
  src?: string;
  heldIn?: string;
  /** In a `<template>`: it is not part of the page. */
  inert: boolean;
}
export interface Markup {
  base: string | null;
  scripts: OurScript[];
  tags: OurTag[];
  /** Links to the hosted page, by their address. */
  links: string[];
  /** Policies of `<meta>` in the head. */
  policies: string[];
  /** Where something of ours stands that no browser runs. */
  asComment: { script: boolean; tag: boolean };
  asText: { snippet: boolean; shortcode: boolean };
  /** A script in the page names our file: it may load it. */
  inline: boolean;
}

const FILE = /\/amisgest-pay\.js(?=["'”“»″]?(?:[?#]|$))/;
const IN_TEXT = /<\/?amisgest-pay\b|\/amisgest-pay\.js\b/;
const HOSTED = /\/p\/[a-z0-9-]+\/?["'”“»″]?(?:[?#]|$)/;
/** Elements whose text nobody reads. */
const UNREAD = ['script', 'style', 'noscript', 'template', 'textarea', 'title'];

/** So many of each kind are kept, and so much of what each says: they are compared with each other, while others wait. */
const MOST = 20;
const MOST_CHARACTERS = 2_000;
/** A large site's has some 8,000. */
const MOST_OF_POLICY = 16_000;

/** Reads the whole page; time and memory grow with it, for a page made to that end faster than its size. */
export function markupOf(html: string): Markup {
  const found: Markup = {
    ...{ base: null, scripts: [], tags: [], links: [], policies: [], inline: false },
    asComment: { script: false, tag: false },
    asText: { snippet: false, shortcode: false },
  };
  // Without recursion: somebody's page may be as deep as it is long.
  const waiting: { node: Node; inert: boolean; parent: string }[] = [
    { node: parse(html), inert: false, parent: '' },
  ];
  for (let at = waiting.pop(); at !== undefined; at = waiting.pop()) {
    const { node, inert, parent } = at;
    if (tree.isCommentNode(node)) noteComment(found, node.data);
    else if (tree.isTextNode(node)) noteText(found, node.value, parent);
    else if (tree.isElementNode(node)) noteElement(found, node, inert, parent);
    const isTemplate = tree.isElementNode(node) && node.tagName === 'template';
    const inside = isTemplate ? tree.getTemplateContent(node as DefaultTreeAdapterTypes.Template) : node;
    if (!('childNodes' in inside)) continue;
    const name = tree.isElementNode(node) ? node.tagName : parent;
    for (const child of inside.childNodes.toReversed())
      waiting.push({ node: child, inert: inert || isTemplate, parent: name });
  }
  return found;
}

function noteComment(found: Markup, text: string): void {
  if (FILE.test(text) || text.includes('amisgest-pay.js')) found.asComment.script = true;
  if (/<amisgest-pay\b|data-amisgest-pay/.test(text)) found.asComment.tag = true;
}

function noteText(found: Markup, text: string, parent: string): void {
  if (parent === 'script' && text.includes('amisgest-pay.js')) found.inline = true;
  if (UNREAD.includes(parent)) return;
  if (IN_TEXT.test(text)) found.asText.snippet = true;
  if (/\[amisgest_pay\b/.test(text)) found.asText.shortcode = true;
}

function keep<Item>(list: Item[], item: Item): void {
  if (list.length < MOST) list.push(item);
}

function noteElement(found: Markup, element: Element, inert: boolean, parent: string): void {
  const most = element.tagName === 'meta' ? MOST_OF_POLICY : MOST_CHARACTERS;
  const attributes: Attributes = Object.fromEntries(
    element.attrs.map(({ name, value }) => [name, value.slice(0, most)]),
  );
  const { tagName } = element;
  if (tagName === 'base' && found.base === null && attributes.href !== undefined)
    found.base = attributes.href;
  if (
    tagName === 'meta' &&
    parent === 'head' &&
    /^content-security-policy$/i.test(attributes['http-equiv'] ?? '')
  )
    keep(found.policies, attributes.content ?? '');
  const division = attributes['data-amisgest-pay'];
  if (tagName === 'amisgest-pay')
    keep(found.tags, { form: 'element', attributes, inert, name: attributes.regroupement ?? '' });
  else if (division !== undefined) keep(found.tags, { form: 'division', attributes, inert, name: division });
  if (tagName === 'script' && !inert) noteScript(found, attributes);
  if (tagName === 'iframe') noteFrame(found, attributes, inert);
  if (tagName === 'a' && HOSTED.test(attributes.href ?? '')) keep(found.links, attributes.href ?? '');
}

function noteScript(found: Markup, attributes: Attributes): void {
  const heldIn = holderOf(attributes, FILE);
  if (heldIn !== undefined) keep(found.scripts, { attributes, src: attributes[heldIn] ?? '', heldIn });
}

function noteFrame(found: Markup, attributes: Attributes, inert: boolean): void {
  const heldIn = holderOf(attributes, HOSTED);
  if (heldIn === undefined) return;
  const src = attributes[heldIn] ?? '';
  const name = /\/p\/([a-z0-9-]+)/.exec(src)?.[1] ?? '';
  keep(found.tags, { form: 'frame', attributes, inert, name, src, heldIn });
}

/** The attribute that holds such an address: `src` where it does. */
function holderOf(attributes: Attributes, address: RegExp): string | undefined {
  if (address.test(attributes.src ?? '')) return 'src';
  return Object.keys(attributes).find((name) => name.includes('src') && address.test(attributes[name] ?? ''));
}
