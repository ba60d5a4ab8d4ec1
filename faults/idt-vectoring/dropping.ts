import { eventTypes } from '../../spec/vmx/interruption-information.ts';
import {
  advanced,
  doubleFault,
  isException,
  isHardwareException,
  withGuest,
  type IdtVectoringState as State,
  type VectoredEvent,
} from '../../model/idt-vectoring/index.ts';
import { Merging } from '../../model/idt-vectoring/vmx/software/merging.ts';
import { Policy } from '../../model/idt-vectoring/vmx/software/policy.ts';
import { acrn, fault, kvm } from './define.ts';
import { isOfGate } from './of-gate.ts';

/** A hypervisor that forgets some of what it finds. */
const dropping = (isDropped: (event: VectoredEvent) => boolean): typeof Policy =>
  class extends Policy {
    override drops(state: State, event: VectoredEvent): boolean {
      return isDropped(event) || super.drops(state, event);
    }
  };

/** Events in the IDT-vectoring field that are dropped, one row of the answer each (M-29); and dropping gone wrong. */
export const dropped = [
  fault({
    id: 'everything-is-dropped',
    breaks: [
      'external-interrupt-is-injected-again',
      'nmi-is-injected-again',
      'hardware-exception-is-injected-again',
      'soft-event-is-injected-again-with-length',
      'privileged-soft-exception-is-injected-again',
      'nested-fault-of-the-guest-merges-with-exception',
      'guest-cannot-tell',
    ],
    wrong: 'Whatever is in the IDT-vectoring field is forgotten: the policy drop (M-29).',
    parts: { policy: dropping(() => true) },
  }),
  fault({
    id: 'hardware-exceptions-are-dropped',
    breaks: ['hardware-exception-is-injected-again', 'nested-fault-of-the-guest-merges-with-exception'],
    wrong: 'Hardware exceptions are forgotten, and the rest is injected again: the proposal of the seed (M-29).',
    parts: { policy: dropping(isHardwareException) },
  }),
  fault({
    id: 'exceptions-and-nmis-are-dropped',
    breaks: [
      'hardware-exception-is-injected-again',
      'nmi-is-injected-again',
      'nested-fault-of-the-guest-merges-with-exception',
    ],
    wrong: 'Soft events and external interrupts are injected again, hardware exceptions and NMIs are not.',
    seen: [acrn('E52', 'correct idt_vectoring_info handling (9a604ed00)', 2018)],
    parts: { policy: dropping((event) => isHardwareException(event) || event.type === eventTypes.nmi) },
  }),
  fault({
    id: 'external-interrupts-are-dropped',
    breaks: ['external-interrupt-is-injected-again', 'every-event-has-one-fate'],
    wrong: 'An external interrupt in the field is lost; its vector stays in service (M-29).',
    parts: { policy: dropping(({ type }) => type === eventTypes.externalInterrupt) },
  }),
  fault({
    id: 'nmis-are-dropped',
    breaks: ['nmi-is-injected-again', 'every-event-has-one-fate', 'obstacles-do-not-show-in-the-frame'],
    wrong: 'An NMI in the field is lost; NMIs stay blocked (M-29).',
    parts: { policy: dropping(({ type }) => type === eventTypes.nmi) },
  }),
  fault({
    id: 'machine-checks-are-dropped',
    breaks: ['hardware-exception-is-injected-again', 'nested-fault-of-the-guest-merges-with-exception'],
    wrong: 'A machine check in the field is lost; MCIP stays 1 (M-29).',
    parts: { policy: dropping((event) => isException(event, 18)) },
  }),
  fault({
    id: 'page-faults-are-dropped',
    breaks: [
      'hardware-exception-is-injected-again',
      'nested-fault-of-the-guest-merges-with-exception',
      'repeated-obstacles-repeat-injection',
    ],
    wrong: '#PF in the field is left to be raised again (M-29).',
    parts: { policy: dropping((event) => isException(event, 14)) },
  }),
  fault({
    id: 'double-faults-are-dropped',
    breaks: [
      'hardware-exception-is-injected-again',
      'nested-fault-of-the-guest-merges-with-exception',
      'repeated-obstacles-repeat-injection',
      'contributory-then-contributory-is-double-fault',
    ],
    wrong: '#DF in the field is forgotten: both exceptions are to come again (M-29).',
    parts: { policy: dropping((event) => isException(event, 8)) },
  }),
  fault({
    id: 'debug-exceptions-are-dropped',
    breaks: ['hardware-exception-is-injected-again', 'nested-fault-of-the-guest-merges-with-exception'],
    wrong: '#DB in the field is forgotten, traps and general detect too (M-29).',
    parts: { policy: dropping((event) => isException(event, 1)) },
  }),
  fault({
    id: 'virtualization-exceptions-are-dropped',
    breaks: ['hardware-exception-is-injected-again', 'nested-fault-of-the-guest-merges-with-exception'],
    wrong: '#VE in the field is forgotten; its area stays busy (M-29).',
    config: { paging: 'ept' },
    parts: { policy: dropping((event) => isException(event, 20)) },
  }),
  fault({
    id: 'int3-is-executed-again',
    breaks: ['soft-event-is-injected-again-with-length', 'every-event-has-one-fate'],
    wrong: 'INT3 and INTO are not injected again: RIP is left at an instruction that need not be there (M-29).',
    seen: [
      kvm('E38', 'KVM: SVM: Re-inject INT3/INTO instead of retrying the instruction (6ef88d6e36c2)', 2022, 'heading'),
    ],
    parts: { policy: dropping(({ type }) => type === eventTypes.softwareException) },
  }),
  fault({
    id: 'int-n-is-executed-again',
    breaks: ['soft-event-is-injected-again-with-length', 'every-event-has-one-fate'],
    wrong: 'INT n is not injected again: RIP is left at an instruction that need not be there (M-29).',
    seen: [
      kvm('E39', 'KVM: SVM: Re-inject INTn instead of retrying the insn on "failure" (7e5b5ef8dca3)', 2022, 'heading'),
    ],
    parts: { policy: dropping(({ type }) => type === eventTypes.softwareInterrupt) },
  }),
  fault({
    id: 'int1-is-dropped',
    breaks: ['privileged-soft-exception-is-injected-again', 'every-event-has-one-fate'],
    wrong: 'Type 5 is not known, and forgotten (M-29).',
    config: { int1Type: 5 },
    parts: { policy: dropping(({ type }) => type === eventTypes.privilegedSoftwareException) },
  }),
  fault({
    id: 'dropping-skips-the-instruction',
    breaks: ['dropped-event-leaves-the-guest-where-it-was', 'indirect-exit-keeps-rip-and-flags'],
    wrong: 'A hypervisor that drops an event lets the guest go on after its instruction.',
    profile: 'drop',
    parts: {
      policy: class extends Policy {
        override drop(state: State): State {
          return super.drop(withGuest(state, { rip: advanced(state.guest.rip, 1) }));
        }
      },
    },
  }),
  fault({
    id: 'dropping-merges-all-the-same',
    breaks: ['dropping-forgets-the-first-of-two'],
    wrong: 'A hypervisor that drops gives the guest #DF for a nested fault.',
    profile: 'drop',
    parts: {
      merging: class extends Merging {
        override forgettingTheFirst(second: VectoredEvent): VectoredEvent {
          const alone = super.forgettingTheFirst(second);
          return isOfGate(alone) ? alone : doubleFault;
        }
      },
    },
  }),
  fault({
    id: 'proposal-drops-soft-exceptions-too',
    breaks: ['only-exceptions-are-dropped'],
    wrong: 'Under the proposal of the seed every exception is dropped, INT3 and INT1 too.',
    profile: 'drop-exceptions',
    parts: {
      policy: class extends Policy {
        override isDroppedException(event: VectoredEvent): boolean {
          const isSoft =
            event.type === eventTypes.softwareException || event.type === eventTypes.privilegedSoftwareException;
          return super.isDroppedException(event) || isSoft;
        }
      },
    },
  }),
];
