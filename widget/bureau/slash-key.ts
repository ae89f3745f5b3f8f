// The key that leads to the search field can be turned off (WCAG 2.1.4): some speak to their computer.
const SLASH = 'amisgest-bureau slash';

/** Whether « / » leads to the search field, on this browser. */
export const slashKey = {
  get on(): boolean {
    return stored(SLASH) !== 'off';
  },
  set on(on: boolean) {
    try {
      if (on) localStorage.removeItem(SLASH);
      else localStorage.setItem(SLASH, 'off');
    } catch {
      // It holds for no longer than this.
    }
  },
};
function stored(name: string): string | null {
  try {
    return localStorage.getItem(name);
  } catch {
    return null;
  }
}
