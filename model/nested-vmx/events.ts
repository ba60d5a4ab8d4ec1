import type { NestedVmxEvent } from '../../spec/nested-vmx/alphabet.ts';
import type { controls, injections } from '../../spec/nested-vmx/universe.ts';
import { eventTypes, interruptionInformation } from '../../spec/vmx/interruption-information.ts';
import type { EventFields } from './state.ts';

type Of<By extends string> = Extract<NestedVmxEvent, { readonly kind: By }>;

/** What comes from outside. */
export type DeviceEvent = Of<'interrupt' | 'line' | 'pic' | 'nmi' | 'init' | 'sipi' | 'timerExpiry' | 'post'>;
/** What L0 does. */
export type HostEvent = Extract<NestedVmxEvent, { readonly kind: `host${string}` }>;
/** An instruction of L1, or time that passes. */
export type L1Event = Extract<NestedVmxEvent, { readonly kind: `l1${string}` }>;
/** An instruction of L2, or time that passes. */
export type L2Event = Extract<NestedVmxEvent, { readonly kind: `l2${string}` }>;
/** Instructions of L1 that write the VMCS of L2, and what belongs to it in memory. */
export type VmcsWrite = Extract<
  L1Event,
  {
    readonly kind:
      | 'l1Control'
      | 'l1Inject'
      | 'l1GuestInterrupts'
      | 'l1GuestBlocking'
      | 'l1GuestNmiBlocking'
      | 'l1GuestActivity'
      | 'l1Timer'
      | 'l1Idt'
      | 'l1Pend';
  }
>;
export type InjectionName = keyof typeof injections;
export type Control = (typeof controls)[number];

/** No event. */
export const noEvent: EventFields = { information: 0, error: 0, length: 0 };

const { valid, typeShift, typeMask } = interruptionInformation;

/** Interruption information of an external interrupt. */
export const externalInterrupt = (vector: number): number => (valid | vector) >>> 0;

/** Interruption information of an NMI. */
export const nonMaskableInterrupt = 0x8000_0202;

/** Interruption information of #UD. */
export const invalidOpcode = 0x8000_0306;

/** An event that comes with nothing but its information. */
export const plain = (information: number): EventFields => ({ information, error: 0, length: 0 });

export const isValid = (information: number): boolean => information >= valid;
export const typeOf = (information: number): number => (information & typeMask) >>> typeShift;
export const vectorOf = (information: number): number => information & interruptionInformation.vectorMask;

/** Whether the return address is behind the instruction. */
export const isSoftware = (information: number): boolean => {
  const type = typeOf(information);
  return (
    type === eventTypes.softwareInterrupt ||
    type === eventTypes.privilegedSoftwareException ||
    type === eventTypes.softwareException
  );
};

/** Whether the event goes through the IDT; the other one makes an MTF VM exit pending. */
export const isVectored = (information: number): boolean => typeOf(information) !== eventTypes.other;
