import type { Capabilities } from '../../../spec/contract.ts';

/** What Bochs 2.7 can play of `idt-vectoring`. */
export const idtVectoringCapabilities = {
  // Exits and entries are left out: between two events L1 stops L2 by exits of its own.
  shows: ['delivery', 'guest', 'client', 'hypervisor'],
  profiles: ['reinject', 'drop', 'drop-exceptions'],
  supports: {
    intercepts: ['none'],
    nmi: ['virtual'],
    paging: ['ept'],
    stiBlocksNmi: [true],
    int1Type: [5],
    zeroLengthInjection: [true],
  },
  lacks: [
    // A trap would be taken where L1 stops L2, one event early.
    'popf',
    'dataBreakpoint',
    'codeBreakpoint',
    'movdr',
    // 64-bit mode has no INTO.
    'into',
    'hlt',
    // Not written: the guest's own faults during delivery, and exits that L1 makes for itself.
    'gate',
    'spoil',
    'kick',
    'migrate',
    'refused',
  ],
} as const satisfies Capabilities;
