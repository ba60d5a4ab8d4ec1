import type { Model } from '../../spec/contract.ts';
import { nestedVmx } from '../../spec/nested-vmx.ts';
import type { SystemSpec } from '../../spec/system.ts';
import { NestedVmxModel } from '../../model/nested-vmx/index.ts';
import type { SystemUnderCheck } from '../../src/engine/system-under-check.ts';
import { configure } from './configure.ts';
import { equivalences } from './equivalences/index.ts';
import { NestedVmxGuide } from './guide.ts';
import { laws } from './laws/index.ts';

/** Everything the engine needs to check the `nested-vmx` system. */
export const nestedVmxUnderCheck: SystemUnderCheck = {
  spec: nestedVmx as unknown as SystemSpec,
  model: (cite) => new NestedVmxModel({ cite }) as unknown as Model,
  guide: (packing) => new NestedVmxGuide(packing),
  configure,
  properties: [...laws, ...equivalences],
  length: 60,
  pairs: [
    ['l1Enter', 'l2Vmcall'],
    ['l2Vmcall', 'l1Enter'],
    ['l1Cli', 'l1Sti'],
    ['l1Sti', 'l1Cli'],
    ['l2Cli', 'l2Sti'],
    ['l2Sti', 'l2Cli'],
    ['l1Hlt', 'l1Wait'],
    ['l2Hlt', 'l2Wait'],
    ['l1Eoi', 'l1Iret'],
    ['l2Eoi', 'l2Iret'],
    ['line', 'line'],
    ['pic', 'pic'],
    ['hostLook', 'hostExit'],
  ],
};
