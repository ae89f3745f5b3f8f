import { html, type TemplateResult } from 'lit';

/** An e-mail address in a sentence: a line ends after its @, and elsewhere only where one of its parts is too long. */
export function emailAddress(email: string): TemplateResult {
  const [name, domain] = email.split('@');
  return html`<strong translate="no">${name}@<wbr />${domain}</strong>`;
}
