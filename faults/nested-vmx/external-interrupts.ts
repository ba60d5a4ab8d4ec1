import type { Chips, Core, NestedState as State, VmExit } from '../../model/nested-vmx/index.ts';
import { control, universe, type Hypervisor, type Machine } from '../../model/nested-vmx/index.ts';
import { Commit } from '../../model/nested-vmx/l0/commit.ts';
import { NestedDevices } from '../../model/nested-vmx/l0/devices.ts';
import { Reflection } from '../../model/nested-vmx/l0/reflection.ts';
import { BareBoundaries } from '../../model/nested-vmx/bare/boundaries.ts';
import { ExitToL1 } from '../../model/nested-vmx/processor/exit-to-l1.ts';
import { Instructions } from '../../model/nested-vmx/processor/instructions.ts';
import { InterruptExits } from '../../model/nested-vmx/processor/interrupt-exits.ts';
import { Interruptibility } from '../../model/nested-vmx/processor/interruptibility.ts';
import { externalInterrupt, plain } from '../../model/nested-vmx/index.ts';
import type { BareState, DeviceEvent } from '../../model/nested-vmx/index.ts';
import { interruptibility } from '../../spec/vmx/guest-non-register-state.ts';
import { with12 } from '../../model/nested-vmx/index.ts';
import { kvm, fault, xen } from './define.ts';

/** What L0 keeps, with the vector that it found when L2 exited. */
interface Remembering extends Hypervisor {
  readonly remembered?: number;
}

