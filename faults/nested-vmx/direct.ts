import { control, type Chips, type Core, type NestedState as State } from '../../model/nested-vmx/index.ts';
import { Composition } from '../../model/nested-vmx/l0/composition.ts';
import { Emulator } from '../../model/nested-vmx/l0/emulator.ts';
import { L1Apic } from '../../model/nested-vmx/l0/l1-apic.ts';
import { universe, type VirtualApic } from '../../model/nested-vmx/index.ts';
import { Boundary } from '../../model/nested-vmx/processor/boundary.ts';
import { Instructions } from '../../model/nested-vmx/processor/instructions.ts';
import { InterruptExits } from '../../model/nested-vmx/processor/interrupt-exits.ts';
import { fault, kvm } from './define.ts';

/** Interrupts that go straight into L2, and an L2 that L1 lets at its local APIC. */
export const direct = [
  fault({
    id: 'interrupt-always-exits',
    breaks: ['direct-interrupt-goes-through-the-idt-of-l2', 'direct-interrupt-obeys-l2'],
    wrong: 'L2 exits for an interrupt without "external-interrupt exiting" too.',
    parts: {
      boundary: class extends Boundary {
        override exitsOnInterrupt(): boolean {
          return true;
        }
      },
    },
  }),
  fault({
    id: 'no-interrupt-exits',
    breaks: [
      'no-external-interrupt-in-l2-with-exiting',
      'exit-without-acknowledge-tells-no-vector',
      'l2-if-does-not-block-the-exit',
      'pending-interrupt-survives-level-changes',
    ],
    wrong: 'An interrupt goes through the IDT of L2 with "external-interrupt exiting" too.',
    profile: 'bare',
    config: { preset: 'exit' },
    parts: {
      boundary: class extends Boundary {
        override exitsOnInterrupt(): boolean {
          return false;
        }
      },
    },
  }),
  fault({
    id: 'direct-interrupt-ignores-if',
    breaks: ['direct-interrupt-obeys-l2', 'masked-interrupt-does-not-wake'],
    wrong: 'An interrupt that does not exit is delivered to an L2 with IF 0 or blocking.',
    profile: 'bare',
    parts: {
      boundary: class extends Boundary {
        override takesDirectInterrupt(core: Core): boolean {
          super.takesDirectInterrupt(core);
          return true;
        }
      },
    },
  }),
  fault({
    id: 'direct-interrupt-is-not-acknowledged',
    breaks: ['direct-interrupt-is-acknowledged-once', 'pic-is-acknowledged-once'],
    wrong: 'What is injected into L2 directly stays in IRR and is not in service: it is injected at each entry.',
    seen: [
      kvm(
        'A06',
        'KVM: nVMX: Fix injection to L2 when L1 do not intercept external-interrupts (851c1a18c541)',
        2017,
        'heading',
      ),
    ],
    config: { preset: 'direct' },
    parts: {
      interruptExits: class extends InterruptExits {
        override acknowledgeForL2(chips: Chips, vector: number): Chips {
          super.acknowledgeForL2(chips, vector);
          return chips;
        }
      },
    },
  }),
  fault({
    id: 'eoi-of-l2-is-dropped',
    breaks: ['eoi-of-l2-reaches-the-apic-of-l1', 'eoi-of-l2-frees-l1'],
    wrong: 'An EOI of L2 that L1 lets through does nothing.',
    config: { preset: 'direct' },
    parts: {
      emulator: class extends Emulator {
        override eoi(state: State): State {
          const next = super.eoi(state);
          return state.runsL2 ? this.skipInstruction(state) : next;
        }
      },
    },
  }),
  fault({
    id: 'tpr-of-l2-is-dropped',
    breaks: ['eoi-of-l2-reaches-the-apic-of-l1'],
    wrong: 'A TPR write of L2 that L1 lets through does nothing.',
    config: { preset: 'direct' },
    parts: {
      emulator: class extends Emulator {
        override writeTpr(state: State, tpr: number): State {
          const next = super.writeTpr(state, tpr);
          return state.runsL2 ? this.skipInstruction(state) : next;
        }
      },
    },
  }),
  fault({
    id: 'accesses-of-l2-are-not-intercepted',
    breaks: ['intercepted-apic-access-exits'],
    wrong: "L2 reaches L1's local APIC whatever the MSR bitmap says.",
    profile: 'bare',
    parts: {
      instructions: class extends Instructions {
        override interceptsApic(controls: number): boolean {
          super.interceptsApic(controls);
          return false;
        }
      },
    },
  }),
  fault({
    id: 'msr-bitmap-of-l1-is-not-merged',
    breaks: ['intercepted-apic-access-exits', 'accesses-of-l2-stay-with-l2'],
    wrong:
      "With virtual-interrupt delivery for L2 its accesses reach the page although L1's MSR bitmap intercepts them.",
    config: { preset: 'virtual', apicVirtualization: 'virtual' },
    parts: {
      composition: class extends Composition {
        override apicAccess02(controls12: number): number {
          return controls12 & control.virtualInterruptDelivery ? control.apicAccess : super.apicAccess02(controls12);
        }
      },
    },
  }),
  fault({
    id: 'l2-reaches-a-page-that-nobody-reads',
    breaks: ['eoi-of-l2-reaches-the-apic-of-l1', 'eoi-of-l2-frees-l1'],
    wrong: "L0 passes L1's MSR bitmap on: what L2 writes into L1's local APIC lands in a page that nobody reads.",
    config: { preset: 'direct' },
    parts: {
      composition: class extends Composition {
        override apicAccess02(controls12: number): number {
          return controls12 & control.apicAccess;
        }
      },
    },
  }),
  fault({
    id: 'svi-of-l1-survives-the-eoi-of-l2',
    breaks: [
      'eoi-of-l2-frees-l1',
      'apic-virtualization-of-l0-is-invisible',
      'l1-takes-it-when-it-opens',
      'everything-is-taken-in-the-end',
    ],
    wrong: 'L0 does not lower SVI of 01 when L2 ends an interrupt of L1: what L1 has waiting behind never comes.',
    config: { preset: 'direct', l0Apicv: true },
    parts: {
      l1Apic: class extends L1Apic {
        override svi(isr: number, page: VirtualApic): number {
          return Math.max(page.svi, super.svi(isr, page));
        }
      },
    },
  }),
  fault({
    id: 'svi-of-l1-misses-the-acknowledge',
    breaks: [
      'apic-virtualization-of-l0-is-invisible',
      'eoi-clears-the-highest-in-service',
      'l1-takes-it-when-it-opens',
    ],
    wrong: 'L0 acknowledges for L1 and leaves SVI of 01: what is of lower class interrupts the handler (M-03).',
    config: { l0Apicv: true },
    parts: {
      l1Apic: class extends L1Apic {
        override svi(isr: number, page: VirtualApic): number {
          const svi = super.svi(isr, page);
          return svi > page.svi ? page.svi : universe.max(isr);
        }
      },
    },
  }),
];
