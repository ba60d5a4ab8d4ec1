import type { Capabilities } from '../../../spec/contract.ts';

/** What Bochs 2.7 can play of `vmcs12`. The test holds it against the capability MSRs. */
export const vmcs12Capabilities = {
  shows: [
    'step',
    'delivery',
    'machine',
    'registers',
    'segments',
    'tables',
    'msrs',
    'nonRegister',
    'pdptes',
    'interruptStatus',
    'exitInformation',
    'instructionError',
    'entryEvent',
    'controls',
    'masks',
    'otherControls',
    'host',
    'l1',
    'shared',
    'msrStore',
  ],
  profiles: ['bare'],
  supports: {
    // 32-bit page tables and code of L2 are not made.
    guestMode: ['long'],
    mpx: [false],
    savesEferLma: [true],
    int1Type: [5],
    zeroLengthInjection: [true],
    writesExitInformation: [true],
  },
  lacks: [
    // Bochs has not all of these fields, controls and MSRs, or ignores them.
    'vmwriteOptional',
    'controlOptional',
    'msrBitmapOptional',
    'obstructOptional',
    'setOptional',
    'wrmsrOptional',
    // An INIT is never got rid of, nothing of L2's sends a SIPI, the timer is the watchdog.
    'init',
    'sipi',
    'tick',
    // What comes from outside cannot be sent by an L2 that is halted.
    'hlt',
    // Not made yet: they need tables, frames or APIC pages that L2 does not have.
    'farJump',
    'taskSwitch',
    'popf',
    'tripleFault',
    'iret',
    'vmfunc',
    'selfIpi',
    'eoi',
    'movCr8',
    'apicWrite',
  ],
} as const satisfies Capabilities;
