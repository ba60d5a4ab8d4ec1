import { withGuest, withPending, universe, hardwareException } from '../../model/idt-vectoring/index.ts';
import type { Guest, IdtVectoringState as State, Shadow } from '../../model/idt-vectoring/index.ts';
import { Boundary } from '../../model/idt-vectoring/processor/boundary.ts';
import { Delivery } from '../../model/idt-vectoring/processor/delivery.ts';
import { ExternalInterrupts } from '../../model/idt-vectoring/processor/external-interrupts.ts';
import { Injector } from '../../model/idt-vectoring/processor/injector.ts';
import { Iret } from '../../model/idt-vectoring/processor/iret.ts';
import { Shutdown } from '../../model/idt-vectoring/processor/shutdown.ts';
import { fault } from './define.ts';

/** What is taken at a boundary, and what holds it back. */
export const boundary = [
  fault({
    id: 'nmi-precedes-debug-trap',
    breaks: ['boundary-takes-one-event-by-rank', 'debug-exception-writes-dr6-and-clears-gd'],
    wrong: 'An NMI is taken before a debug trap.',
    parts: {
      boundary: class extends Boundary {
        override order(): ReturnType<Boundary['order']> {
          const [machineCheck, debug, nmi, external] = super.order();
          return [machineCheck!, nmi!, debug!, external!];
        }
      },
    },
  }),
  fault({
    id: 'interrupt-precedes-nmi',
    breaks: ['boundary-takes-one-event-by-rank'],
    wrong: 'An external interrupt is taken before an NMI.',
    parts: {
      boundary: class extends Boundary {
        override order(): ReturnType<Boundary['order']> {
          const [machineCheck, debug, nmi, external] = super.order();
          return [machineCheck!, debug!, external!, nmi!];
        }
      },
    },
  }),
  fault({
    id: 'machine-check-comes-last',
    breaks: ['boundary-takes-one-event-by-rank', 'machine-check-sets-mcip'],
    wrong: 'A machine check waits until nothing else is to be taken.',
    parts: {
      boundary: class extends Boundary {
        override order(): ReturnType<Boundary['order']> {
          const [machineCheck, ...others] = super.order();
          return [...others, machineCheck!];
        }
      },
    },
  }),
  fault({
    id: 'interrupt-ignores-if',
    breaks: ['external-needs-if-and-no-shadow'],
    wrong: 'An external interrupt is taken with IF 0.',
    parts: {
      externalInterrupts: class extends ExternalInterrupts {
        override isOpen(state: State): boolean {
          return super.isOpen(withGuest(state, { interruptFlag: true }));
        }
      },
    },
  }),
  fault({
    id: 'interrupt-ignores-the-sti-shadow',
    breaks: ['external-needs-if-and-no-shadow', 'sti-casts-a-shadow'],
    wrong: 'An external interrupt is taken in the STI shadow.',
    parts: {
      externalInterrupts: class extends ExternalInterrupts {
        override isStiShadowBlocking(): boolean {
          return false;
        }
      },
    },
  }),
  fault({
    id: 'interrupt-ignores-the-mov-ss-shadow',
    breaks: ['external-needs-if-and-no-shadow', 'movss-casts-a-shadow'],
    wrong: 'An external interrupt is taken in the MOV SS shadow.',
    parts: {
      externalInterrupts: class extends ExternalInterrupts {
        override isMovSsShadowBlocking(): boolean {
          return false;
        }
      },
    },
  }),
  fault({
    id: 'class-in-service-is-ignored',
    breaks: ['external-needs-a-higher-class'],
    wrong: 'A vector is taken while a higher one is in service.',
    parts: {
      externalInterrupts: class extends ExternalInterrupts {
        override isAboveService(): boolean {
          return true;
        }
      },
    },
  }),
  fault({
    id: 'acknowledgement-leaves-irr',
    breaks: ['external-is-acknowledged-once', 'external-needs-a-higher-class'],
    wrong: 'A vector that is taken stays in IRR: it comes again after its EOI.',
    parts: {
      externalInterrupts: class extends ExternalInterrupts {
        override acknowledge(state: State, vector: number): State {
          return withPending(super.acknowledge(state, vector), { irr: state.pending.irr });
        }
      },
    },
  }),
  fault({
    id: 'irr-holds-the-last-vector',
    breaks: ['external-needs-a-higher-class', 'external-is-acknowledged-once', 'external-needs-if-and-no-shadow'],
    wrong: 'A vector that becomes pending takes the place of one that is pending already.',
    parts: {
      externalInterrupts: class extends ExternalInterrupts {
        override pend(state: State, vector: number): State {
          return withPending(super.pend(state, vector), { irr: universe.only(vector) });
        }
      },
    },
  }),
  fault({
    id: 'eoi-ends-the-lowest',
    breaks: ['eoi-ends-the-highest', 'in-service-until-eoi'],
    wrong: 'EOI clears the lowest vector in service.',
    parts: {
      externalInterrupts: class extends ExternalInterrupts {
        override completes({ guest }: State): number {
          return universe.vectors.find((vector) => universe.has(guest.isr, vector)) ?? 0;
        }
      },
    },
  }),
  fault({
    id: 'extint-goes-into-isr',
    breaks: ['extint-passes-by-the-apic', 'in-service-until-eoi'],
    wrong: 'A vector of the interrupt controller outside is marked in service in the local APIC (M-43).',
    parts: {
      injector: class extends Injector {
        override extInt(state: State): State {
          return withGuest(state, { isr: universe.with(state.guest.isr, universe.vectors[0]!) });
        }
      },
    },
  }),
  fault({
    id: 'shadow-outlives-delivery',
    breaks: ['sti-casts-a-shadow', 'movss-casts-a-shadow', 'delivery-establishes-the-handler'],
    wrong: 'The handler starts in the shadow in which its event came.',
    config: { intercepts: 'none', paging: 'ept' },
    parts: {
      delivery: class extends Delivery {
        override shadowAfter(shadow: Shadow): Shadow {
          return shadow;
        }
      },
    },
  }),
  fault({
    id: 'hlt-outlives-delivery',
    breaks: ['hlt-ends-with-an-event', 'delivery-establishes-the-handler', 'indirect-exit-ends-shadows-and-hlt'],
    wrong: 'The processor is still halted in the handler of the event that should have ended HLT (M-14).',
    parts: {
      delivery: class extends Delivery {
        override haltedAfter(): boolean {
          return true;
        }
      },
    },
  }),
  fault({
    id: 'machine-check-leaves-mcip',
    breaks: ['machine-check-sets-mcip'],
    wrong: 'A machine check that is taken does not set MCIP: a second one does not shut down.',
    parts: {
      boundary: class extends Boundary {
        override setMcip(state: State): State {
          return state;
        }
      },
    },
  }),
  fault({
    id: 'mcip-outlives-the-handler',
    breaks: ['machine-check-sets-mcip'],
    wrong: 'MCIP is not cleared: the next machine check shuts the processor down.',
    parts: {
      iret: class extends Iret {
        override machineCheckHandled(): Partial<Guest> {
          return {};
        }
      },
    },
  }),
  fault({
    id: 'machine-check-in-machine-check-is-delivered',
    breaks: ['machine-check-in-progress-shuts-down', 'shutdown-is-final'],
    wrong: 'A machine check with MCIP 1 is delivered.',
    parts: {
      boundary: class extends Boundary {
        override machineCheckInProgress(state: State): State {
          return this.parts.exceptions.raise(state, hardwareException(18));
        }
      },
    },
  }),
  fault({
    id: 'shutdown-resets-the-processor',
    breaks: ['shutdown-is-final', 'triple-fault', 'double-fault-then-benign', 'machine-check-in-progress-shuts-down'],
    wrong: 'After a triple fault the guest goes on from its reset state.',
    parts: {
      shutdown: class extends Shutdown {
        override enter(state: State): State {
          return withGuest(super.enter(state), { shutdown: false });
        }
      },
    },
  }),
];
