import type { ClauseDeclaration } from '../../clause.ts';
import { gicv2, ours, seed } from '../../source.ts';
import { anyHypervisor, arch } from './holds-in.ts';

/** The physical distributor and the CPU interface of the host. */
export const physicalDistributor = {
  'physical-pending-is-latch-or-level-line': {
    must: 'A physical interrupt is pending if its latch is set, or if it is level-sensitive and its line is high.',
    source: [gicv2('GICD_ISPENDRn')],
    seenBy: ['physical.pending'],
    aka: 'VGIC-PHY-01',
  },
  'physical-falling-line-keeps-the-latch': {
    must: 'A falling line ends only the pending state that the line caused; a latch set by a register write stays.',
    source: [gicv2('GICD_ICPENDRn')],
    seenBy: ['physical.pending'],
    profiles: arch,
    aka: 'VGIC-PHY-01',
  },
  'physical-edge-sets-the-latch-once': {
    must: 'A rising edge sets the latch of an edge-triggered interrupt; further edges while it is set are absorbed.',
    source: [gicv2('Interrupt handling state machine')],
    seenBy: ['physical.pending'],
    aka: 'VGIC-PHY-02',
  },
  'host-acknowledge-moves-pending-to-active': {
    must: 'The acknowledge of the host clears the latch, makes the interrupt active and returns its INTID.',
    source: [gicv2('GICC_IAR')],
    seenBy: ['physical.active', 'physical.pending', 'reply.value'],
    aka: 'VGIC-PHY-03',
  },
  'high-line-stays-pending-while-active': {
    must: 'A level-sensitive interrupt whose line is still high when it is acknowledged is active and pending.',
    source: [gicv2('GICC_IAR')],
    seenBy: ['physical.pending'],
    aka: 'VGIC-PHY-03',
  },
  'active-interrupt-is-never-signalled': {
    must: 'An active physical interrupt is not signalled to the host, whatever is pending.',
    source: [seed('002', 'Zyngier on setting the active bit'), gicv2('Interrupt handling state machine')],
    seenBy: ['physical.signalled'],
    aka: 'VGIC-PHY-04',
  },
  'disabled-interrupt-is-never-signalled': {
    must: 'A disabled physical interrupt is not signalled to the host, and keeps its pending state.',
    source: [gicv2('GICD_ICENABLERn')],
    seenBy: ['physical.signalled', 'physical.pending', 'physical.masked'],
    profiles: arch,
  },
  'acknowledged-host-interrupt-holds-off-equals': {
    must: 'Until the host drops the priority of an acknowledged interrupt, no interrupt of the same priority is signalled.',
    source: [gicv2('GICC_RPR')],
    seenBy: ['physical.signalled', 'reply.value'],
    profiles: arch,
  },
  'host-acknowledge-of-nothing-is-spurious': {
    must: 'The acknowledge of the host returns 1023 and changes nothing while nothing is signalled.',
    source: [gicv2('GICC_IAR')],
    seenBy: ['reply.value', 'physical'],
    profiles: arch,
  },
  'setting-active-has-no-other-effect': {
    must: 'Setting or clearing the active state through the distributor acknowledges nothing and changes no pending state.',
    source: [seed('002', 'vgic_queue_irq_to_lr, irq_set_irqchip_state'), gicv2('GICD_ISACTIVERn')],
    seenBy: ['physical.active', 'physical.pending'],
    profiles: arch,
    aka: 'VGIC-PHY-05',
  },
  'deactivated-interrupt-is-signalled-again-at-once': {
    must: 'Deactivation by any means makes an interrupt that is still pending signallable at once.',
    source: [gicv2('GICC_DIR'), gicv2('GICD_ICACTIVERn')],
    seenBy: ['physical.active', 'physical.signalled'],
    aka: 'VGIC-PHY-06',
  },
  'spi-active-state-is-shared': {
    must: 'An SPI has one state for all physical CPUs.',
    source: [gicv2('GICD_ISACTIVERn')],
    seenBy: ['physical.active', 'physical.pending'],
    profiles: anyHypervisor,
    aka: 'VGIC-PHY-07',
  },
  'ppi-state-is-banked': {
    must: 'A PPI has a state of its own for each physical CPU.',
    source: [gicv2('GICD_ISACTIVERn')],
    seenBy: ['physical.active', 'physical.pending'],
    profiles: anyHypervisor,
    aka: 'VGIC-PHY-07',
  },
  'host-eoi-drops-priority-only': {
    must: 'With EOImode 1 the write of the host to GICC_EOIR drops the priority; the interrupt stays active.',
    source: [seed('002', 'Auger on the standard handling of a physical IRQ'), gicv2('GICC_EOIR')],
    seenBy: ['physical.active', 'physical.signalled'],
    profiles: arch,
    aka: 'VGIC-PHY-08',
  },
  'host-dir-deactivates': {
    must: 'The write of the host to GICC_DIR clears the active state.',
    source: [gicv2('GICC_DIR')],
    seenBy: ['physical.active', 'physical.signalled'],
    profiles: arch,
    aka: 'VGIC-PHY-06',
  },
  'physical-pending-writes-set-and-clear-the-latch': {
    must: 'GICD_ISPENDR sets the latch and GICD_ICPENDR clears it, whether the interrupt is active or not.',
    source: [gicv2('GICD_ISPENDRn'), gicv2('GICD_ICPENDRn')],
    seenBy: ['physical.pending', 'physical.signalled'],
    profiles: arch,
    aka: 'VGIC-PHY-01',
  },
  'lowest-physical-intid-is-signalled-first': {
    must: 'Of several physical interrupts of equal priority the one with the lowest INTID is signalled.',
    source: [ours('a choice of the project: all physical interrupts have the same priority')],
    seenBy: ['physical.signalled', 'reply.value'],
  },
} as const satisfies Readonly<Record<string, ClauseDeclaration>>;
