/**
 * The interrupt vectors of a guest that sequences play with, chosen for class ties: two of class 2, three of class 3, one
 * alone in class 4, two of class 15, the highest of which is the notification vector that L1 uses for L2.
 * Bit n of a word that shows a set of vectors stands for the n-th of them.
 */
export const vectors = [0x20, 0x21, 0x31, 0x3e, 0x3f, 0x40, 0xf1, 0xf2] as const;

/** The vectors of the profile `interleaved`, which are in two different words of PIR; `three` adds one of class 3. */
export const interleavedVectors = { two: [0x31, 0x40], three: [0x31, 0x40, 0x3e] } as const;

/** A vector that no local APIC accepts: 0 to 15 are illegal. */
export const illegalVector = 0x0f;

/** The vector of L1's notifications for L2, in L1's own local APIC (configurations with `nested`). */
export const nestedNotificationVector = 0xf2;

/**
 * Vectors of the physical local APICs, which have nothing to do with the guest's: the notification of a running target,
 * the wake-up of a blocked one, the notification of an L2 (profile `kvm` only), and the kick, which only makes a CPU
 * leave the guest. Bit n of a word that shows physical vectors stands for the n-th of them.
 */
export const physicalVectors = { posted: 0xf2, wakeup: 0xf1, nested: 0xf0, kick: 0xfd } as const;

/** The physical vector of the host's own interrupt that the event `exit` stands for. */
export const hostTimerVector = 0xec;

/** The level-triggered inputs of the I/O APIC: vector, and the virtual CPU it is routed to. */
export const lines = [
  { vector: 0x31, target: 'first' },
  { vector: 0x40, target: 'last' },
] as const;

/** Local APIC registers that can be read: 32 bits each, at their offset in the register page. */
export const registers = {
  tpr: 0x080,
  ppr: 0x0a0,
  isr1: 0x110,
  isr2: 0x120,
  isr7: 0x170,
  tmr1: 0x190,
  tmr2: 0x1a0,
  tmr7: 0x1f0,
  irr1: 0x210,
  irr2: 0x220,
  irr7: 0x270,
} as const;

/** Offsets of the registers that are written. With x2APIC the MSR is 0x800 + offset / 16. */
export const writtenRegisters = { tpr: 0x080, eoi: 0x0b0, svr: 0x0f0, icr: 0x300, selfIpi: 0x3f0 } as const;

/** Basic exit reasons that occur. */
export const exitReasons = {
  externalInterrupt: 1,
  interruptWindow: 7,
  nmiWindow: 8,
  hlt: 12,
  vmcall: 18,
  crAccess: 28,
  rdmsr: 31,
  wrmsr: 32,
  tprBelowThreshold: 43,
  apicAccess: 44,
  virtualizedEoi: 45,
  eptViolation: 48,
  preemptionTimer: 52,
  apicWrite: 56,
} as const;

/** Largest number of virtual CPUs, physical CPUs and posters that a configuration can ask for. */
export const limits = { vcpus: 2, pcpus: 2, posters: 2 } as const;
