'use client';
import 'amisgest-pay/react';

export default function Page() {
  return (
    <amisgest-pay regroupement="petits-bouleaux" api="https://pay.example.org">
      <a href="https://pay.example.org/p/petits-bouleaux">Payer mes assurances</a>
    </amisgest-pay>
  );
}
