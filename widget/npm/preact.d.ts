// The tag in Preact's JSX: `import 'amisgest-pay/preact'` imports the element too.
import type { HTMLAttributes } from 'preact';
import type { AmisgestPayElement } from './index.js';
import type { AmisgestPayProps } from './jsx.js';

export * from './index.js';

declare module 'preact' {
  namespace JSX {
    interface IntrinsicElements {
      'amisgest-pay': AmisgestPayProps & Omit<HTMLAttributes<AmisgestPayElement>, keyof AmisgestPayProps>;
    }
  }
}
