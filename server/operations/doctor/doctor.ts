// Whether a production is set up as it must be: looks at the settings, the machine and everything beyond it that a payment
// passes, and changes nothing but the mailbox that it writes to.
import type { Deps } from '../../deps.ts';
import type { Finding } from './finding.ts';
import { lookAtBackups, lookAtDisk, lookAtModes } from './machine.ts';
import { lookAtClock, lookAtDoor, lookAtMail, lookAtTls } from './outside.ts';
import { lookAtDatabase, lookAtRegroupements } from './regroupements.ts';
import { lookAtSettings } from './settings.ts';

/** What is looked at. */
export interface Patient {
  deps: Deps;
  /** The settings' folder, and the database's where that is a file. */
  dataDir: string;
  /** Where copies of the database go, if that is said. */
  backups: string | undefined;
  /** Who gets the message that is sent to try the mail. */
  mailTo: string;
}

/** Looks at everything, in the order in which one cures it, and tells each thing as it is found. */
export async function* examine(patient: Patient): AsyncGenerator<Finding> {
  const { deps } = patient;
  yield* lookAtSettings(deps.config);
  const database = await lookAtDatabase(deps);
  yield database;
  yield lookAtDisk(patient);
  yield lookAtModes(patient);
  yield lookAtBackups(patient);
  yield await lookAtClock(deps);
  yield await lookAtTls(deps.config.publicUrl, deps.now());
  yield await lookAtDoor(deps);
  yield await lookAtMail(deps, patient.mailTo);
  // Another schema than this program's may lack what it would read.
  if (database.cure === undefined) yield* lookAtRegroupements(deps);
}
