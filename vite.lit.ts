// What is changed in Lit's packages as they are published: so that a page has room for us beside another Lit, and so that
// a phone loads of Lit only what our templates and our one element use. A change that finds nothing to do ends the
// build: a new version of Lit must not take a promise of ours with it unseen.
import type { Plugin } from 'vite';

/** What, by what, in how many files. */
type Changes = readonly (readonly [found: string | RegExp, put: string, files: number])[];

const GUEST: Changes = [
  // A Trusted Types policy of its own: with the stock name, the widget would break wherever another Lit is on the
  // page, and every host would have to allow `lit-html`.
  ['createPolicy("lit-html"', 'createPolicy("amisgest-pay"', 1],
  // Where it must write <style>, on phones that adopt no sheets, it does so under the nonce of the page's script.
  [/\w+\.litNonce/, 'document.querySelector("script[nonce]")?.nonce', 1],
  // No global names: they serve to warn of several versions of Lit, which concern nobody here, and decorators, which
  // we have none of.
  [/\(\w+\.\w+Versions\?\?=\[\]\)\.push\("[\d.]+"\)/, '0', 3],
  [/Symbol\.metadata\?\?=Symbol\("metadata"\),\w+\.litPropertyMetadata\?\?=new WeakMap/, '0', 1],
  [/const t=this\[Symbol\.metadata\];if\(null!==t\)\{.*?\}(?=this\._\$Eh=)/, '', 1],
  [/\w+\.\w+PolyfillSupport/, 'void 0', 3],
  [/\w+\.litElementHydrateSupport\?\.\(\{LitElement:\w+\}\)/, '0', 1],
];

/** What the payers' templates do without; `checkTemplates` refuses one that would need it. */
const PLAIN_TEMPLATES: Changes = [
  ['Error("invalid template strings array")', 'Error()', 1],
  // Directives, and what only they ask of a part: to leave a value as it is, to be told of its end.
  [/function M\(t,i,s=t,e\)\{.*?,i\}(?=class)/, 'const M=(t,i)=>i;', 1],
  ['if((t=M(this,t,i,0)??A)===E)return;', 't??=A;', 1],
  ['r===E&&(r=this._$AH[n]),', '', 1],
  ['&&t!==E', '', 1],
  [/get _\$AU\(\)\{.*?\}/g, '', 1],
  [/get parentNode\(\)\{(?:let.*?,t|return.*?)\}/g, '', 1],
  [/get startNode\(\)\{.*?\}get endNode\(\)\{.*?\}/, '', 1],
  [/get tagName\(\)\{.*?\}/, '', 1],
  [/setConnected\(t\)\{.*?\}(?=\}class)/, '', 1],
  [',this._$Cv=e?.isConnected??!0', '', 1],
  ['this._$AP?.(!1,!0,s);', ';', 1],
  [/this\._\$AN=void 0,/g, '', 1],
  [/this\.type=[12],/g, '', 1],
  [/constructor\(\)\{super\(\.\.\.arguments\),this\.type=[34]\}/g, '', 1],
  ['constructor(t,i,s,e,h){super(t,i,s,e,h),this.type=5}', '', 1],
  // `<p ${…}>` and `.property=${…}`.
  [':6===r.type&&(i=new Z(h,this,t))', ':0', 1],
  ['else t.startsWith(o)&&(d.push({type:6,index:l}),r.removeAttribute(t))', '', 1],
  ['"."===e[1]?I:', '', 1],
  // Comments; the texts of <script>, <style>, <textarea> and <title>.
  ['"!--"===u[1]?c=_:', '', 1],
  ['c===_||c===m?', 'c===m?', 1],
  [/if\(r\.data===n\)(d\.push\(.*?\));else\{.*?\}(?=l\+\+)/, 'r.data===n&&$1;', 1],
  [/if\(y\.test\(r\.tagName\)\)\{.*?\}(?=\}else if\(8)/, '', 1],
  ['y.test(u[2])&&(n=RegExp("</"+u[2],"g")),', '', 1],
  ['c=n??v,', 'c=v,', 1],
  ['c=p,n=void 0)', 'c=p)', 1],
  // Drawings that begin inside an <svg>, formulas; templates that were compiled.
  ['2===i?"<svg>":3===i?"<math>":""', '""', 1],
  ['+(2===i?"</svg>":3===i?"</math>":"")', '', 1],
  [/,2===i\|\|3===i\)\{.*?\}(?=for\()/, ',0);', 1],
  [/const\{values:i,_\$litType\$:s\}=t,e=.*?;(?=if)/, 'const{values:i}=t,e=this._$AC(t);', 1],
  // Options of `render`, and of a listener.
  [
    /const e=s\?\.renderBefore\?\?i;let h=e\._\$litPart\$;.*?return h\._\$AI\(t\),h\}/,
    'return(i._$litPart$??=new k(i.insertBefore(c(),null),null))._$AI(t)}',
    1,
  ],
  ['(t?.creationScope??l)', 'l', 1],
  ['this.options?.host??this.element', 'this.element', 1],
  [/,this\.options=e(?=\})|,this\.options=h(?=,)|,this\.options(?=\))/g, '', 1],
  ['||t.capture!==s.capture||t.once!==s.once||t.passive!==s.passive', '', 1],
  ['"function"==typeof this._$AH?', '', 1],
  [':this._$AH.handleEvent(t)', '', 1],
];

