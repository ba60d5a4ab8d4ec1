/**
 * Vectors of L1's local APIC, ascending: two of class 2, two of class 3, one alone in class 4, one in class 15. Bit n of
 * a word that shows a set of vectors stands for the n-th of them. The virtual-APIC page of L2 has the same ones.
 */
export const vectors = [0x20, 0x21, 0x31, 0x3e, 0x40, 0xf2] as const;

/** The vectors that devices send as edges; the first is the simplest. */
export const edgeVectors = [0x31, 0x20, 0x3e, 0x40, 0xf2] as const;

/** The vector of the level-triggered line; nothing else sends it. */
export const lineVector = 0x21;

/** The vector that the 8259 answers with; it is of no concern to the local APIC. */
export const picVector = 0x50;

/** The posted-interrupt notification vector that L1 gives L2: an interrupt like any other for L1's local APIC. */
export const notificationVector = 0xf2;

/** The vector of SIPI. */
export const sipiVector = 0x10;

/** Task priorities that are written. */
export const priorities = [0x00, 0x1f, 0x20, 0x30, 0x3f, 0xf0] as const;

/**
 * The events that L1 can put into the VM-entry interruption-information field, as the information without the valid bit,
 * with error code and instruction length. `none` clears the valid bit; `reserved` has a type that does not exist.
 */
export const injections = {
  none: { information: 0, error: 0, length: 0 },
  interrupt20: { information: 0x020, error: 0, length: 0 },
  interrupt40: { information: 0x040, error: 0, length: 0 },
  nmi: { information: 0x202, error: 0, length: 0 },
  invalidOpcode: { information: 0x306, error: 0, length: 0 },
  generalProtection: { information: 0xb0d, error: 0x58, length: 0 },
  debug: { information: 0x301, error: 0, length: 0 },
  softwareInterrupt: { information: 0x444, error: 0, length: 2 },
  breakpoint: { information: 0x603, error: 0, length: 1 },
  icebp: { information: 0x501, error: 0, length: 1 },
  monitorTrap: { information: 0x700, error: 0, length: 0 },
  reserved: { information: 0x120, error: 0, length: 0 },
} as const;

/** Controls of the VMCS of L2 that L1 switches, in the order of the bits that show them. */
export const controls = [
  /** "External-interrupt exiting". */
  'externalInterruptExiting',
  /** "Acknowledge interrupt on exit". */
  'acknowledgeInterrupt',
  /** "NMI exiting". */
  'nmiExiting',
  /** "Virtual NMIs". */
  'virtualNmis',
  /** "Interrupt-window exiting". */
  'interruptWindow',
  /** "NMI-window exiting". */
  'nmiWindow',
  /** "HLT exiting". */
  'hltExiting',
  /** "Monitor trap flag". */
  'monitorTrapFlag',
  /** "Activate VMX-preemption timer". */
  'preemptionTimer',
  /** The bit of #UD in the exception bitmap. */
  'invalidOpcodeExiting',
  /** The MSR bitmap lets L2 at the EOI and TPR registers of the local APIC. */
  'apicAccess',
  /** "Virtual-interrupt delivery", with "use TPR shadow" and "virtualize x2APIC mode". */
  'virtualInterruptDelivery',
  /** "Process posted interrupts". */
  'postedInterrupts',
] as const;

/** Controls that are on at the beginning, by the value of the configuration parameter `preset`. */
export const presets = {
  exit: ['externalInterruptExiting', 'nmiExiting'],
  acknowledge: ['externalInterruptExiting', 'acknowledgeInterrupt', 'nmiExiting', 'virtualNmis'],
  direct: ['apicAccess'],
  virtual: ['externalInterruptExiting', 'acknowledgeInterrupt', 'nmiExiting', 'apicAccess', 'virtualInterruptDelivery'],
  posted: [
    'externalInterruptExiting',
    'acknowledgeInterrupt',
    'nmiExiting',
    'apicAccess',
    'virtualInterruptDelivery',
    'postedInterrupts',
  ],
} as const satisfies Readonly<Record<string, readonly (typeof controls)[number][]>>;

/** A position of L2 from this on is the first instruction of a handler: `handlerEntry` plus its vector. */
export const handlerEntry = 0x100;

/** Interrupted contexts that a level remembers for its IRET; one more forgets the oldest. */
export const frames = 4;

/** VM-instruction errors that occur. */
export const instructionErrors = { invalidControlFields: 7, blockedByMovSs: 26 } as const;

/** Instruction lengths that exits report. */
export const instructionLengths = { hlt: 1, vmcall: 3, wrmsr: 2 } as const;

/** Exit qualification of an EPT violation by a data read of an address that the EPT does not map. */
export const readViolation = 0x181;
