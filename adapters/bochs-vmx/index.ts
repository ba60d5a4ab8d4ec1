import type { ImplementationModule } from '../../spec/contract.ts';
import { nestedVmxCapabilities } from './nested-vmx/capabilities.ts';
import { NestedVmxOnBochs } from './nested-vmx/nested-vmx-on-bochs.ts';

/** The VMX of Bochs 2.7: a processor that nobody here had a hand in, which runs L1 and L2 with nobody below. */
export default {
  name: 'bochs-vmx',
  systems: { 'nested-vmx': nestedVmxCapabilities },
  create: () => NestedVmxOnBochs.create(),
  baseline: new URL('baseline.json', import.meta.url).href,
} satisfies ImplementationModule;
