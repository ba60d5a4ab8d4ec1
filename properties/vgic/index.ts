import type { Model } from '../../spec/contract.ts';
import { vgic } from '../../spec/vgic.ts';
import { VgicModel } from '../../model/vgic/index.ts';
import type { SystemUnderCheck } from '../../src/engine/system-under-check.ts';
import { configure } from './configure.ts';
import { VgicGuide } from './guide.ts';
import { equivalences } from './equivalences/index.ts';
import { laws } from './laws/index.ts';

/** Everything the engine needs to check the `vgic` system. */
export const vgicUnderCheck: SystemUnderCheck = {
  spec: vgic,
  model: (cite) => new VgicModel({ cite }) as unknown as Model,
  guide: (packing) => new VgicGuide(packing),
  configure,
  properties: [...laws, ...equivalences],
  length: 60,
  pairs: [
    ['enter', 'exit'],
    ['raise', 'lower'],
    ['load', 'put'],
    ['put', 'load'],
    ['iar', 'eoir'],
    ['aiar', 'eoir'],
    ['eoir', 'dir'],
    ['enable', 'disable'],
    ['disable', 'enable'],
    ['setPending', 'clearPending'],
    ['setActive', 'clearActive'],
    ['unmapPhysical', 'mapPhysical'],
    ['hostAck', 'hostEoi'],
    ['hostEoi', 'hostDir'],
  ],
};
