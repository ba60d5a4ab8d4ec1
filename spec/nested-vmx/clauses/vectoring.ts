import type { ClauseDeclaration } from '../../clause.ts';
import { linux, ours, sdm } from '../../source.ts';

/** Deliveries that an EPT violation of L1's interrupts. */
export const vectoring = {
  'violation-in-delivery-exits-with-the-event': {
    must: "A delivery to L2 that meets a page which L1's EPT does not map exits with reason 48, and the event with type, vector and error code in the IDT-vectoring information.",
    source: [sdm('Information for VM Exits That Occur During Event Delivery'), linux('vmcs12_save_pending_event')],
    seenBy: ['exit.reason', 'exit.qualification', 'exit.vectoring', 'exit.vectoringError'],
    aka: 'NVMX-INJ-25',
  },
  'interrupted-interrupt-stays-in-service': {
    must: 'An external or virtual interrupt whose delivery exits has been acknowledged: IRR is 0, ISR 1; it is not delivered again unless L1 injects it.',
    source: [sdm('Architectural State Before a VM Exit'), ours('violation-in-delivery-exits-with-the-event')],
    seenBy: ['apic', 'virtualApic', 'delivery'],
    aka: 'NVMX-INJ-25',
  },
  'interrupted-delivery-has-ended-blocking': {
    must: 'An exit with a valid IDT-vectoring information saves no blocking by STI and MOV SS and the active state; IF and position are those before the delivery.',
    source: [sdm('Saving Non-Register State'), sdm('Architectural State Before a VM Exit')],
    seenBy: ['exit.interruptibility', 'exit.activity', 'exit.interrupts', 'exit.position'],
  },
  'interrupted-nmi-has-blocked': {
    must: 'An NMI whose delivery exits has set bit 3 of the interruptibility state before the exit, virtual-NMI blocking for one injected with "virtual NMIs".',
    source: [sdm('Architectural State Before a VM Exit')],
    seenBy: ['exit.interruptibility', 'levels.flags'],
  },
  'interrupted-software-event-has-a-length': {
    must: 'An exit that interrupts an injected software event has the length of the injection as instruction length.',
    source: [sdm('Information for VM Exits Due to Instruction Execution')],
    seenBy: ['exit.length', 'exit.vectoring'],
  },
  'violation-of-an-instruction-is-not-vectoring': {
    must: 'An EPT violation by an instruction exits with reason 48 without a valid IDT-vectoring information, with the position of the instruction and blocking as it was.',
    source: [sdm('EPT Violations'), sdm('Saving Non-Register State')],
    seenBy: ['exit'],
  },
  'interrupted-exit-is-never-vectoring': {
    must: 'Exits with reason 1, 3, 4, 7, 8, 12, 18, 32, 37, 52, and those of an NMI or #UD, never have a valid IDT-vectoring information.',
    source: [sdm('Information for VM Exits That Occur During Event Delivery'), linux('block_nested_events')],
    seenBy: ['exit.vectoring'],
    aka: 'NVMX-INJ-09, INV-N5',
  },
} as const satisfies Readonly<Record<string, ClauseDeclaration>>;
