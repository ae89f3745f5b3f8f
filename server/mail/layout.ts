// One plain layout for every message, as text and as HTML: sentences, one button whose address also stands in clear,
// facts as a table. No image, no script, nothing fetched. Everything is escaped.
import { html } from 'hono/html';
import type { Lang } from '../fields.ts';
import { phone } from '../format.ts';
import type { Regroupement } from '../regroupements/regroupements.ts';
import { keep, words } from '../untranslated.ts';

export type Part =
  | { text: string }
  | { link: string; label: string }
  | { facts: (readonly [string, string])[] };

/** The two bodies of a message, signed by the regroupement with the contact that the law on e-mail asks for (LCAP). */
export function layout(
  title: string,
  parts: readonly Part[],
  regroupement: Regroupement,
  lang: Lang,
): { text: string; html: string } {
  const footer = [
    regroupement.name,
    regroupement.address,
    phone(regroupement.phone, lang),
    regroupement.email,
  ].join(' · ');
  const privacy =
    lang === 'fr-CA'
      ? `Renseignements personnels\u00a0: ${regroupement.privacyTitle}, ${regroupement.privacyEmail}`
      : `Personal information: ${regroupement.privacyTitle}, ${regroupement.privacyEmail}`;
  return {
    text: `${parts.map((part) => asText(part, lang)).join('\n\n')}\n\n--\n${footer}\n${privacy}\n`,
    html: String(html`<!doctype html>
<html lang="${lang}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${title}</title></head>
<body style="margin:0;background:#f2f4f7">
<div style="max-width:560px;margin:0 auto;padding:24px 16px;font:17px/1.55 Arial,Helvetica,sans-serif;color:#1b2430">
<div style="background:#fff;border-radius:8px;padding:24px">
<p translate="no" style="margin:0 0 20px;font-weight:bold">${regroupement.name}</p>
${parts.map(asHtml)}
</div>
<p style="font-size:14px;color:#4d5866;margin:16px 8px 0"><span translate="no">${footer}</span><br>${words(privacy)}</p>
</div></body></html>`),
  };
}

/** A part as plain text. */
export function asText(part: Part, lang: Lang): string {
  const colon = lang === 'fr-CA' ? '\u00a0:' : ':';
  if ('text' in part) return part.text;
  if ('link' in part) return `${part.label}${colon}\n${part.link}`;
  return part.facts.map(([name, value]) => `${name}${colon} ${value}`).join('\n');
}

function asHtml(part: Part) {
  if ('text' in part) return html`<p style="margin:0 0 16px">${words(part.text)}</p>`;
  if ('link' in part) {
    return html`<p style="margin:0 0 8px"><a href="${part.link}" style="display:inline-block;background:#1d4f91;color:#fff;text-decoration:none;font-weight:bold;padding:14px 22px;border-radius:6px">${part.label}</a></p>
<p translate="no" style="margin:0 0 16px;font-size:14px;color:#4d5866;word-break:break-all">${part.link}</p>`;
  }
  return html`<table style="border-collapse:collapse;margin:0 0 16px">${part.facts.map(
    ([name, value]) =>
      html`<tr><th scope="row" style="text-align:left;font-weight:normal;color:#4d5866;padding:3px 16px 3px 0;vertical-align:top">${name}</th><td${keep(value)} style="padding:3px 0">${value}</td></tr>`,
  )}</table>`;
}
