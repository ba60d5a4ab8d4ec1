import type { Model } from '../../spec/contract.ts';
import type { SystemSpec } from '../../spec/system.ts';
import { postedInterrupts } from '../../spec/posted-interrupts.ts';
import { PostedInterruptsModel } from '../../model/posted-interrupts/index.ts';
import type { SystemUnderCheck } from '../../src/engine/system-under-check.ts';
import { configure } from './configure.ts';
import { PostedInterruptsGuide } from './guide.ts';
import { equivalences } from './equivalences/index.ts';
import { laws } from './laws/index.ts';

/** Everything the engine needs to check the `posted-interrupts` system. */
export const postedInterruptsUnderCheck: SystemUnderCheck = {
  spec: postedInterrupts as unknown as SystemSpec,
  model: (cite) => new PostedInterruptsModel({ cite }) as unknown as Model,
  guide: (packing) => new PostedInterruptsGuide(packing),
  configure,
  properties: [...laws, ...equivalences],
  length: 60,
  pairs: [
    ['enter', 'exit'],
    ['exit', 'enter'],
    ['raise', 'lower'],
    ['load', 'unload'],
    ['unload', 'load'],
    ['hlt', 'block'],
    ['cli', 'sti'],
    ['nestedEntry', 'nestedExit'],
    ['vmEntry', 'vmExit'],
    ['vmExit', 'vmEntry'],
    ['startPost', 'step'],
    ['start', 'step'],
  ],
};
