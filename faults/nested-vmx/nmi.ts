import { interruptibility } from '../../spec/vmx/guest-non-register-state.ts';
import {
  control,
  nonMaskableInterrupt,
  withChips,
  type BareState,
  type Core,
  type Delivered,
  type EventFields,
  type Exit,
  type Machine,
  type NestedState as State,
  type Plan,
  type Situation,
  type VmExit,
  type Vmcs,
} from '../../model/nested-vmx/index.ts';
import { BareBoundaries } from '../../model/nested-vmx/bare/boundaries.ts';
import { Commit } from '../../model/nested-vmx/l0/commit.ts';
import { Look } from '../../model/nested-vmx/l0/look.ts';
import { NestedEvents } from '../../model/nested-vmx/l0/nested-events.ts';
import { Reflection } from '../../model/nested-vmx/l0/reflection.ts';
import { EventDelivery } from '../../model/nested-vmx/processor/event-delivery.ts';
import { ExitToL1 } from '../../model/nested-vmx/processor/exit-to-l1.ts';
import { Instructions } from '../../model/nested-vmx/processor/instructions.ts';
import { Interruptibility } from '../../model/nested-vmx/processor/interruptibility.ts';
import { Loading } from '../../model/nested-vmx/processor/loading.ts';
import { NonRoot } from '../../model/nested-vmx/processor/non-root.ts';
import { bochs, fault, kvm, xen } from './define.ts';

