import type { ClauseDeclaration } from '../../clause.ts';
import { linux } from '../../source.ts';
import { anyHypervisor } from './holds-in.ts';

/** Whether a virtual CPU in WFI has something to wake for. */
export const wake = {
  'wakes-for-a-deliverable-interrupt': {
    must: 'A virtual CPU has an interrupt to wake for if one that is listed for it is pending, enabled, not active, and of higher priority than its mask.',
    source: [linux('kvm_vgic_vcpu_pending_irq')],
    seenBy: ['reply.value'],
    profiles: anyHypervisor,
    aka: 'VGIC-WAKE-01',
  },
  'no-wake-while-the-distributor-is-off': {
    must: 'Nothing wakes a virtual CPU while the distributor is off.',
    source: [linux('kvm_vgic_vcpu_pending_irq')],
    seenBy: ['reply.value'],
    profiles: anyHypervisor,
    aka: 'VGIC-WAKE-01',
  },
  'no-wake-for-disabled-or-active': {
    must: 'An interrupt that is disabled, or active already, wakes nobody.',
    source: [linux('kvm_vgic_vcpu_pending_irq')],
    seenBy: ['reply.value'],
    profiles: anyHypervisor,
    aka: 'VGIC-WAKE-01',
  },
  'no-wake-for-masked-priority': {
    must: 'An interrupt whose priority is not higher than the mask of the virtual CPU does not wake it.',
    source: [linux('kvm_vgic_vcpu_pending_irq')],
    seenBy: ['reply.value'],
    profiles: anyHypervisor,
    aka: 'VGIC-WAKE-01',
  },
} as const satisfies Readonly<Record<string, ClauseDeclaration>>;
