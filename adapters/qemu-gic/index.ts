import type { ImplementationModule } from '../../spec/contract.ts';
import { QemuGic } from './qemu-gic.ts';
import { shownSections } from './observation-data.ts';

/**
 * The emulated GICv2 of QEMU with its Virtualization Extensions: distributor, CPU interface, list registers and virtual
 * CPU interface, driven directly. An implementation of the architecture that nobody here had a hand in.
 */
export default {
  name: 'qemu-gic',
  systems: {
    vgic: {
      shows: shownSections,
      profiles: ['arch'],
      supports: { encoding: ['gicv2'], nrLr: [4, 1, 2], tieBreak: ['lowestLr'], disabledGroup: ['hides'] },
      // GICV_AIAR and its companions read as zero, and ignore writes.
      lacks: ['aiar'],
    },
  },
  create: () => new QemuGic().start(),
  baseline: new URL('baseline.json', import.meta.url).href,
} satisfies ImplementationModule;
