// One file for what « Mon compte » needs.
export { MyAccount } from './my-account.ts';
export { myAccountScreen } from './pages.ts';
