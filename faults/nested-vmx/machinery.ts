import { control, withCurrent, type NestedState as State } from '../../model/nested-vmx/index.ts';
import { Composition } from '../../model/nested-vmx/l0/composition.ts';
import { Emulator } from '../../model/nested-vmx/l0/emulator.ts';
import { L1Apic } from '../../model/nested-vmx/l0/l1-apic.ts';
import type { RegisterInstruction } from '../../model/nested-vmx/processor/instructions.ts';
import { fault, kvm, xen } from './define.ts';

/** What L0 composes 02 of, what it emulates, and how it virtualizes L1's local APIC. */
export const machinery = [
  fault({
    id: 'ept-of-l1-is-not-composed',
    breaks: ['violation-in-delivery-exits-with-the-event'],
    wrong: "L0 looks at its own EPT alone: L2's IDT is found where L1 has taken it out.",
    parts: {
      composition: class extends Composition {
        override idt({ l0 }: State): boolean {
          return !l0.trapDelivery;
        }
      },
    },
  }),
  fault({
    id: 'windows-of-l1-are-not-composed',
    breaks: ['interrupt-window-opens', 'windows-are-armed-per-level', 'window-goes-before-interrupt'],
    wrong: '"Interrupt-window exiting" of L1 is not in 02.',
    parts: {
      composition: class extends Composition {
        override controls02(controls12: number): number {
          return super.controls02(controls12 & ~control.interruptWindow);
        }
      },
    },
  }),
  fault({
    id: 'hlt-exiting-of-l1-is-not-composed',
    breaks: ['vmcall-exits'],
    wrong: '"HLT exiting" of L1 is not in 02: L2 is halted in place of L1.',
    parts: {
      composition: class extends Composition {
        override controls02(controls12: number): number {
          return super.controls02(controls12 & ~control.hltExiting);
        }
      },
    },
  }),
  fault({
    id: 'emulated-instruction-does-not-move-on',
    breaks: ['emulated-instruction-is-an-instruction'],
    wrong: 'What L0 keeps as the position of L2 is older than what its emulator has executed.',
    seen: [xen('B30', 'nestedsvm: fix VMEXIT emulation (ac46875641)', 2012)],
    parts: {
      emulator: class extends Emulator {
        override register(state: State, instruction: RegisterInstruction): State {
          const next = super.register(state, instruction);
          if (!state.runsL2) return next;
          const { steps, handler } = state.vmcs02.guest.core;
          const { guest } = next.vmcs02;
          return withCurrent(next, { guest: { ...guest, core: { ...guest.core, steps, handler } } });
        }
      },
    },
  }),
  fault({
    id: 'emulated-instruction-keeps-the-shadow',
    breaks: [
      'emulated-instruction-is-an-instruction',
      'interrupt-after-the-first-opening',
      'mov-ss-blocks-one-instruction',
    ],
    wrong: 'Blocking by STI and MOV SS outlives an instruction that L0 emulates.',
    parts: {
      emulator: class extends Emulator {
        override register(state: State, instruction: RegisterInstruction): State {
          const before = (state.runsL2 ? state.vmcs02 : state.vmcs01).guest.core;
          const next = super.register(state, instruction);
          const { guest } = next.runsL2 ? next.vmcs02 : next.vmcs01;
          const blocking = guest.core.blocking | before.blocking;
          return withCurrent(next, { guest: { ...guest, core: { ...guest.core, blocking } } });
        }
      },
    },
  }),
  fault({
    id: 'emulated-instruction-makes-no-mtf-exit',
    breaks: ['emulated-instruction-is-an-instruction', 'mtf-exits-after-each-instruction'],
    wrong: 'An instruction of L2 that L0 emulates makes no MTF exit pending.',
    seen: [
      kvm('A19', 'KVM: nVMX: Make an event request when pending an MTF nested VM-Exit (2ea89c7f7f7b)', 2022, 'heading'),
    ],
    parts: {
      emulator: class extends Emulator {
        override owesMtf(state: State): boolean {
          super.owesMtf(state);
          return false;
        }
      },
    },
  }),
  fault({
    id: 'posting-for-l1-does-not-kick-while-l2-runs',
    breaks: [
      'apic-virtualization-of-l0-is-invisible',
      'l0-is-invisible',
      'pending-interrupt-survives-level-changes',
      'exit-without-acknowledge-tells-no-vector',
    ],
    wrong: 'L0 posts for L1 and notifies; while L2 runs nobody processes that.',
    config: { preset: 'exit', l0Apicv: true },
    parts: {
      l1Apic: class extends L1Apic {
        override post(state: State, posted: number): State {
          const next = super.post(state, posted);
          return state.runsL2 && state.inGuest ? { ...next, inGuest: true, vmcs02: state.vmcs02, l0: state.l0 } : next;
        }
      },
    },
  }),
  fault({
    id: 'sync-drops-what-is-posted',
    breaks: [
      'apic-virtualization-of-l0-is-invisible',
      'acceptance-changes-irr-alone',
      'l0-is-invisible',
      'pending-interrupt-survives-level-changes',
    ],
    wrong: 'What L0 has posted for L1 is cleared and not merged into IRR when L0 looks.',
    config: { l0Apicv: true },
    parts: {
      l1Apic: class extends L1Apic {
        override sync(state: State): State {
          const next = super.sync(state);
          if (!state.machine.config.l0Apicv || state.vmcs01.guest.virtual.pir === 0) return next;
          const { irr } = state.chips.apic;
          const { guest } = next.vmcs01;
          return {
            ...next,
            chips: state.chips,
            vmcs01: { ...next.vmcs01, guest: { ...guest, virtual: { ...guest.virtual, irr } } },
          };
        }
      },
    },
  }),
];
