/** Basic exit reasons (Intel SDM, "VMX Basic Exit Reasons"). */
export const exitReasons = {
  exceptionOrNmi: 0,
  externalInterrupt: 1,
  tripleFault: 2,
  init: 3,
  sipi: 4,
  interruptWindow: 7,
  nmiWindow: 8,
  taskSwitch: 9,
  cpuid: 10,
  hlt: 12,
  vmcall: 18,
  crAccess: 28,
  drAccess: 29,
  ioInstruction: 30,
  rdmsr: 31,
  wrmsr: 32,
  invalidGuestState: 33,
  msrLoading: 34,
  monitorTrapFlag: 37,
  tprBelowThreshold: 43,
  apicAccess: 44,
  virtualizedEoi: 45,
  eptViolation: 48,
  eptMisconfiguration: 49,
  preemptionTimer: 52,
  apicWrite: 56,
  pageModificationLogFull: 62,
} as const;

/** Bit 31 of the exit reason: the VM entry failed after its checks of controls and host state had passed. */
export const entryFailure = 0x8000_0000;
