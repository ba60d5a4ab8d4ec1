import type { InjectedEvent } from '../../spec/idt-vectoring/universe.ts';
import { eventTypes, interruptionInformation } from '../../spec/vmx/interruption-information.ts';

/**
 * An event that is delivered through the IDT: type, vector, error code, and a length for types 4, 5 and 6. `payload` is
 * what the processor knows of it beyond that: the address of #PF, the bits of #DB.
 */
export type VectoredEvent = InjectedEvent;

/** A hardware exception (type 3); what is absent it does not have. */
export const hardwareException = (vector: number, error?: number, payload?: number): VectoredEvent => ({
  type: eventTypes.hardwareException,
  vector,
  ...(error !== undefined && { error }),
  ...(payload !== undefined && { payload }),
});

/** An NMI (type 2). */
export const nonMaskableInterrupt: VectoredEvent = { type: eventTypes.nmi, vector: 2 };

/** An external interrupt (type 0). */
export const externalInterrupt = (vector: number): VectoredEvent => ({ type: eventTypes.externalInterrupt, vector });

/** #DF, whose error code is 0. */
export const doubleFault: VectoredEvent = hardwareException(8, 0);

/** What an event is follows from its type: no other type is a hardware exception, whatever the vector. */
export const isHardwareException = ({ type }: VectoredEvent): boolean => type === eventTypes.hardwareException;

/** Whether an event is the hardware exception with a vector. */
export const isException = (event: VectoredEvent, vector: number): boolean =>
  isHardwareException(event) && event.vector === vector;

/** Whether an event is #DF. */
export const isDoubleFault = (event: VectoredEvent | undefined): boolean =>
  event !== undefined && isException(event, 8);

/** Types 4, 5 and 6: an instruction caused the event, and its length counts. */
export const hasLength = ({ type }: VectoredEvent): boolean =>
  type === eventTypes.softwareInterrupt ||
  type === eventTypes.privilegedSoftwareException ||
  type === eventTypes.softwareException;

/** The interruption-information word, which entry and exit and the IDT-vectoring field have in common. */
export const informationWord = ({ type, vector, error }: VectoredEvent): number =>
  (interruptionInformation.valid |
    (type << interruptionInformation.typeShift) |
    vector |
    (error === undefined ? 0 : interruptionInformation.errorCode)) >>>
  0;
