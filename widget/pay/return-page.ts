// The regroupement's own page, on which she asked for an account before an e-mail brought her to the hosted page: the way
// back is offered there until the tab is closed, also after PayPal, which is another load of the page.

/** Keeps `page` for the regroupement at `base`; gives what is kept, which stays when `page` is null. */
export function keepReturnPage(base: string, page: string | null): string | null {
  const key = `${base} page`;
  try {
    if (page !== null) sessionStorage.setItem(key, page);
    return sessionStorage.getItem(key);
  } catch {
    // Storage refused: the way back lasts as long as this page.
    return page;
  }
}
