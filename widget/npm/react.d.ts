// The tag in React's JSX: `import 'amisgest-pay/react'` imports the element too.
import type { DetailedHTMLProps, HTMLAttributes } from 'react';
import type { AmisgestPayElement } from './index.js';
import type { AmisgestPayProps } from './jsx.js';

export * from './index.js';

declare module 'react' {
  namespace JSX {
    interface IntrinsicElements {
      'amisgest-pay': AmisgestPayProps &
        Omit<
          DetailedHTMLProps<HTMLAttributes<AmisgestPayElement>, AmisgestPayElement>,
          keyof AmisgestPayProps
        >;
    }
  }
}
