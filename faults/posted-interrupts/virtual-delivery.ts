import {
  universe,
  withGuest,
  withVcpu,
  type Guest,
  type PostedInterruptsState as State,
} from '../../model/posted-interrupts/index.ts';
import { EventDelivery } from '../../model/posted-interrupts/processor/event-delivery.ts';
import { DirectAccess } from '../../model/posted-interrupts/processor/direct-access.ts';
import { Instructions } from '../../model/posted-interrupts/processor/instructions.ts';
import { VirtualInterrupts } from '../../model/posted-interrupts/processor/virtual-interrupts.ts';
import { Emulation } from '../../model/posted-interrupts/software/emulation.ts';
import { fault, xen } from './define.ts';

/** EOI and self-IPI virtualization, and the delivery of virtual interrupts. */
export const virtualDelivery = [
  fault({
    id: 'eoi-zeroes-svi',
    breaks: ['eoi-virtualization', 'ppr-virtualization', 'evaluation-compares-rvi-with-vppr'],
    wrong: 'EOI sets SVI to 0 although another vector is in service.',
    seen: [xen('C37', 'VMX: fix vmx_handle_eoi() (45cb9a4123)', 2018)],
    config: { apicv: 'on' },
    parts: {
      virtualInterrupts: class extends VirtualInterrupts {
        override sviAfterEoi(): number {
          return 0;
        }
      },
    },
  }),
  fault({
    id: 'eoi-takes-the-highest-in-visr',
    breaks: [
      'eoi-takes-svi-and-not-visr',
      'eoi-virtualization',
      'zero-is-no-vector',
      'eoi-exit-comes-before-evaluation',
    ],
    wrong: 'EOI virtualization is for the highest vector in VISR, whatever SVI is.',
    profile: 'arch',
    config: { apicv: 'on' },
    parts: {
      virtualInterrupts: class extends VirtualInterrupts {
        override completes(guest: Guest): number {
          super.completes(guest);
          return universe.max(guest.apic.isr);
        }
      },
    },
  }),
  fault({
    id: 'eoi-does-not-evaluate',
    breaks: ['eoi-exit-comes-before-evaluation', 'evaluation-has-five-causes', 'evaluation-compares-rvi-with-vppr'],
    wrong: 'EOI virtualization evaluates nothing: a vector of an equal class waits for ever (M-25).',
    config: { apicv: 'on' },
    parts: {
      instructions: class extends Instructions {
        override virtualizedEoi(state: State, v: number): State {
          const { virtualInterrupts: rules } = this.parts;
          const vector = rules.completes(state.vcpus[v]);
          const after = rules.completeEoi(state.vcpus[v], vector);
          if (state.vcpus[v].core.l2 || rules.exitsOnEoi(after, vector)) return super.virtualizedEoi(state, v);
          this.cite('evaluation-has-five-causes');
          return withGuest(state, v, after);
        }
      },
    },
  }),
  fault({
    id: 'eoi-evaluates-before-its-exit',
    breaks: ['eoi-exit-comes-before-evaluation', 'eoi-exit-is-completed-by-software', 'eoi-virtualization'],
    wrong: 'EOI virtualization delivers the next virtual interrupt before it exits (M-26).',
    config: { apicv: 'on' },
    parts: {
      instructions: class extends Instructions {
        override virtualizedEoi(state: State, v: number): State {
          const { virtualInterrupts: rules, eventDelivery } = this.parts;
          const vector = rules.completes(state.vcpus[v]);
          if (state.vcpus[v].core.l2 || !rules.exitsOnEoi(state.vcpus[v], vector)) {
            return super.virtualizedEoi(state, v);
          }
          const done = rules.evaluate(rules.completeEoi(state.vcpus[v], vector));
          const delivered = eventDelivery.boundary(withGuest(state, v, done), v);
          const exited = this.parts.exits.exit(delivered, v, { reason: 45, qualification: vector });
          return this.parts.emulation.completeEoi(exited, v, vector);
        }
      },
    },
  }),
  fault({
    id: 'eoi-never-exits',
    breaks: ['eoi-exit-comes-before-evaluation', 'level-vectors-exit-on-eoi', 'eoi-exit-is-completed-by-software'],
    wrong: 'The EOI-exit bitmap is not looked at.',
    config: { apicv: 'on' },
    parts: {
      virtualInterrupts: class extends VirtualInterrupts {
        override exitsOnEoi(guest: Guest, vector: number): boolean {
          super.exitsOnEoi(guest, vector);
          return false;
        }
      },
    },
  }),
  fault({
    id: 'eoi-exit-is-completed-twice',
    breaks: ['eoi-exit-is-completed-by-software', 'eoi-virtualization', 'level-eoi-is-broadcast'],
    wrong: 'After an EOI exit the hypervisor completes the next vector in service too (M-26).',
    config: { apicv: 'on' },
    parts: {
      emulation: class extends Emulation {
        override completeEoi(state: State, v: number, vector: number): State {
          const next = super.completeEoi(state, v, vector);
          const vcpu = next.vcpus[v];
          const isr = universe.without(vcpu.apic.isr, universe.max(vcpu.apic.isr));
          return withVcpu(next, v, {
            ...vcpu,
            apic: { ...vcpu.apic, isr },
            virtual: { ...vcpu.virtual, svi: universe.max(isr) },
          });
        }
      },
    },
  }),
  fault({
    id: 'self-ipi-lowers-rvi',
    breaks: ['self-ipi-virtualization'],
    wrong: 'Self-IPI virtualization sets RVI to its vector, also where RVI was higher.',
    config: { apicv: 'on' },
    parts: {
      virtualInterrupts: class extends VirtualInterrupts {
        override selfIpi(guest: Guest, vector: number): Guest {
          const next = super.selfIpi(guest, vector);
          return this.evaluate({ ...next, virtual: { ...next.virtual, rvi: vector } });
        }
      },
    },
  }),
  fault({
    id: 'self-ipi-does-not-evaluate',
    breaks: ['self-ipi-virtualization', 'evaluation-has-five-causes'],
    wrong: 'Self-IPI virtualization evaluates nothing (M-25).',
    config: { apicv: 'on' },
    parts: {
      virtualInterrupts: class extends VirtualInterrupts {
        override selfIpi(guest: Guest, vector: number): Guest {
          const { recognized } = guest.virtual;
          const next = super.selfIpi(guest, vector);
          return { ...next, virtual: { ...next.virtual, recognized } };
        }
      },
    },
  }),
  fault({
    id: 'self-ipi-below-16-is-virtualized',
    breaks: ['self-ipi-below-16-exits', 'self-ipi-virtualization'],
    wrong: 'A self-IPI with an illegal vector does not exit.',
    config: { apicv: 'on' },
    parts: {
      instructions: class extends Instructions {
        override isNotVirtualizedSelfIpi(vector: number): boolean {
          super.isNotVirtualizedSelfIpi(vector);
          return false;
        }
      },
    },
  }),
  fault({
    id: 'delivery-takes-virr-and-not-rvi',
    breaks: ['virtual-delivery-trusts-rvi', 'virtual-delivery-takes-rvi', 'highest-vector-is-delivered-first'],
    wrong: 'A virtual interrupt that is not set in VIRR is not delivered.',
    profile: 'arch',
    config: { apicv: 'on' },
    parts: {
      eventDelivery: class extends EventDelivery {
        override deliverVirtual(state: State, v: number): State {
          const { virtual, apic } = state.vcpus[v];
          if (universe.has(apic.irr, virtual.rvi)) return super.deliverVirtual(state, v);
          this.cite('virtual-delivery-trusts-rvi');
          return state;
        }
      },
    },
  }),
  fault({
    id: 'delivery-keeps-the-low-half-in-vppr',
    breaks: ['virtual-delivery-takes-rvi', 'delivery-moves-irr-to-isr'],
    wrong: 'VPPR becomes the whole vector at its delivery.',
    config: { apicv: 'on' },
    parts: {
      virtualInterrupts: class extends VirtualInterrupts {
        override pprAfterDelivery(vector: number): number {
          return vector;
        }
      },
    },
  }),
  fault({
    id: 'delivery-empties-rvi',
    breaks: ['virtual-delivery-takes-rvi', 'software-keeps-rvi-and-svi'],
    wrong: 'RVI is 0 after a delivery whatever else is in VIRR.',
    config: { apicv: 'on' },
    parts: {
      virtualInterrupts: class extends VirtualInterrupts {
        override rviAfterDelivery(): number {
          return 0;
        }
      },
    },
  }),
  fault({
    id: 'delivery-keeps-recognition',
    breaks: ['delivery-ends-recognition'],
    wrong: 'The next virtual interrupt stays recognized after a delivery, without an evaluation.',
    config: { apicv: 'on' },
    parts: {
      virtualInterrupts: class extends VirtualInterrupts {
        override recognizedAfterDelivery(): boolean {
          super.recognizedAfterDelivery();
          return true;
        }
      },
    },
  }),
  fault({
    id: 'zero-in-rvi-is-a-vector',
    breaks: ['zero-is-no-vector', 'evaluation-compares-rvi-with-vppr'],
    wrong: 'RVI 0 is taken for vector 0, and is recognized where VPPR is 0 (M-44).',
    config: { apicv: 'on' },
    parts: {
      virtualInterrupts: class extends VirtualInterrupts {
        override recognizes(guest: Guest): boolean {
          const recognized = super.recognizes(guest);
          return recognized || (guest.virtual.rvi === 0 && guest.apic.ppr === 0 && !guest.virtual.window);
        }
      },
    },
  }),
  fault({
    id: 'threshold-is-not-looked-at-by-the-entry',
    breaks: ['entry-below-threshold-exits'],
    wrong: 'VM entry with VTPR below the threshold enters the guest.',
    profile: 'arch',
    config: { apicv: 'off', mode: 'xapic' },
    parts: {
      directAccess: class extends DirectAccess {
        override exitBelowThreshold(state: State): State {
          super.exitBelowThreshold(state);
          return this.parts.eventDelivery.boundary(state, 0);
        }
      },
    },
  }),
  fault({
    id: 'interrupted-delivery-is-undone',
    breaks: ['interrupted-delivery-has-acknowledged', 'reinjection-acknowledges-nothing', 'virtual-delivery-takes-rvi'],
    wrong: 'A virtual interrupt whose delivery exits is not in service yet.',
    config: { apicv: 'on' },
    parts: {
      eventDelivery: class extends EventDelivery {
        override deliverVirtual(state: State, v: number): State {
          const before = state.vcpus[v];
          const next = super.deliverVirtual(state, v);
          if (!before.core.obstructed || before.core.l2) return next;
          const { recognized } = next.vcpus[v].virtual;
          return withVcpu(next, v, {
            ...next.vcpus[v],
            apic: before.apic,
            virtual: { ...before.virtual, recognized },
          });
        }
      },
    },
  }),
];
