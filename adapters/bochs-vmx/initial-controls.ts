/** VM-execution, exit and entry controls in the initial state of a sequence (required bits included). */
export const initialControls = {
  /** External-interrupt exiting, NMI exiting. */
  pin: 0x1f,
  /** MSR bitmap, secondary controls. */
  processor: 0x9400_6172,
  /** EPT, unrestricted guest. */
  secondary: 0x82,
  /** Host in 64-bit mode. */
  exit: 0x3_6ffb,
  /** Guest in IA-32e mode. */
  entry: 0x13fb,
} as const;

/** Bits of the controls, by the names of the manual. */
export const controlBits = {
  pin: {
    externalInterruptExiting: 1 << 0,
    nmiExiting: 1 << 3,
    virtualNmis: 1 << 5,
    preemptionTimer: 1 << 6,
    postedInterrupts: 1 << 7,
  },
  processor: {
    interruptWindowExiting: 1 << 2,
    hltExiting: 1 << 7,
    tprShadow: 1 << 21,
    nmiWindowExiting: 1 << 22,
    movDrExiting: 1 << 23,
    monitorTrapFlag: 1 << 27,
    msrBitmaps: 1 << 28,
  },
  secondary: {
    virtualizeApicAccesses: 1 << 0,
    ept: 1 << 1,
    virtualizeX2apicMode: 1 << 4,
    unrestrictedGuest: 1 << 7,
    apicRegisterVirtualization: 1 << 8,
    virtualInterruptDelivery: 1 << 9,
    vmFunctions: 1 << 13,
    pml: 1 << 17,
    virtualizationException: 1 << 18,
  },
  exit: {
    saveDebugControls: 1 << 2,
    acknowledgeInterrupt: 1 << 15,
    savePat: 1 << 18,
    loadPat: 1 << 19,
    saveEfer: 1 << 20,
    loadEfer: 1 << 21,
    savePreemptionTimer: 1 << 22,
  },
  entry: {
    loadDebugControls: 1 << 2,
    ia32eMode: 1 << 9,
    loadPat: 1 << 14,
    loadEfer: 1 << 15,
  },
} as const;

type Controls = typeof controlBits;

/** The initial value of a control field with some bits set and others cleared. */
export function controls<K extends keyof Controls>(
  field: K,
  { on = [], off = [] }: { on?: readonly (keyof Controls[K])[]; off?: readonly (keyof Controls[K])[] },
): number {
  const bits = controlBits[field] as Readonly<Record<keyof Controls[K], number>>;
  const set = on.reduce((value, name) => value | bits[name], initialControls[field] as number);
  return off.reduce((value, name) => value & ~bits[name], set) >>> 0;
}
