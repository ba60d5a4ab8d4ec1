/** A virtual interrupt of the small universe that sequences play in. */
export interface VirtualInterrupt {
  readonly intid: number;
  readonly type: 'sgi' | 'ppi' | 'spi';
  /** Trigger at reset; SPIs can be reconfigured. */
  readonly trigger: 'edge' | 'level';
  /** The physical interrupt behind it, where there is one at reset (in VM 0 only, for SPIs). */
  readonly pIntId?: number;
}

/**
 * The virtual interrupts, chosen so that each rule has one to bite on and no two are alike: SGIs at both ends of their
 * range, the virtual timer (PPI 27, mapped to the physical timer), a software PPI, and the four kinds of SPI.
 * Bit n of a word that shows a set of virtual interrupts stands for the n-th of them.
 */
export const virtualInterrupts: readonly VirtualInterrupt[] = [
  { intid: 0, type: 'sgi', trigger: 'edge' },
  { intid: 1, type: 'sgi', trigger: 'edge' },
  { intid: 15, type: 'sgi', trigger: 'edge' },
  { intid: 27, type: 'ppi', trigger: 'level', pIntId: 27 },
  { intid: 30, type: 'ppi', trigger: 'level' },
  { intid: 32, type: 'spi', trigger: 'level' },
  { intid: 33, type: 'spi', trigger: 'edge' },
  { intid: 34, type: 'spi', trigger: 'level', pIntId: 40 },
  { intid: 35, type: 'spi', trigger: 'edge', pIntId: 41 },
];

/** A physical interrupt. PPI 27 is banked per physical CPU; 40 and 41 are SPIs, signalled to physical CPU 0. */
export interface PhysicalInterrupt {
  readonly pIntId: number;
  readonly trigger: 'edge' | 'level';
  readonly banked: boolean;
}

/** Bit n of a word that shows a set of physical interrupts stands for the n-th of them. */
export const physicalInterrupts: readonly PhysicalInterrupt[] = [
  { pIntId: 27, trigger: 'level', banked: true },
  { pIntId: 40, trigger: 'level', banked: false },
  { pIntId: 41, trigger: 'edge', banked: false },
];

/** What IAR and HPPIR return when there is nothing to return. */
export const spurious = 1023;

/** What IAR and HPPIR return when the interrupt is of group 1 and AckCtl is 0. */
export const spuriousGroup1 = 1022;

/** Largest number of virtual CPUs, physical CPUs, list registers and SGI sources that a configuration can ask for. */
export const limits = { vcpus: 3, pcpus: 2, listRegisters: 16 } as const;

/**
 * Register values of a guest that has booted, which is the state after reset: sequences begin where interrupts can
 * flow. Distributor and CPU interfaces are on, every interrupt is enabled at the default priority in group 0 and
 * targets virtual CPU 0 of its VM, no binary point splits the priorities further than the hardware does.
 */
export const booted = { priority: 0xa0, priorityMask: 0xf8, bpr: 2, abpr: 3 } as const;
