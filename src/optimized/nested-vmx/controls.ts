import { controls } from '../../../spec/nested-vmx/universe.ts';

const bit = (name: (typeof controls)[number]): number => 1 << controls.indexOf(name);

/** Bits of a word of controls: as L1 writes them, and as L0 merges them with its own. */
export const externalInterruptExiting = bit('externalInterruptExiting');
export const acknowledgeInterrupt = bit('acknowledgeInterrupt');
export const nmiExiting = bit('nmiExiting');
export const virtualNmis = bit('virtualNmis');
export const interruptWindow = bit('interruptWindow');
export const nmiWindow = bit('nmiWindow');
export const hltExiting = bit('hltExiting');
export const monitorTrapFlag = bit('monitorTrapFlag');
export const preemptionTimer = bit('preemptionTimer');
export const invalidOpcodeExiting = bit('invalidOpcodeExiting');
export const apicAccess = bit('apicAccess');
export const virtualInterruptDelivery = bit('virtualInterruptDelivery');
export const postedInterrupts = bit('postedInterrupts');

/** Set of the controls with these names. */
export const controlSet = (names: readonly (typeof controls)[number][]): number =>
  names.reduce((set, name) => set | bit(name), 0);

/** "NMI exiting" alone: NMIs are blocked by bit 3, and IRET of L2 has no effect on it. */
export const nmisBlockedForGood = (set: number): boolean => (set & (nmiExiting | virtualNmis)) === nmiExiting;
