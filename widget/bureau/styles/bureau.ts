// The look of the staff's page, a file a part; later ones may stand on earlier ones.
import { dialogStyles } from './dialogs.ts';
import { fileStyles } from './file.ts';
import { gateStyles } from './gates.ts';
import { importStyles } from './imports.ts';
import { listStyles } from './lists.ts';
import { manualStyles } from './manual.ts';
import { pageStyles } from './page.ts';
import { printStyles } from './print.ts';
import { searchStyles } from './search.ts';
import { settingsStyles } from './settings.ts';
import { shellStyles } from './shell.ts';
import { todayStyles } from './today.ts';
import { tryPageStyles } from './try-page.ts';
import { workStyles } from './work.ts';

export const bureauStyles = [
  pageStyles,
  gateStyles,
  shellStyles,
  searchStyles,
  fileStyles,
  listStyles,
  dialogStyles,
  manualStyles,
  workStyles,
  todayStyles,
  importStyles,
  tryPageStyles,
  settingsStyles,
  printStyles,
];
