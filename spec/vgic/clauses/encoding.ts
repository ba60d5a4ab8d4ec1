import type { ClauseDeclaration } from '../../clause.ts';
import { gicv2, gicv3, linux } from '../../source.ts';

/** Layout of the registers. */
export const encoding = {
  'gich-lr-layout': {
    must: 'GICH_LRn: VirtualID [9:0]; PhysicalID [19:10] if HW, else EOI 19 and CPUID [12:10]; priority [27:23]; state [29:28]; Grp1 30; HW 31.',
    source: [gicv2('GICH_LRn')],
    ambient: true,
    seenBy: ['listRegister'],
  },
  'ich-lr-layout': {
    must: 'ICH_LRn_EL2: vINTID [31:0]; pINTID [44:32] if HW, else EOI 41; priority [55:48]; Group 60; HW 61; state [63:62].',
    source: [gicv3('ICH_LR<n>_EL2')],
    ambient: true,
    seenBy: ['listRegister'],
  },
  'ich-lr-holds-the-sgi-source-in-the-intid': {
    must: 'For a GICv2 guest on GICv3, bits [12:10] of vINTID hold the source of an SGI.',
    source: [linux('vgic_v3_populate_lr')],
    ambient: true,
    seenBy: ['listRegister.low'],
  },
  'gich-vmcr-layout': {
    must: 'GICH_VMCR: Grp0En 0, Grp1En 1, AckCtl 2, FIQEn 3, CBPR 4, EOImode 9, ABPR [20:18], BPR [23:21], the upper five bits of the mask [31:27].',
    source: [gicv2('GICH_VMCR')],
    ambient: true,
    seenBy: ['interface.vmcr'],
  },
  'ich-vmcr-layout': {
    must: 'ICH_VMCR_EL2: the lower fields as in GICH_VMCR, all eight bits of the mask [31:24].',
    source: [gicv3('ICH_VMCR_EL2')],
    ambient: true,
    seenBy: ['interface.vmcr'],
  },
  'hcr-layout': {
    must: 'GICH_HCR and ICH_HCR_EL2: En 0, UIE 1, LRENPIE 2, NPIE 3, VGrp0EIE 4, VGrp0DIE 5, VGrp1EIE 6, VGrp1DIE 7, EOICount [31:27].',
    source: [gicv2('GICH_HCR'), gicv3('ICH_HCR_EL2')],
    ambient: true,
    seenBy: ['interface.hcr'],
  },
  'misr-layout': {
    must: 'GICH_MISR: EOI 0, U 1, LRENP 2, NP 3, VGrp0E 4, VGrp0D 5, VGrp1E 6, VGrp1D 7.',
    source: [gicv2('GICH_MISR'), gicv3('ICH_MISR_EL2')],
    ambient: true,
    seenBy: ['interface.misr'],
  },
} as const satisfies Readonly<Record<string, ClauseDeclaration>>;
