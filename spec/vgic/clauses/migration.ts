import type { ClauseDeclaration } from '../../clause.ts';
import { gicv2, linux, ours } from '../../source.ts';
import { anyHypervisor } from './holds-in.ts';

/** Virtual CPUs move between physical ones. */
export const migration = {
  'load-restores-mask-and-active-priorities': {
    must: 'Load writes GICH_VMCR and GICH_APR of the virtual CPU into the interface of the physical CPU, and put reads them back.',
    source: [linux('vgic_v2_load'), linux('vgic_v2_put'), gicv2('GICH_APR')],
    seenBy: ['interface.vmcr', 'interface.apr'],
    profiles: anyHypervisor,
    aka: 'VGIC-MIG-01, VGIC-LR-04',
  },
  'put-leaves-the-interface-as-it-is': {
    must: 'Put changes neither GICH_VMCR nor GICH_APR of the physical CPU.',
    source: [linux('vgic_v2_put')],
    seenBy: ['interface.vmcr', 'interface.apr'],
    profiles: anyHypervisor,
  },
  'spi-completion-reaches-the-distributor-from-any-cpu': {
    must: 'The completion of a mapped SPI on a physical CPU other than the one that took it deactivates it all the same.',
    source: [gicv2('GICC_DIR'), ours('spi-active-state-is-shared')],
    seenBy: ['physical.active', 'physical.signalled'],
    profiles: anyHypervisor,
    aka: 'VGIC-MIG-02',
  },
} as const satisfies Readonly<Record<string, ClauseDeclaration>>;
