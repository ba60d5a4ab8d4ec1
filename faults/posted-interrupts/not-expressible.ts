import type { NotExpressible } from '../fault.ts';
import { kvm } from './define.ts';

/** Bugs of real hypervisors in this area that no event of the alphabet can show, and why. */
export const notExpressible: readonly NotExpressible[] = [
  {
    bug: 'C55',
    system: 'posted-interrupts',
    seen: kvm('C55', 'KVM: nVMX: mark vmcs12 pages dirty on L2 exit (c9f04407f2e0)', 2017, 'hearsay'),
    reason: 'No event copies memory: saving takes the page and the descriptor of L2 themselves.',
    nearest: 'save-misses-pir',
  },
];
