import 'amisgest-pay/solid';
import type { AmisgestPayElement } from 'amisgest-pay';

export function Page() {
  let element: AmisgestPayElement | undefined;
  return (
    <amisgest-pay
      ref={element}
      id="payer"
      class="large"
      style={{ 'max-width': '640px' }}
      regroupement="petits-bouleaux"
      api="https://pay.example.org"
      prop:lang="en-CA"
      checkout="popup"
      on:amisgest-pay-paid={(event) => console.log(event.amountCents.toFixed(0), event.currency)}
      on:amisgest-pay-step={({ screen }) => console.log(screen === 'detail')}
      onClick={() => element?.regroupement.toUpperCase()}
    >
      <a href="https://pay.example.org/p/petits-bouleaux">Payer mes assurances</a>
      <h2 slot="header">Les Petits Bouleaux</h2>
    </amisgest-pay>
  );
}

// @ts-expect-error there is no such way to pay
export const cash = <amisgest-pay regroupement="petits-bouleaux" checkout="cash" />;
// @ts-expect-error nor such a language
export const german = <amisgest-pay regroupement="petits-bouleaux" prop:lang="de" />;
// @ts-expect-error it must be said who is paid
export const nobody = <amisgest-pay lang="fr-CA" />;
// @ts-expect-error a word that is written otherwise
export const misspelt = <amisgest-pay regroupement="petits-bouleaux" chekout="popup" />;
// @ts-expect-error only the server's own page may
export const hosted = <amisgest-pay regroupement="petits-bouleaux" hosted />;
// @ts-expect-error nothing personal is in it
export const personal = <amisgest-pay regroupement="petits-bouleaux" on:amisgest-pay-paid={(event) => event.email} />;
