import type { ClauseDeclaration } from '../../clause.ts';
import { linux, ours, sdm, seed } from '../../source.ts';

/** What an exit saves, and an entry loads, only if a control says so. */
export const gates = {
  'pat-is-saved-by-the-exit-control': {
    must: 'With "save IA32_PAT" the field takes the PAT of L2, whatever the entry control "load IA32_PAT" is.',
    source: [
      seed('001', 'Kivity: should check for VM_EXIT_SAVE_IA32_PAT'),
      sdm('Saving Control Registers, Debug Registers, and MSRs'),
    ],
    seenBy: ['msrs.pat'],
    aka: 'VMCS12-08, G13, M-09',
  },
  'unsaved-pat-keeps-what-l1-wrote': {
    must: 'Without "save IA32_PAT" the field reads as L1 wrote it, even if it was loaded at the entry and L2 changed its PAT since.',
    source: [seed('001', 'Kivity: should check for VM_EXIT_SAVE_IA32_PAT'), ours('gate 0 leaves the field')],
    seenBy: ['msrs.pat'],
    aka: 'VMCS12-08, G13, M-09, INV-V4',
  },
  'msrs-are-loaded-by-their-entry-controls': {
    must: 'L2 starts with PAT, DR7 and DEBUGCTL, and BNDCFGS of the fields where "load IA32_PAT", "load debug controls", "load IA32_BNDCFGS" is 1, and with those of L1 where it is 0.',
    source: [sdm('Loading Guest Control Registers, Debug Registers, and MSRs')],
    seenBy: ['l2.pat', 'l2.dr7', 'l2Optional.debugctl', 'l2Optional.bndcfgs'],
    aka: 'VMCS12-08, VMCS12-09, G15, B22',
  },
  'efer-is-saved-by-the-exit-control': {
    must: 'With "save IA32_EFER" the field takes the EFER of L2.',
    source: [sdm('Saving Control Registers, Debug Registers, and MSRs')],
    seenBy: ['msrs.efer'],
    aka: 'VMCS12-10, G14',
  },
  'unsaved-efer-keeps-what-l1-wrote': {
    must: 'Without "save IA32_EFER" the field reads as L1 wrote it.',
    source: [sdm('VM-Exit Controls')],
    seenBy: ['msrs.efer'],
    aka: 'VMCS12-10, G14, INV-V4',
  },
  'efer-at-entry': {
    must: 'L2 starts with the EFER of the field if "load IA32_EFER" is 1, else with that of L1, in which LMA is "IA-32e mode guest" and, with paging, LME too.',
    source: [sdm('Loading Guest Control Registers, Debug Registers, and MSRs')],
    seenBy: ['l2.efer'],
    aka: 'VMCS12-10',
  },
  'dr7-is-saved-with-debug-controls': {
    must: 'With "save debug controls" the field DR7 takes the DR7 of L2; without, it reads as L1 wrote it.',
    source: [sdm('Saving Control Registers, Debug Registers, and MSRs')],
    seenBy: ['registers.dr7'],
    aka: 'VMCS12-09, G4, B22, INV-V4',
  },
  'debugctl-is-saved-with-debug-controls': {
    must: 'With "save debug controls" the field IA32_DEBUGCTL takes what the MSR holds at the exit, whoever changed it.',
    source: [
      seed('001', 'Kivity: without msr bitmaps, cannot change'),
      sdm('Saving Control Registers, Debug Registers, and MSRs'),
    ],
    seenBy: ['debugctl'],
    aka: 'VMCS12-09, G10, D-09, B22',
  },
  'unsaved-debugctl-keeps-what-l1-wrote': {
    must: 'Without "save debug controls" the field IA32_DEBUGCTL reads as L1 wrote it.',
    source: [seed('001', 'vmcs12->guest_ia32_debugctl'), sdm('VM-Exit Controls')],
    seenBy: ['debugctl'],
    aka: 'VMCS12-09, G10, INV-V4',
  },
  'debug-exception-clears-lbr-and-btf': {
    must: 'A debug trap that is delivered in L2 clears LBR and BTF of IA32_DEBUGCTL, and the exit saves that: an MSR bitmap that catches every WRMSR does not make the field constant.',
    source: [
      sdm('LBR, BTF flags and debug exceptions'),
      ours('disagrees with seed 001, Kivity: without msr bitmaps, cannot change'),
    ],
    seenBy: ['debugctl', 'l2Optional.debugctl'],
    aka: 'VMCS12-09, D-09',
  },
  'timer-is-saved-by-the-exit-control': {
    must: 'With "save VMX-preemption timer value" the field takes what is left: 0 after an exit by its expiry.',
    source: [sdm('Saving Non-Register State'), linux('vmx_get_preemption_timer_value')],
    seenBy: ['timer'],
    aka: 'VMCS12-21, G22, B21',
  },
  'unsaved-timer-keeps-what-l1-wrote': {
    must: 'Without "save VMX-preemption timer value" the field reads as L1 wrote it, after expiry too.',
    source: [sdm('Saving Non-Register State')],
    seenBy: ['timer'],
    aka: 'VMCS12-21, G22, INV-V4',
  },
  'timer-goes-on-through-physical-exits': {
    must: 'An exit that L0 handles does not start the timer anew.',
    source: [sdm('VMX-Preemption Timer'), linux('vmx_calc_preemption_timer_value')],
    seenBy: ['l2Optional.timer', 'timer'],
    profiles: ['nested'],
    aka: 'VMCS12-21, B21',
  },
  'pdptes-are-saved-with-ept-in-pae-mode': {
    must: 'With EPT, and L2 in PAE paging, the PDPTE fields take the PDPTEs that L2 uses: those of the last load of CR3, or of the last write of CR0 or CR4 that loads them.',
    source: [sdm('Saving Control Registers, Debug Registers, and MSRs'), sdm('PDPTE Registers')],
    seenBy: ['pdptes'],
    aka: 'VMCS12-13, G23',
  },
  'pdptes-are-loaded-from-fields-with-ept': {
    must: 'With EPT, an entry into PAE paging takes the PDPTEs from the fields, not from memory.',
    source: [sdm('Loading Page-Directory-Pointer-Table Entries')],
    seenBy: ['pdptes'],
    aka: 'VMCS12-13',
  },
  'pdptes-are-open-otherwise': {
    may: 'Without EPT, or outside PAE paging, the PDPTE fields are undefined after an exit, until L1 writes them.',
    source: [sdm('Saving Control Registers, Debug Registers, and MSRs')],
    seenBy: ['pdptes'],
    aka: 'VMCS12-13, G23',
  },
  'interrupt-status-is-saved-as-held': {
    must: 'With virtual-interrupt delivery the guest interrupt status takes RVI and SVI as the processor holds them, not what the virtual-APIC page would give.',
    source: [sdm('Guest Interrupt Status'), sdm('Virtual-Interrupt Delivery')],
    seenBy: ['interruptStatus'],
    aka: 'VMCS12-22, G24',
  },
  'interrupt-status-stays-without-delivery': {
    must: 'Without virtual-interrupt delivery the guest interrupt status reads as L1 wrote it.',
    source: [sdm('Guest Interrupt Status')],
    seenBy: ['interruptStatus'],
    aka: 'VMCS12-22, G24',
  },
  'pml-index-counts-down': {
    must: 'With PML each logged write of L2 takes one from the PML index, and 0 is followed by 0xFFFF; the exit saves it.',
    source: [sdm('Page-Modification Logging'), linux('nested_vmx_write_pml_buffer')],
    seenBy: ['pml'],
    aka: 'G25',
  },
  'pml-index-stays-without-pml': {
    must: 'Without PML the index reads as L1 wrote it.',
    source: [sdm('Page-Modification Logging')],
    seenBy: ['pml'],
    aka: 'G25',
  },
} as const satisfies Readonly<Record<string, ClauseDeclaration>>;
