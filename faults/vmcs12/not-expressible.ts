import type { NotExpressible } from '../fault.ts';
import { acrn, bochs, kvm, xen } from './define.ts';

const withoutLocalApic = 'L1 has no local APIC here: what arrives is an interrupt that nothing of L1 holds back.';
const oneAtATime = 'Each event from outside comes alone, and is taken or skipped: nothing of it stays pending.';

/** Bugs of real hypervisors in this area that no event of the alphabet can show, and why. */
export const notExpressible: readonly NotExpressible[] = [
  {
    bug: 'A04',
    system: 'vmcs12',
    seen: kvm('A04', 'KVM: nVMX: Properly handle userspace interrupt window request (a1c77abb8d93)', 2020),
    reason: 'Nobody but L1 asks for a window.',
    nearest: 'interrupt-is-acknowledged-always',
  },
  {
    bug: 'A05',
    system: 'vmcs12',
    seen: kvm(
      'A05',
      "KVM: nVMX: Suppress external interrupt VM-Exit injection if there's no IRQ (cb14e454add0)",
      2024,
      'heading',
    ),
    reason: 'An interrupt that arrives cannot vanish before it is acknowledged.',
  },
  {
    bug: 'A06',
    system: 'vmcs12',
    seen: kvm(
      'A06',
      'KVM: nVMX: Fix injection to L2 when L1 do not intercept external-interrupts (851c1a18c541)',
      2017,
      'hearsay',
    ),
    reason: withoutLocalApic,
  },
  {
    bug: 'A08',
    system: 'vmcs12',
    seen: xen('A08', 'Nested VMX: Check whether interrupt is blocked by TPR (7fb5c6b9ef)', 2013),
    reason: withoutLocalApic,
  },
  {
    bug: 'A09',
    system: 'vmcs12',
    seen: xen('A09', 'Nested VMX: Force check ISR when L2 is running (b35d0a2698)', 2013),
    reason: withoutLocalApic,
  },
  {
    bug: 'A10',
    system: 'vmcs12',
    seen: xen('A10', 'x86/vvmx: add hvm_intsrc_vector support to nvmx_intr_intercept() (41d1fcb1c9)', 2017),
    reason: 'Interrupts have no source here.',
    nearest: 'interrupts-off-hold-the-exit-back',
  },
  {
    bug: 'A12',
    system: 'vmcs12',
    seen: kvm('A12', 'KVM: nVMX: Preserve IRQ/NMI priority irrespective of exiting behavior', 2020),
    reason: oneAtATime,
  },
  {
    bug: 'A15',
    system: 'vmcs12',
    seen: kvm('A15', 'KVM: nVMX: Preserve exception priority irrespective of exiting behavior', 2020, 'heading'),
    reason: 'An instruction and the delivery of its exception are one event: nothing comes between.',
  },
  {
    bug: 'A30',
    system: 'vmcs12',
    seen: xen('A30', 'Nested VMX: prohibit virtual vmentry/vmexit during IO emulation (09bb434748)', 2014),
    reason: 'An instruction that L0 emulates is one event: nothing comes while it waits for its device.',
  },
  {
    bug: 'A34',
    system: 'vmcs12',
    seen: kvm('A34', 'KVM: nVMX: Prioritize SMI over nested IRQ/NMI', 2020, 'heading'),
    reason: 'There are no SMIs.',
  },
  {
    bug: 'A35',
    system: 'vmcs12',
    seen: kvm('A35', 'KVM: x86: avoid simultaneous queueing of both IRQ and SMI (c43203cab1e2)', 2017, 'heading'),
    reason: 'There are no SMIs.',
  },
  {
    bug: 'A38',
    system: 'vmcs12',
    seen: acrn('A38', 'hv: apicv: enable interrupt-window if any pending external interrupts (8e296155d)', 2018),
    reason: oneAtATime,
  },
  {
    bug: 'B35',
    system: 'vmcs12',
    seen: kvm('B35', 'KVM: nVMX: Reset the segment cache when stuffing guest segs (fc387d8daf39)', 2020, 'heading'),
    reason: 'An entry is one event: nothing preempts L0 within it, and L2 always has CPL 0.',
    nearest: 'ldtr-is-not-loaded',
  },
  {
    bug: 'B36',
    system: 'vmcs12',
    seen: kvm('B36', "X86/KVM: Properly update 'tsc_offset' to represent the running guest (e79f245ddec1)", 2018),
    reason: 'Time is not observable: IA32_TSC is not in the MSR-store list.',
    nearest: 'msr-store-has-the-values-of-l1',
  },
  {
    bug: 'B40',
    system: 'vmcs12',
    seen: bochs('B40', 'fixed injected exception err code check for unrestricted guests (e43ac349a)', 2013),
    reason: 'L2 never leaves protected mode.',
    nearest: 'exception-exits-without-error-code',
  },
];
