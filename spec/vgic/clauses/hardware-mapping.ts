import type { ClauseDeclaration } from '../../clause.ts';
import { gicv2, linux, ours, seed } from '../../source.ts';
import { anyHypervisor, kvm } from './holds-in.ts';

/** Virtual interrupts that stand for physical ones. */
export const hardwareMapping = {
  'sgi-never-has-hw': {
    must: 'An SGI is never mapped: it is offered with HW=0.',
    source: [seed('002', 'vgic_queue_irq_to_lr, VGIC_NR_SGIS'), linux('kvm_vgic_set_owner')],
    seenBy: ['listRegister'],
    profiles: anyHypervisor,
    aka: 'VGIC-HW-01',
  },
  'mapped-interrupt-stays-active-for-the-guest': {
    must: 'The host handler of a mapped interrupt drops its priority and does not deactivate it: it stays active, and cannot fire, until the guest completes it.',
    source: [
      seed('002', "ensure that the interrupt doesn't fire at the host level"),
      linux('timer_irq_set_vcpu_affinity'),
    ],
    seenBy: ['physical.active', 'physical.signalled'],
    profiles: anyHypervisor,
    aka: 'VGIC-HW-02, VGIC-HW-12, VGIC-PHY-08',
  },
  'mapped-interrupt-is-injected-by-its-handler': {
    must: 'The host handler of a mapped SPI injects its virtual interrupt.',
    source: [seed('002', 'To allow a HW interrupt to be injected into a guest'), linux('kvm_vgic_inject_irq')],
    seenBy: ['software.line', 'software.latch', 'distributor.pending'],
    profiles: anyHypervisor,
    aka: 'VGIC-HW-02',
  },
  'unmapped-interrupt-is-completed-by-the-host': {
    must: 'The host deactivates a physical SPI that is not mapped, and injects nothing.',
    source: [ours('a choice of the project: an interrupt that is not forwarded is the business of the host')],
    seenBy: ['physical.active', 'software'],
    profiles: kvm,
  },
  'high-line-after-completion-fires-again': {
    must: 'If the line of a mapped level-sensitive interrupt is still high when the guest completes it, the host is interrupted again at once: one delivery for each completion.',
    source: [gicv2('GICH_LRn'), linux('vgic_v2_populate_lr')],
    seenBy: ['physical.signalled', 'reply.value'],
    profiles: anyHypervisor,
    aka: 'VGIC-HW-03',
  },
  'new-pending-of-an-active-mapped-interrupt-waits': {
    must: 'What makes a mapped interrupt pending while the guest has it active waits in software and in the physical distributor, not in the list register.',
    source: [seed('002', 'prevent the interrupt to be injected multiple times'), linux('vgic_v2_populate_lr')],
    seenBy: ['listRegister', 'software.line', 'software.latch'],
    profiles: kvm,
    aka: 'VGIC-HW-04',
  },
  'second-mapped-edge-waits-for-deactivation': {
    must: 'A second edge of a mapped edge-triggered interrupt is delivered after the first is deactivated, and not lost.',
    source: [linux('8fe2f19e6e60')],
    seenBy: ['listRegister', 'software.latch', 'reply.value'],
    profiles: kvm,
    aka: 'VGIC-HW-11',
  },
  'mapping-changes-nothing-else': {
    must: 'Mapping makes a virtual interrupt stand for its physical one, and changes neither.',
    source: [linux('kvm_vgic_map_irq')],
    seenBy: ['software', 'distributor', 'physical'],
    profiles: kvm,
    aka: 'VGIC-HW-09',
  },
  'unmapping-changes-nothing-else': {
    must: 'Dropping a mapping changes neither the virtual interrupt nor the physical one.',
    source: [linux('kvm_vgic_unmap_irq')],
    seenBy: ['software', 'distributor', 'physical'],
    profiles: kvm,
    aka: 'VGIC-HW-09',
  },
  'reset-withdraws-the-mapped-interrupt': {
    must: 'The reset of a virtual CPU clears active state, latch and line of its timer interrupt, and leaves the physical side to the next load.',
    source: [linux('kvm_vgic_reset_mapped_irq'), linux('kvm_timer_vcpu_reset')],
    seenBy: ['software', 'distributor', 'physical'],
    profiles: kvm,
    aka: 'VGIC-HW-10',
  },
  'mask-stands-for-active-without-hardware-deactivation': {
    must: 'Without hardware deactivation the host masks a mapped interrupt in the place of leaving it active, and deactivates it itself.',
    source: [linux('timer_irq_eoi'), linux('vgic_irq_set_phys_active')],
    seenBy: ['physical.masked', 'physical.active', 'physical.signalled'],
    profiles: kvm,
  },
} as const satisfies Readonly<Record<string, ClauseDeclaration>>;
