// « Safari, iPhone »: as much of a User-Agent as a person needs to tell her phone from her computer. The rest of it is
// kept nowhere.

// In this order: nearly every browser also claims to be an older one.
const BROWSERS = [
  ['Facebook', /FBA[NV]\//],
  ['Edge', /Edg(e|A|iOS)?\//],
  ['Samsung Internet', /SamsungBrowser\//],
  ['Firefox', /Firefox\/|FxiOS\//],
  ['Opera', /OPR\//],
  ['Chrome', /Chrome\/|CriOS\//],
  ['Safari', /Safari\/|AppleWebKit\//],
] as const;
const DEVICES = [
  ['iPhone', /iPhone/],
  ['iPad', /iPad/],
  ['Android', /Android/],
  ['Chromebook', /CrOS/],
  ['Windows', /Windows/],
  ['Mac', /Macintosh/],
  ['Linux', /Linux/],
] as const;

/** The browser's and the device's name, from closed lists: never what the header itself says. Empty when unknown. */
export function browserName(userAgent: string | undefined): string {
  const known = (list: readonly (readonly [string, RegExp])[]) =>
    list.find(([, pattern]) => pattern.test(userAgent ?? ''))?.[0];
  return [known(BROWSERS), known(DEVICES)].filter((name) => name !== undefined).join(', ');
}