/** NMIs of both levels. */
export const nmi = [
  fault({
    id: 'nmi-exit-has-no-information',
    breaks: ['nmi-exits'],
    wrong: 'The exit of an NMI has its reason and no interruption information.',
    seen: [xen('B11', 'Nested VMX: Setup the virtual NMI exiting info (136058cc5c)', 2013)],
    parts: {
      exitToL1: class extends ExitToL1 {
        override report(exit: VmExit, core: Core, entry: EventFields): Exit {
          const report = super.report(exit, core, entry);
          return exit.information === nonMaskableInterrupt ? { ...report, information: 0 } : report;
        }
      },
    },
  }),
  fault({
    id: 'nmi-exit-leaves-the-nmi-pending',
    breaks: ['nmi-exits', 'nmi-exit-blocks-nmis-in-l1'],
    wrong: 'The NMI for which L2 has exited stays pending, and interrupts L1 after its IRET.',
    parts: {
      reflection: class extends Reflection {
        override exit(state: State, exit: VmExit): State {
          const next = super.exit(state, exit);
          return exit.information === nonMaskableInterrupt ? withChips(next, { nmi: true }) : next;
        }
      },
    },
  }),
  fault({
    id: 'nmi-exit-blocks-nothing',
    breaks: ['nmi-exit-blocks-nmis-in-l1'],
    wrong: 'After the exit of an NMI another one interrupts L1 at once.',
    parts: {
      exitToL1: class extends ExitToL1 {
        override afterNmiExit(): boolean {
          super.afterNmiExit();
          return false;
        }
      },
    },
  }),
  fault({
    id: 'nmi-blocks-before-its-exit',
    breaks: ['nmi-exit-saves-blocking-as-before'],
    wrong: 'The exit of an NMI saves bit 3 as the NMI has set it.',
    seen: [bochs('B39', 'Incorrect "Blocking by NMI" bit when handling NMI VM-exit, SF bug #1460 (6b48d6e33)', 2024)],
    parts: {
      exitToL1: class extends ExitToL1 {
        override report(exit: VmExit, core: Core, entry: EventFields): Exit {
          const nmiBlocking = core.nmiBlocking || exit.information === nonMaskableInterrupt;
          return super.report(exit, { ...core, nmiBlocking }, entry);
        }
      },
    },
  }),
  fault({
    id: 'exit-unblocks-nmis',
    breaks: ['other-exits-keep-nmi-blocking'],
    wrong: 'NMIs that L2 had blocked are not blocked in L1 after an exit.',
    parts: {
      exitToL1: class extends ExitToL1 {
        override afterOtherExit(blocked: boolean): boolean {
          super.afterOtherExit(blocked);
          return false;
        }
      },
    },
  }),
  fault({
    id: 'bit-3-is-not-loaded',
    breaks: ['entry-decides-nmi-blocking'],
    wrong: 'VM entry unblocks NMIs whatever bit 3 of the field says.',
    parts: {
      loading: class extends Loading {
        override nmiBlocking(core: Core): boolean {
          super.nmiBlocking(core);
          return false;
        }
      },
    },
  }),
  fault({
    id: 'nmi-handler-is-interrupted-by-an-nmi',
    breaks: [
      'nmi-goes-through-the-idt-of-l2',
      'injected-nmi-blocks',
      'nmi-interrupts-l1',
      'interrupted-nmi-has-blocked',
    ],
    wrong: 'Delivery of an NMI does not block the next one.',
    parts: {
      eventDelivery: class extends EventDelivery {
        override nmiBlockingInDelivery(core: Core, information: number): boolean {
          super.nmiBlockingInDelivery(core, information);
          return core.nmiBlocking;
        }
      },
    },
  }),
  fault({
    id: 'injected-nmi-does-not-block',
    breaks: ['injected-nmi-blocks', 'nmi-goes-through-the-idt-of-l2', 'in-flight-event-is-delivered-first'],
    wrong: 'An NMI that is injected into L2 does not block the next one.',
    parts: {
      nonRoot: class extends NonRoot {
        override enter(vmcs: Vmcs, ofL2: boolean): Delivered {
          const entered = super.enter(vmcs, ofL2);
          const { nmiBlocking } = vmcs.guest.core;
          const core = { ...entered.guest.core, nmiBlocking };
          return ofL2 ? { ...entered, guest: { ...entered.guest, core } } : entered;
        }
      },
    },
  }),
  fault({
    id: 'blocked-nmi-is-dropped',
    breaks: ['blocked-nmi-waits', 'nmi-exit-blocks-nmis-in-l1'],
    wrong: 'An NMI that L1 finds while it blocks NMIs is lost.',
    profile: 'bare',
    parts: {
      bareBoundaries: class extends BareBoundaries {
        override ofL1(state: BareState): BareState {
          const next = super.ofL1(state);
          return state.l1.nmiBlocking ? { ...next, chips: { ...next.chips, nmi: false } } : next;
        }
      },
    },
  }),
  fault({
    id: 'virtual-nmi-blocking-holds-off-the-nmi',
    breaks: ['virtual-nmi-blocking-holds-no-nmi'],
    wrong: 'With "virtual NMIs" an NMI waits while L2 has virtual-NMI blocking; a halted L2 is not left.',
    seen: [kvm('A13', 'KVM: nVMX: Report NMIs as allowed when in L2 and Exit-on-NMI is set', 2020)],
    config: { preset: 'acknowledge' },
    parts: {
      nestedEvents: class extends NestedEvents {
        override nmi(state: State, situation: Situation): Plan | undefined {
          const plan = super.nmi(state, situation);
          return plan === 'exit-nmi' && situation.core.nmiBlocking ? undefined : plan;
        }
      },
    },
  }),
  fault({
    id: 'iret-leaves-nmis-blocked',
    breaks: ['iret-and-nmi-blocking'],
    wrong: 'IRET of L2 ends no blocking of NMIs.',
    profile: 'bare',
    parts: {
      instructions: class extends Instructions {
        override nmiBlockingAfterIret(core: Core, controls: number): boolean {
          super.nmiBlockingAfterIret(core, controls);
          return core.nmiBlocking;
        }
      },
    },
  }),
  fault({
    id: 'iret-unblocks-nmis-of-nmi-exiting',
    breaks: ['iret-and-nmi-blocking', 'other-exits-keep-nmi-blocking', 'l0-is-invisible'],
    wrong: 'With "NMI exiting" alone IRET of L2 clears bit 3, because L0 runs L2 with "virtual NMIs".',
    config: { preset: 'exit' },
    parts: {
      nestedEvents: class extends NestedEvents {
        override nmiBlockingOfL2({ vmcs02 }: State): boolean {
          return vmcs02.guest.core.nmiBlocking;
        }
      },
    },
  }),
  fault({
    id: 'mov-ss-does-not-hold-off-nmis',
    breaks: ['mov-ss-blocks-nmi-delivery'],
    wrong: 'An NMI is delivered in the shadow of a MOV to SS.',
    profile: 'bare',
    parts: {
      interruptibility: class extends Interruptibility {
        override holdsOffNmi(core: Core, machine: Machine): boolean {
          super.holdsOffNmi(core, machine);
          return super.holdsOffNmi({ ...core, blocking: core.blocking & ~interruptibility.blockingByMovSs }, machine);
        }
      },
    },
  }),
  fault({
    id: 'sti-does-not-hold-off-nmis',
    breaks: ['sti-may-block-nmi-delivery'],
    wrong: 'An NMI is delivered in the shadow of STI, in a processor that said it is not.',
    profile: 'bare',
    config: { stiBlocksNmi: true },
    parts: {
      interruptibility: class extends Interruptibility {
        override holdsOffNmi(core: Core, machine: Machine): boolean {
          super.holdsOffNmi(core, machine);
          return (core.blocking & interruptibility.blockingByMovSs) !== 0;
        }
      },
    },
  }),
  fault({
    id: 'blocking-holds-off-the-nmi-exit-where-it-does-not',
    breaks: ['blocking-may-hold-off-the-nmi-exit'],
    wrong: 'Blocking by MOV SS holds off the exit of an NMI, in a processor that said it does not.',
    profile: 'bare',
    config: { blocksNmiExit: 'none' },
    parts: {
      interruptibility: class extends Interruptibility {
        override holdsOffNmiExit(core: Core, machine: Machine): boolean {
          super.holdsOffNmiExit(core, machine);
          return core.blocking !== 0;
        }
      },
    },
  }),
  fault({
    id: 'nmi-waits-for-if-of-l1',
    breaks: ['nmi-interrupts-l1'],
    wrong: 'An NMI is delivered to L1 only with IF 1.',
    parts: {
      look: class extends Look {
        override takesNmi(state: State): boolean {
          return super.takesNmi(state) && state.vmcs01.guest.core.interruptFlag;
        }
      },
    },
  }),
  fault({
    id: 'interrupt-goes-before-an-nmi-that-l1-does-not-ask-for',
    breaks: ['nmi-goes-before-interrupts', 'nmi-goes-through-the-idt-of-l2'],
    wrong: 'An NMI that does not exit is passed over: an interrupt that exits is taken first.',
    seen: [kvm('A12', 'KVM: nVMX: Preserve IRQ/NMI priority irrespective of exiting behavior', 2020)],
    parts: {
      nestedEvents: class extends NestedEvents {
        override nmi(state: State, situation: Situation): Plan | undefined {
          const plan = super.nmi(state, situation);
          const { interrupt, controls } = situation;
          const exits = interrupt !== 0 && this.parts.boundary.exitsOnInterrupt(controls);
          return plan === 'inject-nmi' && exits ? undefined : plan;
        }
      },
    },
  }),
  fault({
    id: 'own-nmi-blocking-refuses-the-injection',
    breaks: [
      'in-flight-event-is-delivered-first',
      'injected-nmi-blocks',
      'each-injection-has-one-fate',
      'nmi-interrupts-l1',
      'nmi-goes-through-the-idt-of-l2',
    ],
    wrong:
      'L0 injects an NMI into an L2 whose bit 3 is 1, by the first attempt or by L1; the processor refuses, the NMI is lost.',
    parts: {
      commit: class extends Commit {
        override withoutNmiBlocking(state: State, event: EventFields): State {
          super.withoutNmiBlocking(state, event);
          return state;
        }
      },
    },
  }),
  fault({
    id: 'virtual-nmis-are-always-on',
    breaks: ['injection-must-fit-the-guest', 'nmi-goes-through-the-idt-of-l2', 'other-exits-keep-nmi-blocking'],
    wrong: 'L0 takes bit 3 of L2 for virtual-NMI blocking whatever L1 has set: NMIs are not blocked after its exit.',
    config: { preset: 'exit' },
    parts: {
      interruptibility: class extends Interruptibility {
        override blocksNmis(core: Core, controls: number): boolean {
          super.blocksNmis(core, controls);
          return super.blocksNmis(core, controls | control.virtualNmis);
        }
      },
    },
  }),
];
