import type { ClauseDeclaration } from '../../clause.ts';
import { gicv2 } from '../../source.ts';
import { arch } from './holds-in.ts';

/** What the hardware tells the hypervisor about its list registers. */
export const maintenance = {
  'eisr-shows-completed-with-eoi': {
    must: 'Bit n of GICH_EISR is 1 exactly if list register n is invalid, with HW=0 and its EOI bit set.',
    source: [gicv2('GICH_EISR0')],
    seenBy: ['interface.eisr'],
    aka: 'VGIC-MI-01',
  },
  'elrsr-leaves-out-awaited-eoi': {
    must: 'Bit n of GICH_ELRSR is 1 exactly if list register n is invalid and is not shown in GICH_EISR.',
    source: [gicv2('GICH_ELRSR0')],
    seenBy: ['interface.elrsr'],
    aka: 'VGIC-MI-01',
  },
  'misr-is-recomputed-at-once': {
    must: 'Every bit of GICH_MISR is a level that follows list registers, GICH_HCR and GICH_VMCR at once; none is latched.',
    source: [gicv2('GICH_MISR')],
    seenBy: ['interface.misr', 'interface.lines'],
    aka: 'VGIC-MI-02',
  },
  'maintenance-eoi-while-eisr-is-not-empty': {
    must: 'GICH_MISR.EOI is 1 exactly while some bit of GICH_EISR is.',
    source: [gicv2('GICH_MISR')],
    seenBy: ['interface.misr'],
    aka: 'VGIC-MI-02',
  },
  'maintenance-underflow-with-at-most-one-valid': {
    must: 'GICH_MISR.U is 1 exactly while UIE is set and no or one list register is valid.',
    source: [gicv2('GICH_MISR')],
    seenBy: ['interface.misr'],
    aka: 'VGIC-MI-02',
  },
  'maintenance-lrenp-while-eois-are-counted': {
    must: 'GICH_MISR.LRENP is 1 exactly while LRENPIE is set and EOICount is not 0.',
    source: [gicv2('GICH_MISR')],
    seenBy: ['interface.misr'],
    profiles: arch,
    aka: 'VGIC-MI-02',
  },
  'maintenance-np-while-none-is-pending': {
    must: 'GICH_MISR.NP is 1 exactly while NPIE is set and no list register is in the state pending; pending and active does not count.',
    source: [gicv2('GICH_MISR')],
    seenBy: ['interface.misr'],
    profiles: arch,
    aka: 'VGIC-MI-02',
  },
  'maintenance-group-0-enabled': {
    must: 'GICH_MISR.VGrp0E is 1 exactly while VGrp0EIE is set and group 0 is enabled.',
    source: [gicv2('GICH_MISR')],
    seenBy: ['interface.misr'],
    profiles: arch,
    aka: 'VGIC-MI-02',
  },
  'maintenance-group-0-disabled': {
    must: 'GICH_MISR.VGrp0D is 1 exactly while VGrp0DIE is set and group 0 is disabled.',
    source: [gicv2('GICH_MISR')],
    seenBy: ['interface.misr'],
    profiles: arch,
    aka: 'VGIC-MI-04',
  },
  'maintenance-group-1-enabled': {
    must: 'GICH_MISR.VGrp1E is 1 exactly while VGrp1EIE is set and group 1 is enabled.',
    source: [gicv2('GICH_MISR')],
    seenBy: ['interface.misr'],
    profiles: arch,
    aka: 'VGIC-MI-02',
  },
  'maintenance-group-1-disabled': {
    must: 'GICH_MISR.VGrp1D is 1 exactly while VGrp1DIE is set and group 1 is disabled.',
    source: [gicv2('GICH_MISR')],
    seenBy: ['interface.misr'],
    profiles: arch,
    aka: 'VGIC-MI-02',
  },
  'maintenance-interrupt-needs-the-enable': {
    must: 'The maintenance interrupt is signalled exactly while GICH_HCR.En is 1 and GICH_MISR is not 0.',
    source: [gicv2('GICH_HCR'), gicv2('GICH_MISR')],
    seenBy: ['interface.lines'],
    aka: 'VGIC-MI-03',
  },
  'misr-shows-causes-without-the-enable': {
    must: 'GICH_MISR shows its causes with GICH_HCR.En 0 too.',
    source: [gicv2('GICH_MISR')],
    seenBy: ['interface.misr'],
    profiles: arch,
    aka: 'VGIC-MI-03',
  },
  'hcr-write-resets-eoicount': {
    must: 'A write to GICH_HCR sets EOICount to what it carries.',
    source: [gicv2('GICH_HCR')],
    seenBy: ['interface.hcr', 'interface.misr'],
    profiles: arch,
  },
} as const satisfies Readonly<Record<string, ClauseDeclaration>>;
