import type { Model } from '../../spec/contract.ts';
import type { SystemSpec } from '../../spec/system.ts';
import { vmcs12 } from '../../spec/vmcs12.ts';
import { Vmcs12Model } from '../../model/vmcs12/index.ts';
import type { SystemUnderCheck } from '../../src/engine/system-under-check.ts';
import { configure } from './configure.ts';
import { equivalences } from './equivalences/index.ts';
import { Vmcs12Guide } from './guide.ts';
import { laws } from './laws/index.ts';

/** Everything the engine needs to check the `vmcs12` system. */
export const vmcs12UnderCheck: SystemUnderCheck = {
  spec: vmcs12 as unknown as SystemSpec,
  model: (cite) => new Vmcs12Model({ cite }) as unknown as Model,
  guide: (packing) => new Vmcs12Guide(packing),
  configure,
  properties: [...laws, ...equivalences],
  length: 60,
  pairs: [
    ['enter', 'vmcall'],
    ['vmcall', 'enter'],
    ['enter', 'cpuid'],
    ['vmptrld', 'vmptrld'],
    ['vmclear', 'vmptrld'],
    ['control', 'control'],
    ['msrBitmap', 'msrBitmap'],
    ['hostObstruct', 'hostExit'],
    ['popf', 'popf'],
  ],
};
