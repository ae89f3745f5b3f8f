// The code that a QR on her invoice brings to the hosted page (`#certificat=…`).
const DAY = 86_400_000;
const key = () => `amisgest-pay ${location.pathname}`;

/** Taken out of the address; or the one of the last day, since creating an account sends her to her mailbox and back. */
export function takeInvoiceCode(): string {
  const given = new URLSearchParams(location.hash.slice(1)).get('certificat') ?? '';
  if (given !== '') history.replaceState(history.state, '', location.pathname + location.search);
  try {
    if (given !== '') localStorage.setItem(key(), `${Date.now()} ${given}`);
    const [at = '', kept = ''] = localStorage.getItem(key())?.split(' ') ?? [];
    return Date.now() - Number(at) < DAY ? kept : forgetInvoiceCode();
  } catch {
    // Storage refused: it holds for this page.
    return given;
  }
}

/** It has opened her file, or she leaves. Answers what is left. */
export function forgetInvoiceCode(): '' {
  try {
    localStorage.removeItem(key());
  } catch {
    // Nothing was kept.
  }
  return '';
}
