import type { ClauseDeclaration } from '../../clause.ts';
import { gicv2, linux } from '../../source.ts';
import { anyHypervisor, kvm } from './holds-in.ts';

/** Software-generated interrupts. */
export const sgi = {
  'sgi-filter-0-sends-to-the-list': {
    must: 'GICD_SGIR with filter 0 sends the SGI to the existing virtual CPUs of the target list, and to no other.',
    source: [gicv2('GICD_SGIR'), linux('vgic_mmio_write_sgir')],
    seenBy: ['software.sources', 'software.latch'],
    profiles: anyHypervisor,
    aka: 'VGIC-MM-11',
  },
  'sgi-filter-1-sends-to-all-others': {
    must: 'GICD_SGIR with filter 1 sends the SGI to all virtual CPUs of the VM but the sender.',
    source: [gicv2('GICD_SGIR'), linux('vgic_mmio_write_sgir')],
    seenBy: ['software.sources', 'software.latch'],
    profiles: anyHypervisor,
    aka: 'VGIC-MM-11',
  },
  'sgi-filter-2-sends-to-the-sender': {
    must: 'GICD_SGIR with filter 2 sends the SGI to the sender alone.',
    source: [gicv2('GICD_SGIR'), linux('vgic_mmio_write_sgir')],
    seenBy: ['software.sources', 'software.latch'],
    profiles: anyHypervisor,
    aka: 'VGIC-MM-11',
  },
  'sgi-filter-3-is-ignored': {
    must: 'GICD_SGIR with the reserved filter 3 sends nothing.',
    source: [gicv2('GICD_SGIR'), linux('vgic_mmio_write_sgir')],
    seenBy: ['software.sources', 'software.latch', 'software.listed'],
    profiles: anyHypervisor,
    aka: 'VGIC-MM-11',
  },
  'sgi-records-its-sender': {
    must: 'An SGI that is sent sets the latch of the target, and adds the sender to the waiting sources.',
    source: [linux('vgic_mmio_write_sgir')],
    seenBy: ['software.sources', 'software.latch', 'reply.value'],
    profiles: anyHypervisor,
    aka: 'VGIC-MM-11',
  },
  'same-sgi-from-the-same-source-coalesces': {
    must: 'An SGI that is sent again by the same source before it is offered is delivered once.',
    source: [gicv2('GICD_SGIR'), linux('vgic_mmio_write_sgir')],
    seenBy: ['software.sources', 'reply.value'],
    profiles: anyHypervisor,
    aka: 'VGIC-SGI-02',
  },
  'each-sgi-source-is-delivered-once': {
    must: 'The same SGI from several sources is acknowledged once for each of them, the lowest source first.',
    source: [gicv2('GICC_IAR'), linux('vgic_v2_populate_lr')],
    seenBy: ['reply.value', 'software.sources'],
    profiles: kvm,
    aka: 'VGIC-SGI-01',
  },
  'set-sgi-pending-adds-a-source': {
    must: 'GICD_SPENDSGIR adds the named source to the waiting ones, sets the latch and queues the SGI.',
    source: [gicv2('GICD_SPENDSGIRn'), linux('vgic_mmio_write_sgipends')],
    seenBy: ['software.sources', 'software.latch', 'software.listed'],
    profiles: kvm,
    aka: 'VGIC-SGI-04',
  },
  'clear-sgi-pending-clears-a-source': {
    must: 'GICD_CPENDSGIR takes the named source out of the waiting ones; the latch falls when none is left.',
    source: [gicv2('GICD_CPENDSGIRn'), linux('vgic_mmio_write_sgipendc')],
    seenBy: ['software.sources', 'software.latch'],
    profiles: kvm,
    aka: 'VGIC-SGI-04',
  },
} as const satisfies Readonly<Record<string, ClauseDeclaration>>;
