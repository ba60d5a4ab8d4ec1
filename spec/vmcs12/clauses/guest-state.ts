import type { ClauseDeclaration } from '../../clause.ts';
import { linux, ours, sdm, seed } from '../../source.ts';

/** What an exit saves without a control that says so. */
export const guestState = {
  'cr0-is-what-l2-left': {
    must: 'CR0 is saved as L2 left it: bits that L2 owns as they are, bits that only L0 traps as L2 last wrote them.',
    source: [
      seed('001', 'look for any bits which L0 traps but L1 did not think it was trapping'),
      sdm('Saving Control Registers, Debug Registers, and MSRs'),
    ],
    seenBy: ['registers.cr0'],
    aka: 'VMCS12-11, G1, B12',
  },
  'cr0-bits-of-l1-mask-come-back': {
    must: "Bits of CR0 under L1's guest/host mask are saved as the field had them at the entry: L2 cannot change them without an exit, and what the hardware holds for L0 does not count.",
    source: [linux('vmcs12_guest_cr0'), ours('L2 cannot change a masked bit without an exit')],
    seenBy: ['registers.cr0'],
    aka: 'VMCS12-11, D-08, M-12',
  },
  'cr4-is-what-l2-left': {
    must: 'CR4 is saved as L2 left it, by the rule of CR0.',
    source: [
      seed('001', 'Kivity: can we not have the same issue with cr4'),
      sdm('Saving Control Registers, Debug Registers, and MSRs'),
    ],
    seenBy: ['registers.cr4'],
    aka: 'VMCS12-11, G2, B16',
  },
  'cr4-bits-of-l1-mask-come-back': {
    must: "Bits of CR4 under L1's guest/host mask are saved as the field had them at the entry; bits that L0 forces, such as VMXE and PAE, do not show.",
    source: [linux('vmcs12_guest_cr4'), ours('L2 cannot change a masked bit without an exit')],
    seenBy: ['registers.cr4'],
    aka: 'VMCS12-11, D-08, B12',
  },
  'cr3-is-always-saved': {
    must: 'CR3 is saved as L2 last loaded it, with and without EPT.',
    source: [sdm('Saving Control Registers, Debug Registers, and MSRs')],
    seenBy: ['registers.cr3'],
    aka: 'VMCS12-13, G3, B18',
  },
  'rsp-and-rflags-are-saved': {
    must: 'RSP, and RFLAGS but for RF, are saved as L2 left them; an exit during the delivery of an event, as they were before the delivery.',
    source: [sdm('Saving RIP, RSP, RFLAGS, and SSP')],
    seenBy: ['registers.rsp', 'registers.rflags'],
    aka: 'G5, B30',
  },
  'usable-segments-are-saved-whole': {
    must: 'Selector, base, limit and access rights of a usable segment are saved as L2 left them.',
    source: [sdm('Saving Segment Registers and Descriptor-Table Registers')],
    seenBy: ['segments'],
    aka: 'VMCS12-14, G6, G7, G8',
  },
  'unusable-segment-keeps-its-selector': {
    must: 'Of an unusable segment the selector is saved, with bit 16 of the access rights 1, bits 31:17 and 11:8 of them 0, and for SS its DPL, which is the CPL.',
    source: [sdm('Saving Segment Registers and Descriptor-Table Registers')],
    seenBy: [
      'segments.ssSelector',
      'segments.dsSelector',
      'segments.fsSelector',
      'segments.ldtrSelector',
      'segments.ssAccessRights',
      'segments.dsAccessRights',
      'segments.fsAccessRights',
      'segments.ldtrAccessRights',
    ],
    aka: 'VMCS12-14, G6, G8',
  },
  'base-of-unusable-fs-is-saved': {
    must: 'The base of FS is saved, and loaded by the next entry, even if FS is unusable.',
    source: [
      sdm('Saving Segment Registers and Descriptor-Table Registers'),
      sdm('Loading Guest Segment Registers and Descriptor-Table Registers'),
    ],
    seenBy: ['segments.fsBase', 'l2.fsBase'],
    aka: 'VMCS12-14, G7, B29',
  },
  'rest-of-unusable-segment-is-open': {
    may: 'Base (but of FS), limit and the other access rights of an unusable segment are undefined after an exit, until L1 writes them.',
    source: [sdm('Saving Segment Registers and Descriptor-Table Registers')],
    seenBy: ['segments'],
    aka: 'VMCS12-14, G7, G8',
  },
  'descriptor-tables-are-saved': {
    must: 'Base and limit of GDTR and IDTR are saved as L2 left them.',
    source: [sdm('Saving Segment Registers and Descriptor-Table Registers')],
    seenBy: ['tables'],
    aka: 'G9',
  },
  'sysenter-is-always-saved': {
    must: 'IA32_SYSENTER_CS and IA32_SYSENTER_ESP are saved at every exit: no control asks.',
    source: [sdm('Saving Control Registers, Debug Registers, and MSRs')],
    seenBy: ['msrs.sysenterCs', 'msrs.sysenterEsp'],
    aka: 'VMCS12-10, G11',
  },
  'bndcfgs-is-always-saved': {
    must: 'IA32_BNDCFGS is saved at every exit where the processor has it.',
    source: [sdm('Saving Control Registers, Debug Registers, and MSRs')],
    seenBy: ['bndcfgs'],
    aka: 'VMCS12-10, G15',
  },
  'field-without-feature-is-refused': {
    may: 'Where the processor has no IA32_BNDCFGS, VMREAD and VMWRITE of its field fail with error 12, and the controls for it make an entry fail.',
    source: [sdm('VM Instruction Error Numbers'), sdm('VM-Entry Controls')],
    seenBy: ['step.outcome', 'instructionError'],
    knob: 'mpx',
  },
  'perf-global-ctrl-is-never-saved': {
    must: 'The field IA32_PERF_GLOBAL_CTRL stays as L1 wrote it: the model has no control that saves or loads it.',
    source: [sdm('Saving Control Registers, Debug Registers, and MSRs')],
    seenBy: ['perfGlobal'],
    aka: 'VMCS12-10, G12',
  },
  'unswitched-registers-are-in-no-vmcs': {
    must: 'CR2, DR6 and IA32_PERF_GLOBAL_CTRL belong to whoever runs: neither entries nor exits change them.',
    source: [sdm('Guest Register State'), sdm('Saving Guest State')],
    seenBy: ['shared', 'sharedPerfGlobal'],
    aka: '2.2',
  },
  'state-survives-the-round-trip': {
    must: 'What an exit saved and L1 left alone is what L2 finds after the next entry, for every field that no control keeps from being saved or loaded.',
    source: [sdm('Loading Guest State'), ours('exit, then entry with the same fields')],
    seenBy: ['l2', 'l2Optional'],
    aka: 'INV-V2, INV-V3',
  },
} as const satisfies Readonly<Record<string, ClauseDeclaration>>;
