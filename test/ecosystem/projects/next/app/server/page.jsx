// Without 'use client': a component of the server imports it.
import 'amisgest-pay';

export default function Page() {
  return <amisgest-pay regroupement="petits-bouleaux" api="https://pay.example.org" />;
}