/** External interrupts while L2 runs with "external-interrupt exiting", and what L1 gets of them. */
export const externalInterrupts = [
  fault({
    id: 'every-interrupt-exit-acknowledges',
    breaks: ['exit-without-acknowledge-leaves-it-pending'],
    wrong: 'The interrupt is acknowledged at an exit without "acknowledge interrupt on exit" (M-01).',
    parts: {
      interruptExits: class extends InterruptExits {
        override leave(chips: Chips): Chips {
          const left = super.leave(chips);
          const { interrupts } = this.parts;
          return interrupts.acknowledge(left, interrupts.source(left));
        }
      },
    },
  }),
  fault({
    id: 'every-interrupt-exit-tells-the-vector',
    breaks: ['exit-without-acknowledge-tells-no-vector'],
    wrong: 'The interruption information of an interrupt exit is valid without "acknowledge interrupt on exit" too.',
    seen: [xen('A02', 'x86/vvmx: fix VM_EXIT_ACK_INTR_ON_EXIT handling (a8effbffe5)', 2020)],
    parts: {
      interruptExits: class extends InterruptExits {
        override information(vector: number, controls: number): number {
          super.information(vector, controls);
          return externalInterrupt(vector);
        }
      },
    },
  }),
  fault({
    id: 'acknowledged-exit-tells-no-vector',
    breaks: ['acknowledged-exit-tells-the-vector'],
    wrong: 'The vector field of an exit with "acknowledge interrupt on exit" is not filled.',
    parts: {
      interruptExits: class extends InterruptExits {
        override acknowledgedInformation(vector: number): number {
          super.acknowledgedInformation(vector);
          return 0;
        }
      },
    },
  }),
  fault({
    id: 'acknowledged-exit-acknowledges-nothing',
    breaks: ['acknowledged-exit-moves-irr-to-isr', 'pic-is-acknowledged-once'],
    wrong: 'The vector of an acknowledged exit stays pending: L1 gets it a second time (M-02).',
    parts: {
      interruptExits: class extends InterruptExits {
        override acknowledge(chips: Chips, vector: number): Chips {
          super.acknowledge(chips, vector);
          return chips;
        }
      },
    },
  }),
  fault({
    id: 'acknowledged-exit-leaves-irr',
    breaks: ['acknowledged-exit-moves-irr-to-isr'],
    wrong: 'The vector of an acknowledged exit is in service and still pending.',
    parts: {
      interruptExits: class extends InterruptExits {
        override acknowledge(chips: Chips, vector: number): Chips {
          const next = super.acknowledge(chips, vector);
          return { ...next, apic: { ...next.apic, irr: chips.apic.irr } };
        }
      },
    },
  }),
  fault({
    id: 'acknowledged-exit-leaves-isr',
    breaks: ['acknowledged-exit-moves-irr-to-isr'],
    wrong: 'The vector of an acknowledged exit is taken out of IRR and is not in service: lower ones nest into it.',
    parts: {
      interruptExits: class extends InterruptExits {
        override acknowledge(chips: Chips, vector: number): Chips {
          const next = super.acknowledge(chips, vector);
          return { ...next, apic: { ...next.apic, isr: chips.apic.isr } };
        }
      },
    },
  }),
  fault({
    id: 'acknowledge-goes-to-l2',
    breaks: ['acknowledge-belongs-to-l1'],
    wrong:
      'The acknowledge for an exit is made before the page of L2 is left: its vector is in service there too (M-03).',
    config: { preset: 'virtual', apicVirtualization: 'virtual' },
    parts: {
      commit: class extends Commit {
        override commit(state: State): State {
          const next = super.commit(state);
          const { virtual, controls } = next.vmcs12;
          const both = control.virtualInterruptDelivery | control.acknowledgeInterrupt;
          if (state.l0.plan !== 'exit-interrupt' || (controls & both) !== both) return next;
          const vector = this.parts.quiet.interrupts.source(state.chips);
          return with12(next, { virtual: { ...virtual, isr: universe.with(virtual.isr, vector), svi: vector } });
        }
      },
    },
  }),
  fault({
    id: 'interrupt-of-the-8259-makes-no-exit',
    breaks: ['pic-bypasses-the-local-apic', 'pic-goes-before-the-local-apic', 'l2-if-does-not-block-the-exit'],
    wrong: 'L0 asks the local APIC alone whether L2 has to exit: another source never makes it.',
    config: { preset: 'acknowledge' },
    seen: [xen('A10', 'x86/vvmx: add hvm_intsrc_vector support to nvmx_intr_intercept() (41d1fcb1c9)', 2017)],
    parts: {
      interruptExits: class extends InterruptExits {
        override source(chips: Pick<Chips, 'pic' | 'apic'>): number {
          return super.source({ ...chips, pic: false });
        }
      },
    },
  }),
  fault({
    id: 'hidden-interrupt-exits',
    breaks: ['hidden-interrupt-makes-no-exit'],
    wrong: 'L2 exits for any pending vector, whatever PPR of L1 is.',
    parts: {
      interruptExits: class extends InterruptExits {
        override source(chips: Pick<Chips, 'pic' | 'apic'>): number {
          return super.source(chips) || universe.max(chips.apic.irr);
        }
      },
    },
  }),
  fault({
    id: 'if-of-l2-holds-off-the-exit',
    breaks: ['l2-if-does-not-block-the-exit', 'interrupt-exits-from-hlt'],
    wrong: 'An L2 with IF 0 does not exit for an interrupt (M-04).',
    parts: {
      interruptibility: class extends Interruptibility {
        override holdsOffInterruptExit(core: Core, machine: Machine): boolean {
          return super.holdsOffInterruptExit(core, machine) || !core.interruptFlag;
        }
      },
    },
  }),
  fault({
    id: 'blocking-holds-off-the-exit-where-it-does-not',
    breaks: ['blocking-may-hold-off-the-exit'],
    wrong: 'Blocking by STI holds off an interrupt exit, in a processor that said it does not.',
    profile: 'bare',
    config: { blocksInterruptExit: 'none' },
    parts: {
      interruptibility: class extends Interruptibility {
        override holdsOffInterruptExit(core: Core, machine: Machine): boolean {
          super.holdsOffInterruptExit(core, machine);
          return (core.blocking & interruptibility.blockingBySti) !== 0;
        }
      },
    },
  }),
  fault({
    id: 'l1-keeps-the-if-of-l2',
    breaks: ['l1-starts-with-interrupts-off'],
    wrong: 'L1 starts with interrupts on after an exit.',
    parts: {
      exitToL1: class extends ExitToL1 {
        override hostState(nmiBlocking: boolean): Core {
          return { ...super.hostState(nmiBlocking), interruptFlag: true };
        }
      },
    },
  }),
  fault({
    id: 'interrupt-is-delivered-in-the-shadow-of-sti',
    breaks: ['interrupt-after-the-first-opening', 'l1-takes-it-when-it-opens'],
    wrong: 'An interrupt is delivered to L1 at the boundary right after its STI.',
    profile: 'bare',
    parts: {
      bareBoundaries: class extends BareBoundaries {
        override interruptForL1(state: BareState): number {
          const { l1 } = state;
          const blocking = l1.blocking & ~interruptibility.blockingBySti;
          return super.interruptForL1({ ...state, l1: { ...l1, blocking } });
        }
      },
    },
  }),
  fault({
    id: 'sti-does-not-block',
    breaks: ['interrupt-after-the-first-opening'],
    wrong: 'STI blocks nothing.',
    parts: {
      instructions: class extends Instructions {
        override sti(core: Core): Core {
          return { ...super.sti(core), blocking: 0 };
        }
      },
    },
  }),
  fault({
    id: 'every-sti-blocks',
    breaks: ['interrupt-after-the-first-opening'],
    wrong: 'STI blocks interrupts where IF is 1 already.',
    parts: {
      instructions: class extends Instructions {
        override sti(core: Core): Core {
          return { ...super.sti(core), blocking: interruptibility.blockingBySti };
        }
      },
    },
  }),
  fault({
    id: 'mov-ss-does-not-block',
    breaks: ['mov-ss-blocks-one-instruction'],
    wrong: 'MOV to SS blocks nothing.',
    parts: {
      instructions: class extends Instructions {
        override movSs(core: Core): Core {
          return { ...super.movSs(core), blocking: 0 };
        }
      },
    },
  }),
  fault({
    id: 'vector-is-chosen-at-the-exit',
    breaks: ['vector-is-chosen-when-it-is-taken', 'l1-takes-it-when-it-opens'],
    wrong: 'L0 keeps the vector for which it made L2 exit, and injects that into L1, whatever has come since.',
    config: { preset: 'exit', apicVirtualization: 'none', l0Apicv: false },
    parts: {
      commit: class extends Commit {
        override commit(state: State): State {
          const { plan, remembered = 0 }: Remembering = state.l0;
          const { interrupts, interruptExits } = this.parts;
          if (plan === 'exit-interrupt') {
            const found: Remembering = { ...state.l0, remembered: interrupts.source(state.chips) };
            return super.commit({ ...state, l0: found });
          }
          const waits = universe.has(state.chips.apic.irr, remembered);
          if (plan !== 'inject-interrupt' || state.runsL2 || !waits) return super.commit(state);
          const chips = interruptExits.acknowledgeForL1(state.chips, remembered);
          return this.inject({ ...state, chips }, plain(externalInterrupt(remembered)));
        }
      },
    },
  }),
  fault({
    id: 'exit-forgets-what-is-pending',
    breaks: ['pending-interrupt-survives-level-changes', 'exit-without-acknowledge-leaves-it-pending'],
    wrong: 'What is pending for L1 when L2 exits is dropped with the rest of what waited.',
    config: { l0Apicv: false },
    parts: {
      reflection: class extends Reflection {
        override exit(state: State, exit: VmExit): State {
          const next = super.exit(state, exit);
          return { ...next, chips: { ...next.chips, apic: { ...next.chips.apic, irr: 0 } } };
        }
      },
    },
  }),
  fault({
    id: 'iret-leaves-interrupts-off',
    breaks: ['delivery-clears-if-and-iret-restores-it'],
    wrong: 'IRET brings IF 0, as if IF were cleared before RFLAGS is pushed.',
    parts: {
      instructions: class extends Instructions {
        override iret(core: Core): Core {
          const next = super.iret(core);
          return core.frames === 1 ? next : { ...next, interruptFlag: false };
        }
      },
    },
  }),
  fault({
    id: 'withdrawal-after-the-look-is-not-noticed',
    breaks: ['withdrawn-pic-interrupt-is-gone', 'hidden-interrupt-makes-no-exit'],
    wrong:
      'The line of the 8259 is looked at when it goes high and not again when the exit is made: L2 exits for nothing.',
    seen: [
      kvm(
        'A05',
        "KVM: nVMX: Suppress external interrupt VM-Exit injection if there's no IRQ (cb14e454add0)",
        2024,
        'heading',
      ),
    ],
    config: { preset: 'exit', apicVirtualization: 'none', l0Apicv: false },
    parts: {
      nestedDevices: class extends NestedDevices {
        override step(state: State, event: DeviceEvent): State {
          if (event.kind !== 'pic' || !state.runsL2) return super.step(state, event);
          if (event.on) return this.parts.look.look(super.step(state, event));
          return { ...state, chips: this.parts.interrupts.withdraw(state.chips) };
        }
      },
    },
  }),
];
