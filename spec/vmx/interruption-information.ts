/**
 * Type of an event, bits 10:8 of the VM-entry interruption-information field, the VM-exit interruption information and
 * the IDT-vectoring information (Intel SDM, "Information for VM Exits Due to Vectored Events"). `other` exists at VM
 * entry only: vector 0 makes an MTF VM exit pending.
 */
export const eventTypes = {
  externalInterrupt: 0,
  nmi: 2,
  hardwareException: 3,
  softwareInterrupt: 4,
  privilegedSoftwareException: 5,
  softwareException: 6,
  other: 7,
} as const;

/** Layout of an interruption-information word; bits 7:0 hold the vector. */
export const interruptionInformation = {
  vectorMask: 0xff,
  typeShift: 8,
  typeMask: 0x700,
  /** "Deliver error code" at entry, "error code valid" at exit. */
  errorCode: 1 << 11,
  /** VM-exit interruption information only; undefined in the IDT-vectoring information, reserved at entry. */
  nmiUnblockingDueToIret: 1 << 12,
  /** As an unsigned 32-bit value. */
  valid: 0x8000_0000,
} as const;

/** Vectors of hardware exceptions that push an error code (Intel SDM, "Exception and Interrupt Reference"). */
export const vectorsWithErrorCode = [8, 10, 11, 12, 13, 14, 17] as const;
