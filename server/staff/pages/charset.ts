// The bytes of a page as text: by what its header says, else by what it says of itself, else as UTF-8.

/** A browser looks for it no further. */
const HEAD_BYTES = 1024;

export async function textOf(bytes: Buffer, contentType: string): Promise<string> {
  const said = /;\s*charset\s*=\s*"?([^\s;"]+)/i.exec(contentType)?.[1];
  const label = said ?? (await ownLabel(bytes)) ?? 'utf-8';
  return decoder(label).decode(bytes);
}

function decoder(label: string): TextDecoder {
  try {
    return new TextDecoder(label);
  } catch {
    return new TextDecoder();
  }
}

/** `<meta charset>`, or its older form. */
async function ownLabel(bytes: Buffer): Promise<string | undefined> {
  // Few pages are tried: a server that starts does not load a parser of HTML.
  const { parse, defaultTreeAdapter: tree } = await import('parse5');
  const waiting = [...parse(bytes.subarray(0, HEAD_BYTES).toString('latin1')).childNodes];
  for (let node = waiting.pop(); node !== undefined; node = waiting.pop()) {
    if (!tree.isElementNode(node)) continue;
    waiting.push(...node.childNodes.toReversed());
    if (node.tagName !== 'meta') continue;
    const of = (name: string) => node.attrs.find((attribute) => attribute.name === name)?.value;
    const older = /^content-type$/i.test(of('http-equiv') ?? '') ? of('content') : undefined;
    const label = of('charset') ?? /charset\s*=\s*([^\s;]+)/i.exec(older ?? '')?.[1];
    if (label !== undefined) return label;
  }
  return undefined;
}
