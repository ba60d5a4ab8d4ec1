import type { ClauseDeclaration } from '../../clause.ts';
import { linux, ours } from '../../source.ts';
import { anyHypervisor, kvm } from './holds-in.ts';

/** What a line or an edge of a device does to its virtual interrupt. */
export const injection = {
  'unchanged-level-is-ignored': {
    must: 'The injection of the level that a level-sensitive virtual interrupt has already changes nothing.',
    source: [linux('vgic_validate_injection')],
    seenBy: ['software.line', 'software.listed'],
    profiles: anyHypervisor,
    aka: 'VGIC-INJ-02',
  },
  'changed-level-is-stored': {
    must: 'A level-sensitive virtual interrupt remembers the level that was injected last; high means asserted.',
    source: [linux('kvm_vgic_inject_irq')],
    seenBy: ['software.line', 'distributor.pending'],
    profiles: anyHypervisor,
    aka: 'VGIC-INJ-02',
  },
  'lowering-spares-the-list-registers': {
    must: 'Lowering a line takes nothing out of a list register; that waits for the next exit.',
    source: [linux('kvm_vgic_inject_irq')],
    seenBy: ['listRegister'],
    profiles: anyHypervisor,
    aka: 'VGIC-INJ-02',
  },
  'edge-sets-the-pending-latch': {
    must: 'The injection of an edge sets the pending latch of the virtual interrupt.',
    source: [linux('kvm_vgic_inject_irq')],
    seenBy: ['software.latch', 'distributor.pending'],
    profiles: anyHypervisor,
    aka: 'VGIC-INJ-03',
  },
  'edges-coalesce-in-the-latch': {
    must: 'Edges that come while the latch is set are delivered once, together with the one that set it.',
    source: [linux('kvm_vgic_inject_irq'), ours('edge-sets-the-pending-latch')],
    seenBy: ['software.latch', 'reply.value'],
    profiles: anyHypervisor,
    aka: 'INV-13',
  },
  'falling-edge-is-ignored': {
    must: 'A falling line means nothing to an edge-triggered virtual interrupt.',
    source: [linux('vgic_validate_injection')],
    seenBy: ['software.latch', 'software.line'],
    profiles: anyHypervisor,
    aka: 'VGIC-INJ-03',
  },
  'listed-interrupt-is-not-queued-twice': {
    must: 'An interrupt that is on a list already keeps its place there when it is injected again.',
    source: [linux('vgic_queue_irq_unlock')],
    seenBy: ['software.listed', 'listRegister'],
    profiles: kvm,
    aka: 'VGIC-INJ-04',
  },
} as const satisfies Readonly<Record<string, ClauseDeclaration>>;
