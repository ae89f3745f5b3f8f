// Runs first on the policy test's page: notes what the policy refused, and takes the stock Lit policy's name.
document.addEventListener('securitypolicyviolation', ({ violatedDirective, blockedURI }) => {
  document.documentElement.dataset.violations = `${document.documentElement.dataset.violations ?? ''}${violatedDirective} ${blockedURI}; `;
});
globalThis.trustedTypes?.createPolicy('lit-html', { createHTML: (html) => html });
