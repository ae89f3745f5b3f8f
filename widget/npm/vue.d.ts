// The tag in Vue's templates: `import 'amisgest-pay/vue'` imports the element too.
import type { EmitFn, HTMLAttributes, PublicProps } from 'vue';
import type { AmisgestPayElement, AmisgestPayEventMap } from './index.js';
import type { AmisgestPayProps } from './jsx.js';

export * from './index.js';

type Attributes = Pick<AmisgestPayProps, 'regroupement' | 'lang' | 'api' | 'checkout'>;
type Emits = { [Name in keyof AmisgestPayEventMap]: (event: AmisgestPayEventMap[Name]) => void };

declare module 'vue' {
  interface GlobalComponents {
    'amisgest-pay': new () => AmisgestPayElement & {
      /** What a template may give it, for the checker's eyes only. */
      $props: Attributes & Omit<HTMLAttributes, keyof Attributes> & PublicProps;
      /** What a template may hear from it, for the checker's eyes only. */
      $emit: EmitFn<Emits>;
    };
  }
}
