// Whether an address is registered, and which registered one it was meant to be.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Regroupement } from '../../../server/regroupements/regroupements.ts';
import { registrationOf } from '../../../server/staff/pages/registration.ts';

const PAGES = [
  'https://www.petits-bouleaux.example/assurances/payer',
  'https://garderie-%C3%A9t%C3%A9.example/',
  'http://localhost:8787/',
].map((page) => new URL(page.replace('garderie-%C3%A9t%C3%A9', 'garderie-été')).href);
const regroupement = {
  slug: 'petits-bouleaux',
  pages: PAGES,
  origins: PAGES.map((page) => new URL(page).origin),
} as unknown as Regroupement;
const of = (address: string) => registrationOf(regroupement, 'https://pay.example', new URL(address));
const WWW = 'https://www.petits-bouleaux.example';

test('a registered page, what is below it, and another writing of the same', () => {
  for (const address of [
    `${WWW}/assurances/payer`,
    `${WWW}/assurances/payer/`,
    `${WWW}/assurances/payer/2026?lang=fr`,
    'HTTPS://WWW.Petits-Bouleaux.EXAMPLE:443/assurances/payer',
    'https://garderie-été.example/n-importe',
    'https://xn--garderie-t-j7ab.example/',
    'http://localhost:8787/',
  ])
    assert.deepEqual(of(address), { registered: true, hosted: false }, address);
});

test('the hosted page needs no registration', () => {
  assert.deepEqual(of('https://pay.example/p/petits-bouleaux'), { registered: true, hosted: true });
});

const NEARLY: readonly [address: string, nearest: string, differences: string[]][] = [
  ['https://petits-bouleaux.example/assurances/payer', `${WWW}/assurances/payer`, ['www']],
  ['http://www.petits-bouleaux.example/assurances/payer', `${WWW}/assurances/payer`, ['scheme']],
  ['http://petits-bouleaux.example/assurances/payer?a=1', `${WWW}/assurances/payer?a=1`, ['www', 'scheme']],
  ['https://www.petits-bouleaux.example./assurances/payer', `${WWW}/assurances/payer`, ['dot']],
  ['https://www.petits-bouleaux.example:8443/assurances/payer', `${WWW}/assurances/payer`, ['port']],
  [`${WWW}/Assurances/Payer`, `${WWW}/assurances/payer`, ['case']],
  [`${WWW}/`, `${WWW}/assurances/payer`, ['path']],
  [`${WWW}/assurances/payer-2`, `${WWW}/assurances/payer`, ['path']],
  ['https://garderie-ete.example/', 'https://xn--garderie-t-j7ab.example/', ['accent']],
  ['https://www.petit-bouleaux.example/assurances/payer', `${WWW}/assurances/payer`, ['spelling']],
  ['http://localhost:8788/', 'http://localhost:8787/', ['port']],
];
for (const [address, nearest, differences] of NEARLY)
  test(`${address} is nearly ${nearest}: ${differences}`, () => {
    assert.deepEqual(of(address), { registered: false, nearest, differences });
  });

test('another site, and a part of a name, are nothing like it', () => {
  for (const address of [
    'https://evil.example/',
    'https://petits-bouleaux.evil.test/',
    'https://bouleaux.example/',
    'http://127.0.0.1:8787/',
  ])
    assert.deepEqual(of(address), { registered: false, nearest: null, differences: [] }, address);
});
