// A file of the server's, as the browser keeps it.
import type { Desk } from './desk.ts';

/** Fetches it and saves it under this name. Throws CallProblem. */
export async function download({ raw }: Pick<Desk, 'raw'>, path: string, name: string): Promise<void> {
  const answer = await raw({ method: 'GET', path });
  const link = document.createElement('a');
  link.href = URL.createObjectURL(await answer.blob());
  link.download = name;
  link.click();
  URL.revokeObjectURL(link.href);
}
