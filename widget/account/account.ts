// One file for what « Mon compte » needs.
export { Desk } from './desk.ts';
export { accountScreen } from './screens.ts';
