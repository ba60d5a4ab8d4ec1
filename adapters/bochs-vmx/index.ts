import type { ImplementationModule } from '../../spec/contract.ts';
import { idtVectoringCapabilities } from './idt-vectoring/capabilities.ts';
import { IdtVectoringOnBochs } from './idt-vectoring/idt-vectoring-on-bochs.ts';
import { nestedVmxCapabilities } from './nested-vmx/capabilities.ts';
import { NestedVmxOnBochs } from './nested-vmx/nested-vmx-on-bochs.ts';
import { vmcs12Capabilities } from './vmcs12/capabilities.ts';
import { Vmcs12OnBochs } from './vmcs12/vmcs12-on-bochs.ts';

/** The VMX of Bochs 2.7: a processor that nobody here had a hand in, which runs L1 and L2 with nobody below. */
export default {
  name: 'bochs-vmx',
  systems: {
    'nested-vmx': nestedVmxCapabilities,
    vmcs12: vmcs12Capabilities,
    'idt-vectoring': idtVectoringCapabilities,
  },
  create: (system: string) => {
    if (system === 'vmcs12') return Vmcs12OnBochs.create();
    return system === 'idt-vectoring' ? IdtVectoringOnBochs.create() : NestedVmxOnBochs.create();
  },
  baseline: new URL('baseline.json', import.meta.url).href,
} satisfies ImplementationModule;
