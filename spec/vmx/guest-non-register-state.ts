/** Values of the activity-state field (Intel SDM, "Guest Non-Register State"). */
export const activityStates = { active: 0, hlt: 1, shutdown: 2, waitForSipi: 3 } as const;

/** Bits of the interruptibility-state field. */
export const interruptibility = {
  blockingBySti: 1 << 0,
  blockingByMovSs: 1 << 1,
  blockingBySmi: 1 << 2,
  /** With "virtual NMIs": virtual-NMI blocking. */
  blockingByNmi: 1 << 3,
} as const;

/** Bits of the pending-debug-exceptions field. */
export const pendingDebugExceptions = { breakpoints: 0xf, enabledBreakpoint: 1 << 12, singleStep: 1 << 14 } as const;
