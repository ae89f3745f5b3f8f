// A list on paper: all of it, and not only the hundreds that she looks at.
import type { Fetched } from './fetched.ts';

/** `more`: says that the list is to read every page. */
export async function printAll(
  list: Fetched<{ next?: string | undefined }>,
  more: () => void,
): Promise<void> {
  if (list.value?.next !== undefined) {
    more();
    await list.load();
  }
  // Once it is drawn.
  requestAnimationFrame(() => print());
}
