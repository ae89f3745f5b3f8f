// The tag in Svelte's templates: `import 'amisgest-pay/svelte'` imports the element too.
import type { HTMLAttributes } from 'svelte/elements';
import type { AmisgestPayElement } from './index.js';
import type { AmisgestPayProps } from './jsx.js';

export * from './index.js';

declare module 'svelte/elements' {
  interface SvelteHTMLElements {
    'amisgest-pay': AmisgestPayProps & Omit<HTMLAttributes<AmisgestPayElement>, keyof AmisgestPayProps>;
  }
}
