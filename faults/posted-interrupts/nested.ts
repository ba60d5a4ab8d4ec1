import {
  universe,
  withNested,
  withVcpu,
  type PostedInterruptsState as State,
} from '../../model/posted-interrupts/index.ts';
import { Instructions } from '../../model/posted-interrupts/processor/instructions.ts';
import { VirtualInterrupts } from '../../model/posted-interrupts/processor/virtual-interrupts.ts';
import { HostInterrupt } from '../../model/posted-interrupts/software/host-interrupt.ts';
import { NestedKvm } from '../../model/posted-interrupts/software/nested-kvm.ts';
import { Nested } from '../../model/posted-interrupts/software/nested.ts';
import type { Guest } from '../../model/posted-interrupts/index.ts';
import { fault, kvm } from './define.ts';

const config = { apicv: 'on', nested: true } as const;

/** Posted interrupts that L1 uses for L2. */
export const nested = [
  fault({
    id: 'nested-notification-exits-to-l1',
    breaks: [
      'nested-notification-pending-at-entry',
      'nested-notification-is-consumed',
      'interrupt-for-l1-exits-acknowledged',
      'nested-notification-obeys-l1-priority',
      'nested-processing-fills-the-page-of-l2',
    ],
    wrong: "L1's notification vector is reflected to L1 as any other interrupt.",
    seen: [
      kvm(
        'C05',
        'KVM: nVMX: Morph notification vector IRQ on nested VM-Enter to pending PI (25bb2cf97139)',
        2020,
        'heading',
      ),
    ],
    config,
    parts: {
      nested: class extends Nested {
        override isNotification(): boolean {
          return false;
        }
      },
    },
  }),
  fault({
    id: 'consumed-notification-stays-in-service',
    breaks: [
      'nested-notification-is-consumed',
      'nested-notification-pending-at-entry',
      'nested-processing-fills-the-page-of-l2',
    ],
    wrong: "L1's notification vector moves to ISR of L1 when it is consumed; nobody will write its EOI.",
    seen: [kvm('C07', "KVM: x86: Don't move VMX's nested PI notification vector from IRR to ISR (f729851189d5)", 2024)],
    config,
    parts: {
      nested: class extends Nested {
        override takeNotification(state: State): State {
          const vcpu = state.vcpus[0];
          return withVcpu(state, 0, { ...vcpu, apic: this.parts.localApic.acknowledge(vcpu.apic, 0xf2) });
        }
      },
    },
  }),
  fault({
    id: 'consumed-notification-stays-pending',
    breaks: [
      'nested-notification-is-consumed',
      'nested-notification-pending-at-entry',
      'nested-processing-fills-the-page-of-l2',
      'nested-notification-obeys-l1-priority',
    ],
    wrong: "L1's notification vector is processed, and then delivered to L1 when it runs again.",
    config,
    parts: {
      nested: class extends Nested {
        override look(state: State, inL2: boolean): State {
          const vector = this.deliverableToL1(state);
          if (!this.isNotification(vector)) return super.look(state, inL2);
          const irr = state.vcpus[0].apic.irr;
          const next = super.look(state, inL2);
          const vcpu = next.vcpus[0];
          return withVcpu(next, 0, {
            ...vcpu,
            apic: { ...vcpu.apic, irr: vcpu.apic.irr | (irr & universe.only(0xf2)) },
          });
        }
      },
    },
  }),
  fault({
    id: 'nested-notification-passes-l1-priority',
    breaks: ['nested-notification-obeys-l1-priority', 'hidden-interrupt-for-l1-waits'],
    wrong: "L1's notification vector is consumed whatever PPR of L1 is.",
    config,
    parts: {
      nested: class extends Nested {
        override deliverableToL1(state: State): number {
          const vector = super.deliverableToL1(state);
          return vector === 0 && universe.has(state.vcpus[0].apic.irr, 0xf2) ? 0xf2 : vector;
        }
      },
    },
  }),
  fault({
    id: 'hidden-interrupt-makes-l2-exit',
    breaks: [
      'hidden-interrupt-for-l1-waits',
      'nested-notification-obeys-l1-priority',
      'interrupt-for-l1-exits-acknowledged',
    ],
    wrong: 'A vector that TPR or ISR of L1 hides makes L2 exit.',
    config,
    parts: {
      nested: class extends Nested {
        override deliverableToL1(state: State): number {
          super.deliverableToL1(state);
          return universe.max(state.vcpus[0].apic.irr);
        }
      },
    },
  }),
  fault({
    id: 'consumed-notification-processes-nothing',
    breaks: [
      'nested-processing-fills-the-page-of-l2',
      'nested-notification-is-consumed',
      'nested-notification-pending-at-entry',
    ],
    wrong: 'What L1 has posted for L2 stays in PIR when the notification is consumed.',
    config,
    parts: {
      nested: class extends Nested {
        override consume(state: State, evaluates: boolean): State {
          const next = super.consume(state, evaluates);
          return withNested(next, state.nested);
        }
      },
    },
  }),
  fault({
    id: 'interrupt-for-l1-goes-before-that-of-l2',
    breaks: [
      'virtual-interrupt-of-l2-goes-first',
      'interrupt-for-l1-exits-acknowledged',
      'nested-processing-fills-the-page-of-l2',
    ],
    wrong: 'An interrupt for L1 is looked at before L2 takes its virtual interrupt.',
    config,
    parts: {
      nested: class extends Nested {
        override enter(state: State): State {
          if (state.machine.isKvm) return super.enter(state);
          const { entry } = this.parts;
          const looked = this.look(entry.synced(entry.published(state, 0), 0), false);
          this.cite('virtual-interrupt-of-l2-goes-first');
          return looked.vcpus[0].core.l2 ? this.boundary(this.processorEntry(looked)) : looked;
        }
      },
    },
  }),
  fault({
    id: 'interrupt-for-l1-is-not-acknowledged',
    breaks: ['interrupt-for-l1-exits-acknowledged', 'acknowledged-vector-reaches-svi'],
    wrong: 'The vector that makes L2 exit stays in IRR of L1 although it is reported: L1 takes it twice.',
    config,
    parts: {
      nested: class extends Nested {
        override interruptL1(state: State, vector: number): State {
          super.interruptL1(state, vector);
          return this.exitToL1(state, 1, (0x8000_0000 | vector) >>> 0);
        }
      },
    },
  }),
  fault({
    id: 'interrupt-for-l1-has-no-information',
    breaks: ['interrupt-for-l1-exits-acknowledged'],
    wrong: 'The exit interruption information that L1 sees is not valid.',
    config,
    parts: {
      nested: class extends Nested {
        override exitToL1(state: State, reason: number): State {
          return super.exitToL1(state, reason, 0);
        }
      },
    },
  }),
  fault({
    id: 'acknowledged-vector-misses-svi',
    breaks: ['acknowledged-vector-reaches-svi', 'software-keeps-rvi-and-svi', 'entry-evaluates', 'ppr-virtualization'],
    wrong: 'SVI of L1 is not that of ISR after an exit of L2 that has acknowledged a vector.',
    seen: [
      {
        project: 'Linux KVM/x86',
        change: 'KVM: nVMX: Defer SVI update to vmcs01 on EOI when L2 is active w/o VID',
        year: 2024,
        evidence: 'hearsay',
      },
    ],
    config,
    parts: {
      nested: class extends Nested {
        override restoreSvi(state: State): State {
          super.restoreSvi(state);
          return state;
        }
      },
    },
  }),
  fault({
    id: 'svi-takes-what-is-pending',
    breaks: ['acknowledged-vector-reaches-svi', 'software-keeps-rvi-and-svi', 'entry-evaluates', 'ppr-virtualization'],
    wrong: 'After an exit of L2 SVI of L1 is the highest pending vector, which nobody has acknowledged.',
    seen: [
      {
        project: 'Xen x86',
        change: 'x86/nvmx: only update SVI when using Ack on exit (55d035f8e9)',
        year: 2020,
        bug: 'C13',
        evidence: 'read',
      },
    ],
    config,
    parts: {
      nested: class extends Nested {
        override restoreSvi(state: State): State {
          const next = super.restoreSvi(state);
          const vcpu = next.vcpus[0];
          if (!vcpu.virtual.apicv) return next;
          const svi = universe.max(vcpu.apic.irr | vcpu.apic.isr);
          return withVcpu(next, 0, { ...vcpu, virtual: { ...vcpu.virtual, svi } });
        }
      },
    },
  }),
  fault({
    id: 'l1-starts-with-interrupts-on',
    breaks: ['l1-starts-with-interrupts-off'],
    wrong: 'IF of L1 is 1 after an exit to L1.',
    config,
    parts: {
      nested: class extends Nested {
        override interruptFlagOfL1(): boolean {
          super.interruptFlagOfL1();
          return true;
        }
      },
    },
  }),
  fault({
    id: 'physical-exit-of-l2-reaches-l1',
    breaks: ['physical-exit-of-l2-is-invisible', 'other-vector-exits', 'l1-post-does-not-reach-l2'],
    wrong: "The host's own interrupt makes L2 exit to L1.",
    config,
    parts: {
      hostInterrupt: class extends HostInterrupt {
        override timer(state: State, v: number): State {
          const next = super.timer(state, v);
          return next.vcpus[v].core.l2 ? this.parts.nested.exitToL1(next, 1, 0) : next;
        }
      },
    },
  }),
  fault({
    id: 'physical-notification-is-processed-for-l2',
    breaks: ['l1-post-does-not-reach-l2', 'other-vector-exits', 'physical-exit-of-l2-is-invisible'],
    wrong: 'The physical notification of L1 is taken for one of L2 while L2 runs.',
    config,
    parts: {
      hostInterrupt: class extends HostInterrupt {
        override isNotification(state: State, v: number, physical: 'posted' | 'wakeup' | 'kick' | 'nested'): boolean {
          const is = super.isNotification(state, v, physical);
          return is || (physical === 'posted' && state.vcpus[v].core.l2);
        }
      },
    },
  }),
  fault({
    id: 'eoi-bitmap-of-l0-leaks',
    breaks: ['eoi-bitmap-of-l0-does-not-leak', 'eoi-exit-comes-before-evaluation'],
    wrong: 'An EOI in L2 exits for a vector in the EOI-exit bitmap of L0.',
    config,
    parts: {
      virtualInterrupts: class extends VirtualInterrupts {
        override exitsOnEoi(guest: Guest, vector: number): boolean {
          return super.exitsOnEoi(guest, vector) || vector === 0x31 || vector === 0x40;
        }
      },
    },
  }),
  fault({
    id: 'accesses-of-l2-exit',
    breaks: ['accesses-of-l2-stay-with-l2', 'xapic-access-exits-with-its-offset', 'x2apic-access-exits-as-msr'],
    wrong: 'L2 exits for reads of its local APIC.',
    config,
    parts: {
      instructions: class extends Instructions {
        override read(state: State, v: number, register: Parameters<Instructions['read']>[2]): State {
          const next = super.read(state, v, register);
          return next.vcpus[v].core.l2 ? this.parts.exits.access(next, v, 0x80, false) : next;
        }
      },
    },
  }),
  fault({
    id: 'notification-for-l2-goes-through-irr-of-l1',
    breaks: ['nested-notification-passes-by-l1', 'post-sets-pir-first', 'acceptance-sets-irr'],
    wrong: 'A notification for L2 becomes pending in L1, where PPR can hide it.',
    profile: 'kvm',
    parts: {
      nestedKvm: class extends NestedKvm {
        override passesByL1(state: State, v: number, vector: number): boolean {
          if (super.passesByL1(state, v, vector)) this.cite('nested-notification-passes-by-l1');
          return false;
        }
      },
    },
  }),
  fault({
    id: 'remembered-notification-is-not-processed',
    breaks: ['nested-notification-passes-by-l1', 'nested-processing-fills-the-page-of-l2', 'exit-to-l1-goes-first'],
    wrong: 'A notification that is remembered is forgotten at the next entry of L2.',
    profile: 'kvm',
    parts: {
      nestedKvm: class extends NestedKvm {
        override processRemembered(state: State): State {
          super.processRemembered(state);
          return withNested(state, { ...state.nested, piPending: false });
        }
      },
    },
  }),
  fault({
    id: 'remembered-notification-outlives-the-entry-by-l1',
    breaks: ['remembered-notification-is-dropped-at-entry', 'nested-notification-passes-by-l1'],
    wrong: 'A notification remembered from before an exit to L1 is processed when L1 enters L2 again.',
    profile: 'kvm',
    parts: {
      nestedKvm: class extends NestedKvm {
        override forget(state: State): State {
          super.forget(state);
          return state;
        }
      },
    },
  }),
  fault({
    id: 'virtual-interrupt-of-l2-goes-before-the-exit-to-l1',
    breaks: ['exit-to-l1-goes-first', 'interrupt-for-l1-exits-acknowledged', 'nested-notification-is-consumed'],
    wrong: 'L2 takes its virtual interrupt before an interrupt for L1 is looked at.',
    profile: 'kvm',
    parts: {
      nestedKvm: class extends NestedKvm {
        override enter(state: State): State {
          super.enter(state);
          const { nested: rules } = this.parts;
          return rules.look(rules.boundary(rules.processorEntry(this.processRemembered(state))), true);
        }
      },
    },
  }),
];
