import {
  universe,
  withGuest,
  withVcpu,
  type Guest,
  type PostedInterruptsState as State,
  type VirtualApic,
} from '../../model/posted-interrupts/index.ts';
import { EventDelivery } from '../../model/posted-interrupts/processor/event-delivery.ts';
import { DirectAccess } from '../../model/posted-interrupts/processor/direct-access.ts';
import { Exits } from '../../model/posted-interrupts/processor/exits.ts';
import { Instructions } from '../../model/posted-interrupts/processor/instructions.ts';
import { VirtualInterrupts } from '../../model/posted-interrupts/processor/virtual-interrupts.ts';
import { Emulation } from '../../model/posted-interrupts/software/emulation.ts';
import { Entry } from '../../model/posted-interrupts/software/entry.ts';
import { acrn, fault, xen } from './define.ts';

/** Virtual-interrupt delivery by the processor. */
export const virtualInterrupts = [
  fault({
    id: 'vppr-is-tpr',
    breaks: ['ppr-virtualization', 'eoi-virtualization', 'entry-evaluates', 'tpr-virtualization-evaluates'],
    wrong: 'PPR virtualization does not look at SVI.',
    config: { apicv: 'on', nested: false },
    parts: {
      virtualInterrupts: class extends VirtualInterrupts {
        override virtualizedPpr(tpr: number): number {
          return super.virtualizedPpr(tpr, 0);
        }
      },
    },
  }),
  fault({
    id: 'vppr-on-a-tie-loses-the-low-half',
    breaks: ['ppr-virtualization', 'eoi-virtualization', 'entry-evaluates', 'tpr-virtualization-evaluates'],
    wrong: 'VPPR is SVI with its low half cleared where VTPR is of the same class.',
    config: { apicv: 'on', nested: false },
    parts: {
      virtualInterrupts: class extends VirtualInterrupts {
        override virtualizedPpr(tpr: number, svi: number): number {
          const ppr = super.virtualizedPpr(tpr, svi);
          return svi !== 0 && tpr >> 4 === svi >> 4 ? svi & 0xf0 : ppr;
        }
      },
    },
  }),
  fault({
    id: 'evaluation-follows-every-instruction',
    breaks: [
      'evaluation-has-five-causes',
      'closed-guest-gets-no-interrupt',
      'sti-blocks-one-instruction',
      'recognized-interrupt-waits-for-if',
    ],
    wrong: 'RVI is compared with VPPR at every boundary, not at the five causes alone (M-25).',
    profile: 'arch',
    config: { apicv: 'on' },
    parts: {
      eventDelivery: class extends EventDelivery {
        override boundary(state: State, v: number): State {
          const guest = state.vcpus[v];
          if (guest.schedule.mode === 0 || !guest.virtual.apicv) return super.boundary(state, v);
          return super.boundary(withGuest(state, v, this.parts.virtualInterrupts.evaluate(guest)), v);
        }
      },
    },
  }),
  fault({
    id: 'direct-write-evaluates',
    breaks: ['evaluation-has-five-causes'],
    wrong: 'A write of VIRR from outside is noticed by the processor: the vector is recognized.',
    profile: 'arch',
    config: { apicv: 'on' },
    parts: {
      directAccess: class extends DirectAccess {
        override setPending(state: State, vector: number, on: boolean): State {
          const next = super.setPending(state, vector, on);
          const vcpu = next.vcpus[0];
          if (vcpu.schedule.mode === 0 || !vcpu.virtual.apicv) return next;
          const virtual = { ...vcpu.virtual, rvi: universe.max(vcpu.apic.irr) };
          return withVcpu(next, 0, { ...vcpu, ...this.parts.virtualInterrupts.evaluate({ ...vcpu, virtual }) });
        }
      },
    },
  }),
  fault({
    id: 'direct-priority-write-changes-vppr',
    breaks: ['ppr-virtualization-has-three-causes'],
    wrong: 'A write of VTPR from outside makes the processor compute VPPR.',
    profile: 'arch',
    config: { apicv: 'on' },
    parts: {
      directAccess: class extends DirectAccess {
        override setPriority(state: State, tpr: number): State {
          const next = super.setPriority(state, tpr);
          const vcpu = next.vcpus[0];
          return vcpu.virtual.apicv
            ? withVcpu(next, 0, { ...vcpu, ...this.parts.virtualInterrupts.virtualizePpr(vcpu) })
            : next;
        }
      },
    },
  }),
  fault({
    id: 'window-does-not-prevent-recognition',
    breaks: ['window-prevents-recognition', 'evaluation-compares-rvi-with-vppr', 'notification-evaluates'],
    wrong: 'A virtual interrupt is recognized with "interrupt-window exiting" 1 (M-27).',
    profile: 'arch',
    config: { apicv: 'on' },
    parts: {
      virtualInterrupts: class extends VirtualInterrupts {
        override windowPrevents(): boolean {
          return false;
        }
      },
    },
  }),
  fault({
    id: 'virtual-interrupt-goes-before-the-window',
    breaks: ['open-window-exits'],
    wrong: '"Interrupt-window exiting" does not exit.',
    profile: 'arch',
    parts: {
      eventDelivery: class extends EventDelivery {
        override leaveThroughWindow(state: State, v: number): State {
          return state.vcpus[v].virtual.recognized ? this.deliverVirtual(state, v) : state;
        }
      },
    },
  }),
  fault({
    id: 'entry-does-not-evaluate',
    breaks: ['entry-evaluates', 'notification-evaluates', 'virtual-delivery-takes-rvi'],
    wrong: 'VM entry does not evaluate pending virtual interrupts: RVI waits for the next TPR write or EOI (M-25).',
    config: { apicv: 'on' },
    parts: {
      virtualInterrupts: class extends VirtualInterrupts {
        override vmEntry(guest: Guest): Guest {
          super.vmEntry(guest);
          return this.virtualizePpr(guest);
        }
      },
    },
  }),
  fault({
    id: 'injection-skips-the-evaluation',
    breaks: ['entry-evaluates', 'injected-event-precedes-virtual-interrupt', 'evaluation-has-five-causes'],
    wrong: 'An entry that injects an event leaves a pending virtual interrupt for the next exit.',
    seen: [acrn('C34', 'hv: virq: update apicv irr/rvi before handle vmcs event injection (7f2b9a1c7)', 2018)],
    config: { apicv: 'on' },
    parts: {
      entry: class extends Entry {
        override inject(state: State, v: number, info: number): State {
          const vcpu = state.vcpus[v];
          const unrecognized = withVcpu(state, v, { ...vcpu, virtual: { ...vcpu.virtual, recognized: false } });
          return super.inject(unrecognized, v, info);
        }
      },
    },
  }),
  fault({
    id: 'virtual-interrupt-precedes-what-is-injected',
    breaks: ['injected-event-precedes-virtual-interrupt'],
    wrong: 'A virtual interrupt that is recognized at VM entry is delivered before the event that the entry injects.',
    config: { apicv: 'on' },
    parts: {
      entry: class extends Entry {
        override inject(state: State, v: number, info: number): State {
          const { recognized } = state.vcpus[v].virtual;
          if (!recognized) return super.inject(state, v, info);
          this.cite('injected-event-precedes-virtual-interrupt');
          const { eventDelivery } = this.parts;
          return eventDelivery.deliver(eventDelivery.boundary(state, v), v, info);
        }
      },
    },
  }),
  fault({
    id: 'recognition-survives-the-exit',
    breaks: ['exit-ends-recognition'],
    wrong: 'What was recognized before an exit is delivered after the next entry, whatever RVI is then.',
    config: { apicv: 'on' },
    parts: {
      exits: class extends Exits {
        override unrecognized(virtual: VirtualApic): VirtualApic {
          super.unrecognized(virtual);
          return virtual;
        }
      },
    },
  }),
  fault({
    id: 'tpr-write-does-not-evaluate',
    breaks: ['tpr-virtualization-evaluates', 'raising-tpr-retracts-nothing', 'cr8-is-the-class-of-tpr'],
    wrong: 'A virtualized TPR write evaluates nothing: lowering TPR lets nothing through (M-25).',
    config: { apicv: 'on', nested: false },
    parts: {
      virtualInterrupts: class extends VirtualInterrupts {
        override writeTpr(guest: Guest, tpr: number): Guest {
          super.writeTpr(guest, tpr);
          return this.virtualizePpr({ ...guest, apic: { ...guest.apic, tpr } });
        }
      },
    },
  }),
  fault({
    id: 'tpr-write-leaves-vppr',
    breaks: ['tpr-virtualization-evaluates', 'ppr-virtualization'],
    wrong: 'A virtualized TPR write does not compute VPPR.',
    config: { apicv: 'on', nested: false },
    parts: {
      virtualInterrupts: class extends VirtualInterrupts {
        override writeTpr(guest: Guest, tpr: number): Guest {
          super.writeTpr(guest, tpr);
          return this.evaluate({ ...guest, apic: { ...guest.apic, tpr } });
        }
      },
    },
  }),
  fault({
    id: 'raising-tpr-drops-what-it-hides',
    breaks: ['raising-tpr-retracts-nothing', 'tpr-virtualization-evaluates'],
    wrong: 'A TPR write takes the vectors that it hides out of IRR.',
    config: { apicv: 'on' },
    parts: {
      virtualInterrupts: class extends VirtualInterrupts {
        override writeTpr(guest: Guest, tpr: number): Guest {
          const next = super.writeTpr(guest, tpr);
          const irr = universe.vectors.reduce(
            (set, vector) => (vector >> 4 > tpr >> 4 ? set : universe.without(set, vector)),
            next.apic.irr,
          );
          return { ...next, apic: { ...next.apic, irr } };
        }
      },
    },
  }),
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
