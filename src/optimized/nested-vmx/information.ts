import { eventTypes, interruptionInformation } from '../../../spec/vmx/interruption-information.ts';

const { typeMask, typeShift } = interruptionInformation;

/** The valid bit. Signed, as every word in the state: a word is valid if it is negative. */
export const valid = interruptionInformation.valid | 0;

/** The word of an external interrupt. */
export const interruptInfo = (vector: number): number => valid | vector;
export const nmiInfo = valid | (eventTypes.nmi << typeShift) | 2;
export const invalidOpcodeInfo = valid | (eventTypes.hardwareException << typeShift) | 6;
export const debugInfo = valid | (eventTypes.hardwareException << typeShift) | 1;

export const typeOf = (info: number): number => (info & typeMask) >> typeShift;
export const vectorIn = (info: number): number => info & interruptionInformation.vectorMask;
export const isNmi = (info: number): boolean => typeOf(info) === eventTypes.nmi;
