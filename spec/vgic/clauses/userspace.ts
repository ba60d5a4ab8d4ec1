import type { ClauseDeclaration } from '../../clause.ts';
import { linux, ours } from '../../source.ts';
import { kvm } from './holds-in.ts';

/** Save and restore by userspace. */
export const userspace = {
  'user-pending-write-is-the-latch-alone': {
    must: 'Userspace writes the latch alone, in both polarities; the line is not touched, and a set latch queues the interrupt.',
    source: [linux('vgic_v3_uaccess_write_pending')],
    seenBy: ['software.latch', 'software.line', 'software.listed'],
    profiles: kvm,
    aka: 'VGIC-US-02',
  },
  'user-pending-read-is-the-latch-alone': {
    must: 'Userspace reads the latch alone, whatever the line.',
    source: [linux('vgic_uaccess_read_pending')],
    seenBy: ['reply.value'],
    profiles: kvm,
    aka: 'VGIC-US-02',
  },
  'user-set-sgi-comes-from-the-cpu-itself': {
    must: 'An SGI that userspace makes pending has the virtual CPU itself as its source.',
    source: [linux('vgic_uaccess_write_spending')],
    seenBy: ['software.sources'],
    profiles: kvm,
    aka: 'VGIC-US-01',
  },
  'user-cleared-sgi-loses-all-sources': {
    must: 'An SGI that userspace makes not pending loses all its waiting sources.',
    source: [linux('vgic_uaccess_write_cpending')],
    seenBy: ['software.sources', 'software.latch'],
    profiles: kvm,
    aka: 'VGIC-US-01',
  },
  'user-line-level-is-stored-for-any-trigger': {
    must: 'Userspace writes the line level of edge-triggered and level-sensitive interrupts alike; a high level queues the interrupt.',
    source: [linux('vgic_write_irq_line_level_info')],
    seenBy: ['software.line', 'software.listed', 'distributor.pending'],
    profiles: kvm,
    aka: 'VGIC-US-03',
  },
  'user-access-spares-the-physical-side': {
    must: 'No access of userspace changes the state of a physical interrupt.',
    source: [linux('vgic_uaccess_write_spending'), linux('41ee52ecbcdc')],
    seenBy: ['physical'],
    profiles: kvm,
    aka: 'VGIC-US-04',
  },
  'user-active-write-sets-the-active-state': {
    must: 'Userspace writes the active state of an interrupt that is not mapped; an active one is queued.',
    source: [linux('vgic_mmio_uaccess_write_sactive')],
    seenBy: ['distributor.active', 'software.listed'],
    profiles: kvm,
    aka: 'VGIC-US-05',
  },
  'user-active-write-of-a-mapped-interrupt-is-ignored': {
    must: 'A write of userspace to the active state of a mapped interrupt is ignored.',
    source: [linux('vgic_hw_irq_change_active')],
    seenBy: ['distributor.active', 'physical.active'],
    profiles: kvm,
    aka: 'VGIC-US-05',
  },
  'save-restore-is-the-identity': {
    must: 'Saving and restoring a VM keeps enable, trigger, priority, group, target, latch, line and active state of its interrupts, and GICH_VMCR and GICH_APR of its virtual CPUs.',
    source: [
      linux('vgic_v2_cpuif_uaccess'),
      linux('vgic_v2_attr_regs_access'),
      ours('what is saved is what decides the future'),
    ],
    seenBy: ['distributor', 'software.latch', 'software.line', 'interface'],
    profiles: kvm,
    aka: 'VGIC-US-06, INV-20',
  },
  'restore-queues-what-it-makes-pending-or-active': {
    must: 'Restoring a VM queues its interrupts anew by the routing rule, in the order in which they are restored.',
    source: [linux('vgic_uaccess_write_spending'), linux('vgic_mmio_uaccess_write_sactive')],
    seenBy: ['software.listed', 'listRegister'],
    profiles: kvm,
    aka: 'VGIC-US-06',
  },
} as const satisfies Readonly<Record<string, ClauseDeclaration>>;
