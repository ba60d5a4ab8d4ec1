import type { ClauseDeclaration } from '../../clause.ts';
import { code, linux, ours, sdm, seed } from '../../source.ts';
import { every, nestedOnly } from './holds-in.ts';

/** Which fields an exit from L2 to L1 may change, and which nothing but VMWRITE ever does. */
export const writeSet = {
  'exit-writes-guest-state-and-exit-information-only': {
    must: 'An exit from L2 to L1 changes no field but those of the guest-state and exit-information areas, the valid bit of the VM-entry interruption information, and "IA-32e mode guest" of the VM-entry controls.',
    source: [seed('001', 'only copy the fields that could have changed'), sdm('VM Exits')],
    seenBy: ['controls', 'masks', 'otherControls', 'entryEvent', 'host', 'instructionError'],
    ambient: true,
    aka: 'VMCS12-01, D-18, INV-V1',
  },
  'vmcs-is-still-while-l2-runs': {
    must: 'While L2 runs on, no field of the current VMCS changes, with one exception: EPTP, which VM function 0 writes.',
    source: [
      seed('001', 'only gets called if we exit from L2 to L1'),
      ours('exits save guest state, nothing else does'),
    ],
    seenBy: [...every.guest, ...every.exit, ...every.control],
    aka: 'VMCS12-02',
  },
  'controls-keep-what-l1-wrote': {
    must: "Pin-based, processor-based, secondary, exit and VM-function controls and the exception bitmap read as L1 wrote them, whatever L0's own controls are.",
    source: [seed('001', 'control fields could not have changed'), sdm('VM-Execution Control Fields')],
    seenBy: ['controls'],
    aka: 'VMCS12-37, C1, EX, M-10',
  },
  'tsc-offset-keeps-what-l1-wrote': {
    must: "TSC offset reads as L1 wrote it, not as the sum with L0's own.",
    source: [seed('001', 'Kivity: TSC_OFFSET cannot have changed')],
    seenBy: ['otherControls.tscOffset'],
    aka: 'VMCS12-37, C2, M-10',
  },
  'masks-and-shadows-keep-what-l1-wrote': {
    must: 'CR0 and CR4 guest/host masks, read shadows, CR3-target count and values read as L1 wrote them: the processor never writes a read shadow.',
    source: [sdm('Guest/Host Masks and Read Shadows for CR0 and CR4'), linux('vmx_set_cr0, handle_set_cr0')],
    seenBy: ['masks'],
    aka: 'VMCS12-12, VMCS12-37, C3, M-12',
  },
  'other-controls-keep-what-l1-wrote': {
    must: 'TPR threshold, EOI-exit bitmap, VPID, page-fault error-code mask and match, and the counts of the MSR lists read as L1 wrote them.',
    source: [seed('001', 'control fields could not have changed'), sdm('VM-Exit Controls for MSRs')],
    seenBy: ['otherControls'],
    aka: 'VMCS12-37, C1, C4, C6, E2, EX',
  },
  'eptp-changes-by-vm-function-alone': {
    must: 'EPTP reads as L1 wrote it, or as L2 last chose it from the list by VM function 0.',
    source: [sdm('EPTP Switching'), linux('nested_vmx_eptp_switching')],
    seenBy: ['otherControls.eptp'],
    aka: 'C5, D-18',
  },
  'vm-function-writes-eptp': {
    must: 'VM function 0 with a valid entry makes that entry the EPT pointer in use and writes it to EPTP at once, without an exit.',
    source: [sdm('EPTP Switching')],
    seenBy: ['otherControls.eptp', 'l2.eptp', 'step.outcome'],
    aka: 'C5',
  },
  'host-state-keeps-what-l1-wrote': {
    must: 'No exit and no entry changes a host-state field.',
    source: [sdm('Host-State Area'), sdm('Loading Host State')],
    seenBy: ['host'],
    aka: 'H1',
  },
  'link-pointer-never-changes': {
    must: "The VMCS link pointer reads as L1 wrote it: nothing that L2 does and no exit changes it, and L0's own value does not show.",
    source: [seed('001', 'Kivity: can this change?'), sdm('VMCS Link Pointer')],
    seenBy: ['nonRegister.linkPointer'],
    aka: 'VMCS12-23, G21, D-12, M-10',
  },
  'exit-leaves-instruction-error': {
    must: 'No exit from L2 and no late entry failure changes the VM-instruction error: VMX instructions that fail write it, and nobody else.',
    source: [seed('001', 'VM_INSTRUCTION_ERROR has nothing to do with exits'), sdm('VM-Instruction Error Field')],
    seenBy: ['instructionError'],
    aka: 'VMCS12-07, X12, M-10',
  },
  'exit-clears-entry-valid-bit': {
    must: 'An exit clears bit 31 of the VM-entry interruption information, so that no event is injected twice.',
    source: [seed('001', 'clear the valid bit on exit ourselves'), sdm('VM Exits')],
    seenBy: ['entryEvent.entryInterruption'],
    aka: 'VMCS12-06, E3, M-08',
  },
  'exit-keeps-the-rest-of-entry-information': {
    must: 'Bits 30:0 of the VM-entry interruption information stay as L1 wrote them.',
    source: [seed('001', 'vm_entry_intr_info_field &= ~valid'), sdm('VM-Entry Controls for Event Injection')],
    seenBy: ['entryEvent.entryInterruption'],
    aka: 'VMCS12-06, E3',
  },
  'entry-error-code-and-length-stay': {
    must: 'VM-entry exception error code and instruction length read as L1 wrote them, even where a software event was in flight when L0 or L1 took over.',
    source: [sdm('VM-Entry Controls for Event Injection'), linux('vmcs12_save_pending_event')],
    seenBy: ['entryEvent.entryErrorCode', 'entryEvent.entryLength'],
    aka: 'E4, E5, D-15, D-19',
  },
  'ia32e-mode-guest-follows-lma': {
    must: 'Where the processor saves EFER.LMA, every exit makes "IA-32e mode guest" equal to L2\'s EFER.LMA.',
    source: [sdm('VM Exits'), linux('sync_vmcs02_to_vmcs12')],
    seenBy: ['controls.entryControls'],
    aka: 'VMCS12-24, E1, savesEferLma',
  },
  'ia32e-mode-guest-stays-without-the-feature': {
    may: 'Where the processor does not save EFER.LMA, "IA-32e mode guest" reads as L1 wrote it.',
    source: [sdm('VMX Miscellaneous Data')],
    seenBy: ['controls.entryControls'],
    knob: 'savesEferLma',
    aka: 'VMCS12-24',
  },
  'physical-exit-leaves-no-trace': {
    must: 'A physical exit that L0 handles changes no field of any VMCS of L1, no register of L1 and nothing that L2 sees.',
    source: [
      seed('001', 'if the host handles the exit, we must not clobber guest fields'),
      linux('nested_vmx_l0_wants_exit'),
    ],
    seenBy: [...every.guest, ...every.exit, ...every.control, 'l1', 'l2', 'shared'],
    profiles: nestedOnly,
    aka: 'VMCS12-02, NVMX-INJ-22',
  },
  'exit-information-is-of-this-exit': {
    must: 'Exit information describes the exit from L2 to L1, not the last physical exit: the valid bits of interruption and IDT-vectoring information are made anew.',
    source: [
      seed('001', 'as long as a field gets written on every exit'),
      sdm('Information for VM Exits That Occur During Event Delivery'),
    ],
    seenBy: ['exitInformation'],
    profiles: nestedOnly,
    aka: 'VMCS12-02, M-11',
  },
  'event-delivered-again-by-l0-is-delivered-once': {
    must: 'An event whose delivery L0 interrupted reaches the handler of L2 once, with the frame that it would have had, and without a trace in IDT-vectoring information.',
    source: [seed('001', 'the host handles the exit'), linux('vmx_complete_interrupts')],
    seenBy: ['delivery', 'exitInformation.idtVectoring', 'registers', 'l2'],
    profiles: nestedOnly,
    aka: 'VMCS12-02, M-11',
  },
  'stale-bits-are-legal-where-undefined': {
    may: 'Bits that the manual leaves undefined hold anything, values of an earlier exit included; the valid bits are never among them.',
    source: [
      seed('001', 'copying old values is one legal setting for undefined bits'),
      sdm('Information for VM Exits Due to Vectored Events'),
    ],
    seenBy: ['exitInformation'],
    aka: 'VMCS12-03',
  },
  'lazy-state-is-invisible': {
    must: 'VMREAD after an exit gives what L2 left, VMWRITE after an exit is what the next VMREAD and the next entry find, however late an implementation moves fields between its own VMCS and that of L1.',
    source: [linux('sync_vmcs02_to_vmcs12_rare, copy_vmcs02_to_vmcs12_rare'), code('Xen', 'nvmx shadow VMCS')],
    seenBy: ['step.value', ...every.guest, 'l2'],
    aka: 'VMCS12-15, M-13',
  },
  'other-vmcs-is-untouched': {
    must: 'An exit writes the VMCS with which L2 was entered; the other one reads as it was, and comes back whole by VMPTRLD.',
    source: [linux('copy_vmcs02_to_vmcs12_rare'), sdm('Software Use of the VMCS and Related Structures')],
    seenBy: [...every.guest, ...every.exit, ...every.control],
    aka: 'VMCS12-15, M-13',
  },
} as const satisfies Readonly<Record<string, ClauseDeclaration>>;
