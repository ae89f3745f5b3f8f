// The screens of the page, in the order of the menu; each is loaded when it is first opened.
import type { Permission } from '../../server/staff/roles.ts';
import type { ScreenModule } from './desk.ts';
import type { Key } from './words.ts';

export interface ScreenEntry {
  /** In the address: `#dossier/…`. */
  name: string;
  /** In the menu; without one it is reached from elsewhere. */
  label?: Key;
  /** How many things wait stands beside it. */
  waits?: true;
  /** Who sees it. */
  permission: Permission;
  load(): Promise<ScreenModule>;
}

/** The first one is where she arrives. */
export const SCREENS: readonly ScreenEntry[] = [
  { name: 'aujourdhui', label: 'nav.today', permission: 'read', load: () => import('./screens/today.ts') },
  {
    name: 'a-traiter',
    label: 'nav.work',
    waits: true,
    permission: 'read',
    load: () => import('./screens/work.ts'),
  },
  { name: 'recherche', label: 'nav.search', permission: 'read', load: () => import('./screens/search.ts') },
  { name: 'dossier', permission: 'read', load: () => import('./screens/holder.ts') },
  {
    name: 'paiements',
    label: 'nav.payments',
    permission: 'read',
    load: () => import('./screens/payments.ts'),
  },
  { name: 'depots', label: 'nav.deposits', permission: 'read', load: () => import('./screens/deposits.ts') },
  {
    name: 'importer',
    label: 'nav.imports',
    permission: 'import',
    load: () => import('./screens/imports.ts'),
  },
  {
    name: 'essayer',
    label: 'nav.tryPage',
    permission: 'record',
    load: () => import('./screens/settings/try-page.ts'),
  },
  {
    name: 'utilisateurs',
    label: 'nav.people',
    permission: 'vault',
    load: () => import('./screens/people.ts'),
  },
  {
    name: 'parametres',
    label: 'nav.settings',
    permission: 'settings',
    load: () => import('./screens/settings.ts'),
  },
  { name: 'profil', label: 'nav.profile', permission: 'read', load: () => import('./screens/profile.ts') },
];