/** What the payers' element does without: values that are no texts or yes and no, controllers, decorators, defaults. */
const PLAIN_ELEMENT: Changes = [
  [/addController\(\w\)\{.*?\}removeController\(\w\)\{.*?\}/, '', 1],
  [/this\._\$EO\?\.forEach\(\w=>\w\.host\w+\?\.\(\)\)/g, '0', 1],
  [/static addInitializer\(t\)\{.*?\}(?=static)/, '', 1],
  ['void 0!==t.l&&(this.l=[...t.l]),', '', 1],
  [',this.constructor.l?.forEach(t=>t(this))', '', 1],
  ['s.state&&(s.attribute=!1),', '', 1],
  ['(t,s),!s.noAccessor)', '(t,s))', 1],
  ['...r(t),...o(t)', '...r(t)', 1],
  // A property's attribute bears its name.
  [/(static _\$Eu\(t,s\)\{).*?\}/, '$1return t.toLowerCase()}', 1],
  [/u=\{toAttribute.*?\}\}(?=,f=)/, 'u=0', 1],
  [/const h=\(void 0!==i\.converter.*?\.toAttribute\(s,i\.type\)/, 'const h=s', 1],
  [/,h="function"==typeof t\.converter.*?:u;/, ';', 1],
  ['h.fromAttribute(s,t.type)', 't.type?null!==s:s', 1],
  [',type:String,converter:u,reflect:!1,useDefault:!1,hasChanged:f', '', 1],
  [/!\(\(i\.hasChanged\?\?f\)\(h,s\)\|\|.*?\(t,i\)\)\)\)return/, '!f(h,s))return', 1],
  ['r??this._$Ej?.get(e)??r', 'r', 1],
  ['{useDefault:i,reflect:e,wrapped:h},r){', '{reflect:e}){', 1],
  [/i&&!\(this\._\$Ej\?\?=.*?void 0!==r\)\|\|\((?=this\._\$AL)/, '(', 1],
  ['this.hasUpdated||i||', 'this.hasUpdated||', 1],
  ['void 0,i,e)}', 'void 0,i)}', 1],
  // To put off an update, or to do without; to hear of the first.
  ['const t=this.scheduleUpdate();return null!=t&&await t,!', 'return this.performUpdate(),!', 1],
  ['scheduleUpdate(){return this.performUpdate()}', '', 1],
  [
    /let t=!1;(const s=this\._\$AL;try\{).*?(this\.willUpdate\(s\),).*?(this\.update\(s\)).*?\}catch.*?t&&/,
    '$1$2$3}catch(t){throw this._$$EM(),t}',
    1,
  ],
  ['shouldUpdate(t){return!0}', '', 1],
  ['this.hasUpdated||(this.hasUpdated=!0,this.firstUpdated(t)),', 'this.hasUpdated=!0,', 1],
  ['firstUpdated(t){}', '', 1],
  // One style sheet, as it stands.
  [/if\(Array\.isArray\(s\)\)\{.*?\}else void 0!==s&&/, '', 1],
  [/(c=)e\?t=>t:t=>.*?\(t\):t;/, '$1t=>t;', 1],
  [/if\(this\._\$cssResult\$=!0,o!==s\)throw Error\(".*?"\);/, '', 1],
  [/i=\(t,\.\.\.e\)=>\{.*?return new n\(o,t,s\)\}/, 'i=t=>new n(t[0])', 1],
  [
    /get styleSheet\(\)\{.*?return t\}/,
    'get styleSheet(){e&&!this.o&&(this.o=new CSSStyleSheet).replaceSync(this.cssText);return this.o}',
    1,
  ],
  ['this.cssText=t,this.t=e', 'this.cssText=t', 1],
  ['toString(){return this.cssText}', '', 1],
];

/** What `PLAIN_TEMPLATES` has taken away: directives, `.property=${…}`, `<p ${…}>`, comments, texts that Lit reads apart. */
const NOT_PLAIN =
  /from ?['"]lit\/|\s\.\w+=\$\{|<[a-z]\w*(?:\s+[\w@?.-]+=(?:"[^"]*"|\$\{[^}]*\}))*\s+\$\{|<!--|<\/(?:script|style|textarea|title)\b/;

/** Lit as the payers' element has it, or as the staff's page has it (`whole`); and how many files each change was made in. */
export function litChanges({ whole = false } = {}) {
  const changes = whole ? GUEST : [...GUEST, ...PLAIN_TEMPLATES, ...PLAIN_ELEMENT];
  const made = changes.map(() => 0);
  return {
    reset: () => void made.fill(0),
    change(code: string): string {
      return changes.reduce((before, [found, put], i) => {
        const after =
          typeof found === 'string' ? before.replace(found, () => put) : before.replace(found, put);
        if (after !== before) made[i] = (made[i] ?? 0) + 1;
        return after;
      }, code);
    },
    /** What was not found as often as it should. */
    missed: () =>
      changes.flatMap(([found, , files], i) =>
        made[i] === files ? [] : [`${found} was found in ${made[i]} of Lit's files, not ${files}`],
      ),
  };
}

/** Makes our bundle's Lit a guest. `whole`: with all that Lit can do. */
export function guestLit({ whole = false } = {}): Plugin {
  const lit = litChanges({ whole });
  return {
    name: 'guest-lit',
    buildStart: lit.reset,
    transform(code, id) {
      if (/\/(lit-html|lit-element|reactive-element)\//.test(id))
        return { code: lit.change(code), map: null };
      if (!whole && /\/widget\/(?!locales)/.test(id)) {
        const [needed] = NOT_PLAIN.exec(code) ?? [];
        if (needed !== undefined) this.error(`${id}: ${needed} needs what vite.lit.ts takes out of Lit`);
      }
      return null;
    },
    buildEnd(error) {
      if (error === undefined) for (const one of lit.missed()) this.error(one);
    },
  };
}
