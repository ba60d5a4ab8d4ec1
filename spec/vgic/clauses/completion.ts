import type { ClauseDeclaration } from '../../clause.ts';
import { gicv2, linux, seed } from '../../source.ts';
import { notSeed2015 } from './holds-in.ts';

/** The virtual CPU interface: priority drop and deactivation. */
export const completion = {
  'eoi-of-a-special-intid-is-ignored': {
    must: 'A write of a special INTID (1020 to 1023) to GICV_EOIR changes nothing.',
    source: [gicv2('GICV_EOIR')],
    seenBy: ['listRegister', 'interface'],
    aka: 'VGIC-EOI-01',
  },
  'eoi-drops-lowest-active-priority': {
    must: 'GICV_EOIR clears the lowest bit that is set in GICH_APR, whether or not a list register holds the INTID.',
    source: [gicv2('GICV_EOIR'), gicv2('GICH_APR')],
    seenBy: ['interface.apr'],
    aka: 'VGIC-EOI-02',
  },
  'eoi-restores-the-preempted-priority': {
    must: 'After the completion of a preempting interrupt the running priority is that of the preempted one.',
    source: [gicv2('GICH_APR'), gicv2('Preemption')],
    seenBy: ['interface.apr', 'interface.lines'],
    profiles: notSeed2015,
    aka: 'VGIC-CPU-11',
  },
  'eoi-deactivates-in-mode-0': {
    must: 'With EOImode 0 GICV_EOIR clears the active bit of the list register with that INTID.',
    source: [gicv2('GICV_EOIR'), gicv2('GICV_CTLR')],
    seenBy: ['listRegister'],
    aka: 'VGIC-EOI-03',
  },
  'eoi-keeps-the-list-register-in-mode-1': {
    must: 'With EOImode 1 GICV_EOIR changes no list register.',
    source: [gicv2('GICV_EOIR'), gicv2('GICV_CTLR')],
    seenBy: ['listRegister'],
    aka: 'VGIC-EOI-04',
  },
  'eoi-in-mode-1-keeps-the-physical-interrupt': {
    must: 'With EOImode 1 GICV_EOIR leaves the physical interrupt of a list register with HW=1 active.',
    source: [gicv2('GICV_EOIR'), seed('002', 'On guest EOI on the virtual interrupt')],
    seenBy: ['physical.active'],
    aka: 'VGIC-EOI-05',
  },
  'dir-deactivates': {
    must: 'GICV_DIR clears the active bit of the list register with that INTID.',
    source: [gicv2('GICV_DIR')],
    seenBy: ['listRegister'],
    aka: 'VGIC-EOI-04',
  },
  'dir-keeps-the-active-priorities': {
    must: 'GICV_DIR does not change GICH_APR.',
    source: [gicv2('GICV_DIR')],
    seenBy: ['interface.apr'],
    aka: 'VGIC-EOI-04',
  },
  'deactivation-keeps-the-pending-half': {
    must: 'Deactivation turns a list register in the state active into invalid, and one in pending and active into pending.',
    source: [gicv2('GICH_LRn')],
    seenBy: ['listRegister'],
    aka: 'VGIC-EOI-03',
  },
  'virtual-deactivation-deactivates-the-physical-interrupt': {
    must: 'Deactivation of a list register with HW=1 clears the active state of the physical interrupt that it names.',
    source: [seed('002', 'On guest EOI on the virtual interrupt'), gicv2('GICV_EOIR'), gicv2('GICV_DIR')],
    seenBy: ['physical.active', 'physical.signalled'],
    aka: 'VGIC-EOI-05',
  },
  'deactivation-without-hw-keeps-physical-state': {
    must: 'Deactivation of a list register with HW=0 changes nothing in the physical distributor.',
    source: [gicv2('GICH_LRn')],
    seenBy: ['physical.active'],
    aka: 'VGIC-EOI-05',
  },
  'unlisted-eoi-is-counted': {
    must: 'With EOImode 0, a GICV_EOIR that drops a priority and finds no active list register with the INTID adds 1 to EOICount, modulo 32.',
    source: [gicv2('GICH_HCR'), gicv2('GICV_EOIR')],
    seenBy: ['interface.hcr', 'interface.misr'],
    profiles: notSeed2015,
    aka: 'VGIC-EOI-07',
  },
  'unlisted-dir-is-counted': {
    must: 'A GICV_DIR that finds no active list register with the INTID adds 1 to EOICount, modulo 32.',
    source: [gicv2('GICH_HCR'), gicv2('GICV_DIR')],
    seenBy: ['interface.hcr', 'interface.misr'],
    profiles: notSeed2015,
    aka: 'VGIC-EOI-07',
  },
  'eoi-in-mode-1-is-not-counted': {
    must: 'With EOImode 1 GICV_EOIR leaves EOICount alone, whether or not a list register holds the INTID.',
    source: [gicv2('GICH_HCR')],
    seenBy: ['interface.hcr'],
    aka: 'VGIC-EOI-07',
  },
  'dropped-interrupt-lets-others-in': {
    must: 'Between GICV_EOIR and GICV_DIR an interrupt stays active, and others of the same or lower priority can be acknowledged.',
    source: [gicv2('GICV_DIR'), gicv2('Priority drop and interrupt deactivation')],
    seenBy: ['reply.value', 'listRegister'],
    aka: 'VGIC-EOI-09',
  },
  'hw-completion-raises-no-maintenance': {
    must: 'The completion of a list register with HW=1 raises no EOI maintenance interrupt, hence causes no exit.',
    source: [seed('002', 'vlr.state &= ~LR_EOI_INT'), gicv2('GICH_LRn'), linux('vgic_v2_populate_lr')],
    seenBy: ['interface.eisr', 'interface.misr', 'interface.lines'],
    aka: 'VGIC-MI-05',
  },
} as const satisfies Readonly<Record<string, ClauseDeclaration>>;
