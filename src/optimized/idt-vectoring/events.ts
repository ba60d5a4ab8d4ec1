import {
  eventTypes,
  interruptionInformation,
  vectorsWithErrorCode,
} from '../../../spec/vmx/interruption-information.ts';

// An event is an interruption-information word without its valid bit: `type << 8 | vector`, and bit 11 for an error
// code. Type 0 with vector 0 does not occur, so that 0 stands for no event.

/** No event. */
export const none = 0;

/** Bit 31 of an interruption-information word. */
export const valid = interruptionInformation.valid | 0;

/** Bit 12 of the VM-exit interruption information and of some exit qualifications. */
export const unblocking = interruptionInformation.nmiUnblockingDueToIret;

/** Bit 11. */
export const errorCode = interruptionInformation.errorCode;

const { typeMask, typeShift, vectorMask } = interruptionInformation;

/** The type of an event. */
export const typeOf = (event: number): number => (event & typeMask) >>> typeShift;

/** The vector of an event. */
export const vectorOf = (event: number): number => event & vectorMask;

const bitsOf = (vectors: readonly number[]): number => vectors.reduce((bits, vector) => bits | (1 << vector), 0);
const withErrorCode = bitsOf(vectorsWithErrorCode);
const faultClass = bitsOf([0, 6, 11, 12, 13, 14, 17, 20]);

/** The hardware exception with a vector, as the processor raises it. */
export const exception = (vector: number): number =>
  (eventTypes.hardwareException << typeShift) | vector | (((withErrorCode >>> vector) & 1) === 0 ? 0 : errorCode);

/** An event of a type that has no error code. */
export const plainEvent = (type: number, vector: number): number => (type << typeShift) | vector;

/** Whether it is a hardware exception. */
export const isException = (event: number): boolean => typeOf(event) === eventTypes.hardwareException;

/** Whether it is checked against the privilege of its gate, and leaves EXT clear: types 4 and 6. */
export const isOfProgram = (event: number): boolean =>
  typeOf(event) === eventTypes.softwareInterrupt || typeOf(event) === eventTypes.softwareException;

/** Whether it is a fault other than #DB, which pushes RF as 1. */
export const isFault = (event: number): boolean => isException(event) && ((faultClass >>> vectorOf(event)) & 1) !== 0;

export const debugException = exception(1);
export const doubleFault = exception(8);
export const machineCheck = exception(18);
export const pageFault = exception(14);
export const nonMaskable = plainEvent(eventTypes.nmi, 2);
