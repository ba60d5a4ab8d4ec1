import type { Model } from '../../spec/contract.ts';
import { idtVectoring } from '../../spec/idt-vectoring.ts';
import type { SystemSpec } from '../../spec/system.ts';
import { IdtVectoringModel } from '../../model/idt-vectoring/index.ts';
import type { SystemUnderCheck } from '../../src/engine/system-under-check.ts';
import { configure } from './configure.ts';
import { IdtVectoringGuide } from './guide.ts';
import { equivalences } from './equivalences/index.ts';
import { laws } from './laws/index.ts';

/** Everything the engine needs to check the `idt-vectoring` system. */
export const idtVectoringUnderCheck: SystemUnderCheck = {
  spec: idtVectoring as unknown as SystemSpec,
  model: (cite) => new IdtVectoringModel({ cite: cite as never }) as unknown as Model,
  guide: (packing) => new IdtVectoringGuide(packing),
  configure,
  properties: [...laws, ...equivalences],
  length: 50,
  pairs: [
    ['cli', 'sti'],
    ['sti', 'cli'],
    ['nmi', 'iret'],
    ['int3', 'iret'],
    ['fault', 'iret'],
    ['fault', 'cure'],
    ['movs', 'cure'],
    ['external', 'eoi'],
    ['obstruct', 'enter'],
  ],
};
