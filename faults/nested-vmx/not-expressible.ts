import type { NotExpressible } from '../fault.ts';
import { kvm, xen } from './define.ts';

/** Bugs of real hypervisors in this area that no event of the alphabet can show, and why. */
export const notExpressible: readonly NotExpressible[] = [
  {
    bug: 'A15',
    system: 'nested-vmx',
    seen: kvm('A15', 'KVM: nVMX: Preserve exception priority irrespective of exiting behavior', 2020, 'heading'),
    reason:
      'An instruction and the delivery of its exception are one event, with the boundary in front: what could overtake the exception has been taken there, and nothing comes between.',
    nearest: 'interrupt-goes-before-an-nmi-that-l1-does-not-ask-for',
  },
  {
    bug: 'A30',
    system: 'nested-vmx',
    seen: xen('A30', 'Nested VMX: prohibit virtual vmentry/vmexit during IO emulation (09bb434748)', 2014),
    reason: 'An instruction that L0 emulates is one event: nothing comes while it waits for its device.',
    nearest: 'event-of-l2-is-injected-into-l1',
  },
  {
    bug: 'A34',
    system: 'nested-vmx',
    seen: kvm('A34', 'KVM: nVMX: Prioritize SMI over nested IRQ/NMI', 2020, 'heading'),
    reason: 'There are no SMIs.',
    nearest: 'nmi-goes-before-the-timer',
  },
  {
    bug: 'A35',
    system: 'nested-vmx',
    seen: kvm('A35', 'KVM: x86: avoid simultaneous queueing of both IRQ and SMI (c43203cab1e2)', 2017, 'heading'),
    reason: 'There are no SMIs.',
    nearest: 'event-in-flight-is-overtaken',
  },
];
