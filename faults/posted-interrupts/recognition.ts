import {
  universe,
  withGuest,
  withVcpu,
  type Guest,
  type VirtualApic,
  type PostedInterruptsState as State,
} from '../../model/posted-interrupts/index.ts';
import { EventDelivery } from '../../model/posted-interrupts/processor/event-delivery.ts';
import { DirectAccess } from '../../model/posted-interrupts/processor/direct-access.ts';
import { Exits } from '../../model/posted-interrupts/processor/exits.ts';
import { VirtualInterrupts } from '../../model/posted-interrupts/processor/virtual-interrupts.ts';
import { Entry } from '../../model/posted-interrupts/software/entry.ts';
import { acrn, fault } from './define.ts';

/** PPR virtualization and the evaluation of pending virtual interrupts, at entries and TPR writes. */
export const recognition = [
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
];
