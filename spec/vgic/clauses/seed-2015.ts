import type { ClauseDeclaration } from '../../clause.ts';
import { code, ours, seed } from '../../source.ts';
import { seed2015 } from './holds-in.ts';

const old = (at: string) => code('Linux 4.1', at);

/** The patch of seed 002 on the vGIC of its time. */
export const seed2015Rules = {
  'seed-list-registers-outlive-exits': {
    must: 'A list register in use keeps its content over exits: entry restores what exit saved.',
    source: [seed('002', '__kvm_vgic_sync_hwstate, lr_used'), old('vgic_queue_irq')],
    seenBy: ['listRegister'],
    profiles: seed2015,
  },
  'seed-offers-in-intid-order': {
    must: 'Entry offers what is pending, enabled and targeted in the order of the INTIDs, whatever the priorities.',
    source: [old('__kvm_vgic_flush_hwstate')],
    seenBy: ['listRegister'],
    profiles: seed2015,
  },
  'seed-distributor-off-offers-nothing': {
    must: 'While the distributor is off nothing new is offered; what is in a list register stays there.',
    source: [old('vgic_update_state')],
    seenBy: ['listRegister'],
    profiles: seed2015,
  },
  'seed-queued-interrupt-is-passed-over': {
    must: 'A level-sensitive or mapped interrupt that is queued is not offered again until it is completed.',
    source: [
      seed('002', 'vgic_irq_set_queued: prevent the interrupt to be injected multiple times'),
      old('vgic_can_sample_irq'),
    ],
    seenBy: ['listRegister'],
    profiles: seed2015,
  },
  'seed-offering-marks-queued': {
    must: 'Offering a level-sensitive or a mapped interrupt marks it as queued.',
    source: [seed('002', 'vgic_queue_irq_to_lr'), old('vgic_queue_hwirq')],
    seenBy: ['listRegister'],
    profiles: seed2015,
  },
  'seed-pending-joins-its-list-register': {
    must: 'An interrupt that a list register in use holds already, an SGI from the same source, gets the pending bit there.',
    source: [old('vgic_queue_irq')],
    seenBy: ['listRegister'],
    profiles: seed2015,
  },
  'seed-lowest-free-list-register-is-taken': {
    must: 'Otherwise the lowest list register that is not in use is taken, in the state pending, priority 0, group 0.',
    source: [old('vgic_queue_irq')],
    seenBy: ['listRegister'],
    profiles: seed2015,
  },
  'seed-each-sgi-source-has-a-list-register': {
    must: 'Each waiting source of an SGI is offered in a list register of its own, the lowest source first.',
    source: [old('vgic_queue_sgi')],
    seenBy: ['listRegister', 'software.sources'],
    profiles: seed2015,
  },
  'seed-level-asks-for-eoi-maintenance': {
    must: 'A level-sensitive interrupt that is not mapped is offered with the EOI bit.',
    source: [seed('002', 'vgic_queue_irq_to_lr, LR_EOI_INT')],
    seenBy: ['listRegister'],
    profiles: seed2015,
  },
  'seed-mapped-interrupt-is-offered-with-hw': {
    must: 'A mapped interrupt is offered with HW=1 and its physical INTID, without the EOI bit.',
    source: [seed('002', 'vgic_queue_irq_to_lr, LR_HW')],
    seenBy: ['listRegister'],
    profiles: seed2015,
    aka: 'VGIC-FL-08',
  },
  'seed-offering-activates-the-physical-interrupt': {
    must: 'Offering a mapped interrupt makes the physical one active.',
    source: [seed('002', 'vgic_queue_irq_to_lr, irq_set_irqchip_state')],
    seenBy: ['physical.active', 'physical.signalled'],
    profiles: seed2015,
    aka: 'VGIC-LR-03',
  },
  'seed-entry-activates-what-is-listed-with-hw': {
    must: 'Entry makes the physical interrupt of every list register in use with HW=1 active again.',
    source: [
      seed('002', 'Setting the active bit in the distributor'),
      ours('the injector of the series sets it; the hunk alone does not show it'),
    ],
    seenBy: ['physical.active', 'physical.signalled'],
    profiles: seed2015,
    aka: 'VGIC-LR-03',
  },
  'seed-edge-loses-its-latch-when-offered': {
    must: 'Offering an edge-triggered interrupt clears its latch, and that source of an SGI.',
    source: [old('vgic_queue_hwirq'), old('vgic_queue_sgi')],
    seenBy: ['software.latch', 'software.sources'],
    profiles: seed2015,
  },
  'seed-overflow-sets-uie-and-stops': {
    must: 'When no list register is free UIE is set, and nothing further is offered.',
    source: [old('__kvm_vgic_flush_hwstate')],
    seenBy: ['interface.hcr', 'listRegister'],
    profiles: seed2015,
  },
  'seed-exit-makes-the-physical-interrupt-quiescent': {
    must: 'Exit clears the physical active state of a list register with HW=1 that the guest has not completed.',
    source: [seed('002', 'vgic_sync_hwirq'), seed('002', 'make that HW quiescent before getting back to the host')],
    seenBy: ['physical.active', 'physical.signalled'],
    profiles: seed2015,
  },
  'seed-inactive-physical-interrupt-means-completed': {
    must: 'If the physical interrupt of a list register with HW=1 is not active at exit, the guest has completed it: HW and PhysicalID are cleared, and the list register is free.',
    source: [seed('002', 'vgic_sync_hwirq: Return 1 if HW interrupt went from active to inactive')],
    seenBy: ['listRegister'],
    profiles: seed2015,
  },
  'seed-completion-allows-the-next-offer': {
    must: 'The completion of a mapped or level-sensitive interrupt clears its queued mark.',
    source: [
      seed('002', 'vgic_irq_clear_queued: allow the interrupt to be queued again'),
      old('vgic_process_maintenance'),
    ],
    seenBy: ['listRegister'],
    profiles: seed2015,
  },
  'seed-completed-mapped-level-is-sampled': {
    must: 'At the completion of a mapped level-sensitive interrupt its line level is taken from the device.',
    source: [ours('the injector of the series tells the level anew after sync')],
    seenBy: ['software.line', 'distributor.pending'],
    profiles: seed2015,
  },
  'seed-empty-list-register-is-free': {
    must: 'At exit an invalid list register with HW=0 becomes free.',
    source: [seed('002', 'clear mappings for empty LRs')],
    seenBy: ['listRegister'],
    profiles: seed2015,
  },
  'seed-level-completion-clears-the-latch': {
    must: 'The completion of a level-sensitive interrupt that is not mapped clears its latch, and that of an SPI is reported to userspace.',
    source: [old('vgic_process_maintenance')],
    seenBy: ['software.latch', 'distributor.pending', 'reply.resampled'],
    profiles: seed2015,
  },
  'seed-active-is-what-is-listed-active': {
    must: 'In software an interrupt is active if a list register in use held it with the active bit at the last exit.',
    source: [old('vgic_update_state, vgic_cpu->active_percpu')],
    seenBy: ['distributor.active', 'reply.value'],
    profiles: seed2015,
  },
  'seed-load-activates-what-is-listed': {
    must: 'Load makes the physical timer interrupt active exactly if the timer should fire, or a list register in use holds it with HW=1.',
    source: [seed('002', 'Setting the active bit in the distributor allows us to restore the HW')],
    seenBy: ['physical.active', 'physical.signalled'],
    profiles: seed2015,
  },
  'seed-distributor-writes-spare-the-physical-side': {
    must: 'No write of the guest to pending bits changes the state of a physical interrupt.',
    source: [old('handle_mmio_set_pending_reg'), old('handle_mmio_clear_pending_reg')],
    seenBy: ['physical'],
    profiles: seed2015,
  },
} as const satisfies Readonly<Record<string, ClauseDeclaration>>;
