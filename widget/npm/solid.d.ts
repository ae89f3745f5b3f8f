// The tag in Solid's JSX: `import 'amisgest-pay/solid'` imports the element too.
import type { JSX } from 'solid-js';
import type { AmisgestPayElement } from './index.js';
import type { AmisgestPayProps, AmisgestPaySolidJsProps } from './jsx.js';

export * from './index.js';

/** What Solid writes without a prefix; events have theirs, `on:amisgest-pay-paid`. */
type Attributes = Pick<AmisgestPayProps, 'regroupement' | 'lang' | 'api' | 'checkout'>;

declare module 'solid-js' {
  namespace JSX {
    interface IntrinsicElements {
      'amisgest-pay': Attributes &
        AmisgestPaySolidJsProps &
        Omit<JSX.HTMLAttributes<AmisgestPayElement>, keyof Attributes | keyof AmisgestPaySolidJsProps>;
    }
  }
}
