// One file for what « Mon compte » needs.
export { Desk } from './my-account.ts';
export { accountScreen } from './pages.ts';
