import 'amisgest-pay/preact';
import type { AmisgestPayElement } from 'amisgest-pay';
import { useRef } from 'preact/hooks';

export function Page() {
  const element = useRef<AmisgestPayElement>(null);
  return (
    <amisgest-pay
      ref={element}
      id="payer"
      class="large"
      style={{ maxWidth: 640 }}
      regroupement="petits-bouleaux"
      api="https://pay.example.org"
      lang="en-CA"
      checkout="popup"
      onamisgest-pay-paid={(event) => console.log(event.amountCents.toFixed(0), event.currency)}
      onamisgest-pay-step={({ screen }) => console.log(screen === 'detail')}
      onClick={() => element.current?.regroupement.toUpperCase()}
    >
      <a href="https://pay.example.org/p/petits-bouleaux">Payer mes assurances</a>
      <h2 slot="header">Les Petits Bouleaux</h2>
    </amisgest-pay>
  );
}

// @ts-expect-error there is no such way to pay
export const cash = <amisgest-pay regroupement="petits-bouleaux" checkout="cash" />;
// @ts-expect-error nor such a language
export const german = <amisgest-pay regroupement="petits-bouleaux" lang="de" />;
// @ts-expect-error it must be said who is paid
export const nobody = <amisgest-pay lang="fr-CA" />;
// @ts-expect-error a word that is written otherwise
export const misspelt = <amisgest-pay regroupement="petits-bouleaux" chekout="popup" />;
// @ts-expect-error only the server's own page may
export const hosted = <amisgest-pay regroupement="petits-bouleaux" hosted />;
// @ts-expect-error nothing personal is in it
export const personal = <amisgest-pay regroupement="petits-bouleaux" onamisgest-pay-paid={(event) => event.email} />;
