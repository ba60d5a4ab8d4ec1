import type { Capabilities } from '../../../spec/contract.ts';
import { shownSections } from './observation-data.ts';

/** What Bochs 2.7 can play of `nested-vmx`. `capabilities.test.ts` holds it against the capability MSRs and the machine. */
export const nestedVmxCapabilities = {
  shows: shownSections,
  profiles: ['hardware'],
  supports: {
    // IA32_VMX_PINBASED_CTLS does not allow "process posted interrupts".
    apicVirtualization: ['none', 'virtual'],
    blocksInterruptExit: ['both'],
    blocksNmiExit: ['both'],
    stiBlocksNmi: [true],
    stiFailsNmiInjection: [true],
    pprOnTie: ['tpr'],
  },
  lacks: [
    // Nothing that L2 could reach without an exit sends them: lines of devices, a second processor, the timer's last tick.
    'line',
    'pic',
    'sipi',
    'timerExpiry',
    // No posted interrupts.
    'post',
    // An INIT is dropped while L1 runs; one that has come while L2 runs is never got rid of.
    'init',
  ],
} as const satisfies Capabilities;
