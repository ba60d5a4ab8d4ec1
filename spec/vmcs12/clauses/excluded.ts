import type { ClauseDeclaration } from '../../clause.ts';
import { linux, sdm, seed } from '../../source.ts';

/** What the manuals leave open, what nobody can see, and what this alphabet does not say. */
export const excluded = {
  'smm-exits': {
    undefined:
      'SMBASE, I/O RCX, RSI, RDI, RIP and the executive pointer, which only exits to system-management mode write.',
    excluded: 'The dual-monitor treatment is not in this alphabet.',
    source: [sdm('Dual-Monitor Treatment of SMIs and SMM')],
    aka: 'G16, X11',
  },
  'newer-guest-state': {
    undefined: 'CET state, PKRS, RTIT_CTL, LBR_CTL, UINV, and "save IA32_PERF_GLOBAL_CTRL".',
    excluded:
      'Fields of later processors, saved by controls of their own; the model is that of 2016 with the knobs it names.',
    source: [sdm('Saving Control Registers, Debug Registers, and MSRs')],
    aka: 'G17, G12',
  },
  'vmx-abort': {
    undefined: 'The VMX-abort indicator, and an exit that fails.',
    excluded: 'After a VMX abort the processor is in shutdown: there is no L1 that could see it.',
    source: [sdm('VMX Aborts')],
    aka: 'M2',
  },
  'cost-of-reading-a-field': {
    undefined: 'Whether an implementation reads a field at every exit or looks first whether it can have changed.',
    excluded:
      'Speed is no rule; that the short cut must not be seen is lazy-state-is-invisible and debugctl-is-saved-with-debug-controls.',
    source: [seed('001', 'a TODO for future optimization')],
    aka: 'VMCS12-09',
  },
  'shape-of-the-helper': {
    undefined: 'Whether CR0 and CR4 share a helper.',
    excluded: 'Source code, not behaviour; both follow the same rule.',
    source: [seed('001', 'Kivity: better to have some helpers')],
  },
  'vmread-in-between': {
    undefined: 'Whether L1 could read a field between two exits that L0 handles.',
    excluded:
      'Only L1 reads, and L1 runs after an exit to it: vmcs-is-still-while-l2-runs says it as a rule of the memory.',
    source: [seed('001', 'Kivity: but no, that can not happen')],
  },
  'kvm-bit-12-of-exceptions': {
    undefined: 'Bit 12 of the interruption information as Linux sets it, whenever NMIs are masked.',
    excluded: 'Read in the source, not run; the manual is normative, and an implementation that differs is reported.',
    source: [linux('nested_vmx_inject_exception_vmexit')],
    aka: 'D-13',
  },
  'rf-of-an-abort': {
    undefined: 'RF of a triple fault, and of an injected fault whose delivery exits.',
    excluded: 'The manual names neither; the bit is masked.',
    source: [sdm('Saving RIP, RSP, RFLAGS, and SSP')],
    aka: 'VMCS12-17',
  },
  'nmi-injection-in-an-sti-shadow': {
    undefined: 'Whether an NMI can be injected, and an NMI window opens, in the shadow of STI.',
    excluded: 'Specific to the processor; such entries are skipped, and qualification 3 does not arise.',
    source: [sdm('Checks on Guest Non-Register State')],
    aka: 'stiBlocksNmi',
  },
  'shadow-against-external-interrupt-exits': {
    undefined: 'Whether blocking by STI or MOV SS holds back an external-interrupt or NMI exit.',
    excluded: 'Specific to the processor; such arrivals are skipped, timer and instructions exit in shadows.',
    source: [sdm('Other Causes of VM Exits')],
    aka: 'D-06, stiBlocksExtIntExit, movssBlocksExtIntExit',
  },
  'pending-debug-beside-an-injection': {
    undefined: 'What becomes of pending debug exceptions of an entry that injects an event.',
    excluded: 'Partly specific to the processor; such entries are skipped.',
    source: [sdm('Delivery of Pending Debug Exceptions after VM Entry')],
  },
  'error-codes-of-real-mode': {
    undefined: 'Exceptions of a guest with CR0.PE = 0, which have no error code.',
    excluded: 'L2 never leaves protected mode here.',
    source: [sdm('VM-Entry Controls for Event Injection')],
    aka: 'B40',
  },
  'double-faults': {
    undefined: 'Contributory exceptions during the delivery of contributory ones, #DF, its triple fault.',
    excluded: 'Belongs to idt-vectoring; here an obstacle that would lead there is not met.',
    source: [sdm('Interrupt 8-Double Fault Exception')],
    aka: 'dfThenBenign, D-14',
  },
  'pending-interrupts-of-l1': {
    undefined: 'What becomes of an interrupt that L1 did not take with the exit.',
    excluded: 'Belongs to nested-vmx: here the local APIC of L1 does not exist.',
    source: [seed('000', 'L1 gets the interrupt when it enables interrupts')],
    aka: 'NVMX-INJ-05, NVMX-INJ-06',
  },
  'time-stamps': {
    undefined: 'The value of IA32_TSC in the MSR-store area.',
    excluded: 'Time is not observable; that the offset field stays is tsc-offset-keeps-what-l1-wrote.',
    source: [sdm('Saving MSRs')],
    aka: 'VMCS12-36, B36',
  },
} as const satisfies Readonly<Record<string, ClauseDeclaration>>;
