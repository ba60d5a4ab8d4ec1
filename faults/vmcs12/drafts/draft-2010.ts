import type { Draft } from '../../draft.ts';
import { fault, patchOf2010 } from '../define.ts';
import {
  CopiesControlFields,
  CopiesLinkPointer,
  InjectsAgain,
  InjectsForL1,
  KeepsWriteProtection,
  RebuildsTsAlone,
  CopiesPat,
} from './rules-of-2010.ts';

/** Seed 001: `prepare_vmcs_12` as Nadav Har'El posted it for KVM in June 2010, before Avi Kivity's review. */
export const draft2010: Draft = {
  ...fault({
    id: 'draft-2010-prepare-vmcs12',
    breaks: [
      'tsc-offset-keeps-what-l1-wrote',
      'unsaved-debugctl-keeps-what-l1-wrote',
      'link-pointer-never-changes',
      'unsaved-pat-keeps-what-l1-wrote',
      'exit-keeps-the-rest-of-entry-information',
      'physical-exit-leaves-no-trace',
      'exit-leaves-instruction-error',
      'cr0-is-what-l2-left',
      'cr4-is-what-l2-left',
      'cr0-bits-of-l1-mask-come-back',
      'cr4-bits-of-l1-mask-come-back',
      'exit-writes-guest-state-and-exit-information-only',
    ],
    wrong: 'The patch of 2010: an exit copies whatever is in the third VMCS, and rebuilds CR0 for TS alone.',
    seen: [patchOf2010],
    parts: {
      composition: InjectsForL1,
      physicalExits: InjectsAgain,
      controlFields: CopiesControlFields,
      savedNonRegister: CopiesLinkPointer,
      savedMsrs: CopiesPat,
      controlRegisters: KeepsWriteProtection,
      savedRegisters: RebuildsTsAlone,
    },
  }),
  seed: '001',
  title: 'Exiting from L2 to L1 (patch 18 of 24)',
  year: 2010,
  doc:
    'When L2 exits to L1, one long function reads the fields of the VMCS under which the processor has run L2, and puts ' +
    'them into the VMCS that L1 keeps: exit information and guest state, but also TSC offset, the entry interruption ' +
    'information, the VM-instruction error and the link pointer. PAT goes by the entry control of L0 that loads ' +
    'it, which is always on where the processor has it, and DEBUGCTL by none. TS of CR0 is fetched from the read shadow if L0 traps it; the rest of CR0, and CR4, are taken from hardware.',
  objections: [
    {
      by: 'Avi Kivity',
      says: 'TSC offset cannot have changed.',
      at: '"vmcs12->tsc_offset = vmcs_read64(TSC_OFFSET)"',
      answer:
        'Agreed: only fields of the guest-state and exit-information areas are copied from now on. Control fields could not ' +
        'have changed.',
      clauses: ['tsc-offset-keeps-what-l1-wrote'],
      fault: 'tsc-offset-is-copied',
    },
    {
      by: 'Avi Kivity',
      says: 'DEBUGCTL cannot change unless an MSR bitmap lets L2 write it.',
      at: '"vmcs12->guest_ia32_debugctl = vmcs_read64(GUEST_IA32_DEBUGCTL)"',
      answer: 'A note for later: looking into the bitmap first may cost more than reading the field.',
      remark:
        'It is as well that nobody did. The register changes without any WRMSR when a debug exception in L2 clears LBR and ' +
        'BTF, and at an entry without "load debug controls".',
      clauses: ['debugctl-is-saved-with-debug-controls', 'debug-exception-clears-lbr-and-btf'],
      fault: 'debugctl-is-looked-at-in-the-msr-bitmap',
      onlyWarned: true,
    },
    {
      by: 'this suite',
      says: 'DEBUGCTL is not to be copied always either: "save debug controls" decides, as the other control does for PAT.',
      at: '"vmcs12->guest_ia32_debugctl = vmcs_read64(GUEST_IA32_DEBUGCTL)"',
      clauses: ['unsaved-debugctl-keeps-what-l1-wrote'],
      fault: 'debugctl-is-copied-always',
    },
    {
      by: 'Avi Kivity',
      says: 'Can the VMCS link pointer change at all?',
      at: '"vmcs12->vmcs_link_pointer = vmcs_read64(VMCS_LINK_POINTER)"',
      answer:
        'Not on any processor of the day, perhaps on later ones: he copies it for now, and asks what is preferred.',
      clauses: ['link-pointer-never-changes'],
      fault: 'link-pointer-is-copied',
    },
    {
      by: 'Avi Kivity',
      says: 'PAT is to be copied by the exit control "save IA32_PAT", not by the entry control that loads it.',
      at: '"if (vmcs_config.vmentry_ctrl & VM_ENTRY_LOAD_IA32_PAT)"',
      answer: 'Agreed, and fixed.',
      remark:
        'The control that is asked is not even one of L1: "vmcs_config" is what L0 itself runs with, so that the draft saves ' +
        'PAT at every exit, on any processor that can load it.',
      clauses: ['unsaved-pat-keeps-what-l1-wrote'],
      fault: 'pat-is-saved-always',
    },
    {
      by: 'Avi Kivity',
      says: 'The processor clears the entry interruption information by itself: it need not be read back.',
      at: '"vmcs12->vm_entry_intr_info_field = vmcs_read32(VM_ENTRY_INTR_INFO_FIELD)"',
      answer: 'Both ways have their merits, he says, and takes the other one: to clear the valid bit by hand.',
      remark:
        'They are not the same. What is read back is the event that was injected last, and that may have been one that L0 ' +
        'delivered again.',
      clauses: ['exit-keeps-the-rest-of-entry-information', 'physical-exit-leaves-no-trace'],
      fault: 'entry-information-is-that-of-l0',
    },
    {
      by: "Nadav Har'El",
      says: 'Leaving the read out is not enough: the valid bit has to be cleared by hand, or the event is injected twice.',
      at: 'his answer to "Autocleared, no need to read"',
      clauses: ['exit-clears-entry-valid-bit', 'injected-event-is-delivered-once'],
      fault: 'entry-valid-bit-is-left',
      onlyWarned: true,
    },
    {
      by: 'Avi Kivity',
      says: 'Should the VM-instruction error go to the guest hypervisor?',
      at: '"vmcs12->vm_instruction_error = vmcs_read32(VM_INSTRUCTION_ERROR)"',
      answer: 'No: VMX instructions write it, exits do not, and their emulation has it right already.',
      clauses: ['exit-leaves-instruction-error'],
      fault: 'instruction-error-is-copied',
    },
    {
      by: 'Avi Kivity',
      says: 'If L0 handles the exit, the exit information that L1 has must not be overwritten.',
      at: 'the lines from "vm_exit_reason" to "vmx_instruction_info"',
      answer: 'It is not: the function runs at exits to L1 only.',
      clauses: ['vmcs-is-still-while-l2-runs', 'physical-exit-leaves-no-trace'],
      fault: 'exit-information-is-written-on-physical-exits',
      onlyWarned: true,
    },
    {
      by: "Nadav Har'El",
      says: 'A field that this exit does not write may hold an older value, but its valid bit has to be that of this exit.',
      at: 'his answer to "we must not clobber guest fields"',
      clauses: [
        'interruption-valid-bit-is-always-right',
        'idt-vectoring-valid-bit-is-always-right',
        'exit-information-is-of-this-exit',
      ],
      fault: 'interruption-is-that-of-a-physical-exit',
      onlyWarned: true,
    },
    {
      by: 'Avi Kivity',
      says: 'CR4 has the issue of CR0: bits that L2 changes while L0 traps them.',
      at: '"vmcs12->guest_cr4 = vmcs_readl(GUEST_CR4)"',
      answer: 'He had thought that it could not happen; it will be done for CR4 as well.',
      clauses: ['cr4-is-what-l2-left'],
      fault: 'cr4-is-that-of-hardware',
    },
    {
      by: 'Avi Kivity',
      says: 'The rule should be general, without special knowledge of TS.',
      at: 'the comment "If any of the CRO_GUEST_HOST_MASK bits are off"',
      answer: 'Agreed: every bit that L0 traps and L1 does not comes from the read shadow.',
      clauses: ['cr0-is-what-l2-left'],
      fault: 'cr0-has-the-write-protection-of-l0',
    },
    {
      by: 'Avi Kivity',
      says: 'CR0 and CR4 should share a helper.',
      at: 'the same lines',
      answer: 'He doubts that it is worth the trouble.',
      clauses: ['shape-of-the-helper'],
      fault: undefined,
    },
  ],
};
