import { injections } from '../../spec/nested-vmx/universe.ts';
import { activityStates } from '../../spec/vmx/guest-non-register-state.ts';
import { interruptionInformation } from '../../spec/vmx/interruption-information.ts';
import type { VmcsWrite } from './events.ts';
import { blockingBits, control } from './machine.ts';
import { Part } from './part.ts';
import type { Vmcs12 } from './state.ts';

/** What L1 writes for L2: fields of its VMCS, and what belongs to it in memory. Nothing is checked before the entry. */
export class VmcsWrites extends Part {
  write(vmcs: Vmcs12, event: VmcsWrite): Vmcs12 {
    const { core } = vmcs;
    switch (event.kind) {
      case 'l1Control': {
        const bit = control[event.control];
        return { ...vmcs, controls: event.on ? vmcs.controls | bit : vmcs.controls & ~bit };
      }
      case 'l1Inject': {
        const { information, error, length } = injections[event.event];
        const valid = event.event === 'none' ? 0 : interruptionInformation.valid;
        return { ...vmcs, entry: { information: (valid | information) >>> 0, error, length } };
      }
      case 'l1GuestInterrupts':
        return { ...vmcs, core: { ...core, interruptFlag: event.on } };
      case 'l1GuestBlocking':
        return { ...vmcs, core: { ...core, blocking: blockingBits[event.blocking] } };
      case 'l1GuestNmiBlocking':
        return { ...vmcs, core: { ...core, nmiBlocking: event.on } };
      case 'l1GuestActivity':
        return { ...vmcs, core: { ...core, activity: activityStates[event.activity] } };
      case 'l1Timer':
        return { ...vmcs, expired: event.expired };
      case 'l1Idt':
        return { ...vmcs, idt: event.present };
      case 'l1Pend':
        return { ...vmcs, virtual: this.parts.virtualInterrupts.pend(vmcs.virtual, event.vector) };
      default:
        return event satisfies never;
    }
  }
}
