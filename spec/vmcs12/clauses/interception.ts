import type { ClauseDeclaration } from '../../clause.ts';
import { linux, sdm, seed } from '../../source.ts';

const instructions = sdm('Instructions That Cause VM Exits');
const behavior = sdm('Changes to Instruction Behavior in VMX Non-Root Operation');

/** What L2 does exits to L1 by L1's controls alone, and takes effect otherwise. */
export const interception = {
  'masked-bit-that-differs-exits': {
    must: 'MOV to CR0 or CR4, CLTS and LMSW exit if, for a bit of the guest/host mask, the operand differs from the read shadow; nothing is written then.',
    source: [instructions, linux('handle_set_cr0, nested_vmx_exit_handled_cr')],
    seenBy: ['exitInformation', 'registers.cr0', 'registers.cr4', 'step.outcome'],
    aka: 'VMCS12-12, B13',
  },
  'unmasked-bits-take-effect': {
    must: 'MOV to CR0 or CR4, CLTS and LMSW that do not exit change the bits outside the guest/host mask only, whether or not L0 traps them.',
    source: [behavior, seed('001', 'guest has full control over some bits')],
    seenBy: ['l2.cr0', 'l2.cr4', 'registers.cr0', 'registers.cr4'],
    aka: 'VMCS12-12, B12, B16',
  },
  'l2-reads-the-shadow-under-the-mask': {
    must: "L2 reads bits of CR0 and CR4 under L1's mask from L1's read shadow, the others as they are; L0's mask and shadow do not show.",
    source: [behavior],
    seenBy: ['l2.cr0', 'l2.cr4'],
    aka: 'VMCS12-12, B12',
  },
  'cr3-load-exits-by-control-and-targets': {
    must: 'MOV to CR3 exits with "CR3-load exiting", unless the operand is a CR3-target value.',
    source: [instructions],
    seenBy: ['exitInformation', 'registers.cr3', 'l2.cr3'],
  },
  'msr-access-exits-by-bitmap': {
    must: 'RDMSR and WRMSR exit without "use MSR bitmaps", and with it if the bit of the MSR is 1; WRMSR takes effect otherwise.',
    source: [sdm('MSR-Bitmap Address'), seed('001', 'Kivity: without msr bitmaps')],
    seenBy: ['exitInformation', 'l2', 'l2Optional', 'step.outcome'],
    aka: 'VMCS12-09, 2.6',
  },
  'instructions-exit-by-their-controls': {
    must: 'MOV to DR7, OUT and OUTS, and HLT exit with "MOV-DR exiting", "unconditional I/O exiting", "HLT exiting", and take effect without.',
    source: [instructions],
    seenBy: ['exitInformation', 'l2.dr7', 'l2.activity', 'step.outcome'],
  },
  'unconditional-exits': {
    must: 'CPUID, VMCALL, task switches, INIT and triple faults exit always.',
    source: [instructions, sdm('Other Causes of VM Exits')],
    seenBy: ['exitInformation.exitReason', 'step.outcome'],
    aka: 'NVMX-INJ-20',
  },
  'exception-exits-by-bitmap': {
    must: 'An exception exits if its bit of the exception bitmap is 1; #PF if that bit equals whether error code and mask give the match.',
    source: [sdm('Exception Bitmap'), sdm('Other Causes of VM Exits')],
    seenBy: ['exitInformation', 'delivery'],
    aka: 'B08',
  },
  'direct-exit-changes-no-shared-register': {
    must: 'An exception that exits directly changes neither CR2 nor DR6 nor IA32_DEBUGCTL; one whose delivery begins does.',
    source: [sdm('Architectural State Before a VM Exit')],
    seenBy: ['shared', 'debugctl'],
    aka: 'VMCS12-34',
  },
  'injected-fault-leaves-cr2': {
    must: 'An injected #PF does not change CR2.',
    source: [sdm('Details of Vectored-Event Injection')],
    seenBy: ['shared.cr2'],
    aka: 'VMCS12-34',
  },
  'external-interrupt-exits-by-control': {
    must: 'An external interrupt exits with "external-interrupt exiting", IF or not; without, it is delivered in L2.',
    source: [sdm('Other Causes of VM Exits')],
    seenBy: ['exitInformation', 'delivery'],
    aka: 'NVMX-INJ-07, NVMX-INJ-13',
  },
  'nmi-exits-by-control': {
    must: 'An NMI exits with "NMI exiting"; without, it is delivered in L2 and blocks further ones.',
    source: [sdm('Other Causes of VM Exits')],
    seenBy: ['exitInformation', 'delivery', 'l2.blocking'],
    aka: 'NVMX-INJ-19',
  },
  'sipi-exits-from-wait-for-sipi-only': {
    must: 'A SIPI exits if L2 waits for one, and is discarded otherwise.',
    source: [sdm('Other Causes of VM Exits')],
    seenBy: ['exitInformation', 'step.outcome'],
    aka: 'NVMX-INJ-20, A23',
  },
  'windows-exit-when-open': {
    must: 'With "interrupt-window exiting" L2 exits at the first boundary with IF = 1 and no shadow; with "NMI-window exiting" at the first without blocking by NMI or a shadow, before an interrupt window.',
    source: [sdm('Other Causes of VM Exits')],
    seenBy: ['exitInformation.exitReason', 'step.outcome'],
    aka: '0.4, A26',
  },
  'monitor-trap-exits-after-each-step': {
    must: 'With "monitor trap flag" L2 exits after each instruction and after each event delivered, before anything else at that boundary; an injected pending MTF exits before the first instruction.',
    source: [sdm('Monitor Trap Flag')],
    seenBy: ['exitInformation.exitReason', 'step.outcome'],
    aka: '0.4',
  },
  'timer-exits-at-zero': {
    must: 'The VMX-preemption timer exits when it is 0, no shadow and no IF preventing it: at the entry after what is injected and after debug traps.',
    source: [sdm('VMX-Preemption Timer')],
    seenBy: ['exitInformation.exitReason', 'registers.rip', 'step.outcome'],
    aka: 'VMCS12-21, A14',
  },
  'single-step-traps': {
    must: 'An instruction that began with TF = 1 and BTF = 0 ends with a debug trap, which MOV SS holds back for one instruction.',
    source: [sdm('Single-Step Exception Condition')],
    seenBy: ['delivery', 'exitInformation', 'l2Optional.pendingDebug', 'shared.dr6'],
  },
  'ept-violation-of-l1-exits': {
    must: "An access that L1's EPT does not allow, or finds misconfigured, exits to L1, at an instruction as during the delivery of an event.",
    source: [sdm('EPT Violations'), sdm('EPT Misconfigurations')],
    seenBy: ['exitInformation', 'step.outcome'],
  },
  'apic-exits-by-controls': {
    must: 'A write to the APIC-access page exits as an access, or with APIC-register virtualization as a write after it; a MOV to CR8 below the threshold and an EOI in the EOI-exit bitmap exit after it.',
    source: [sdm('APIC Virtualization and Virtual Interrupts')],
    seenBy: ['exitInformation.exitReason', 'registers.rip', 'step.outcome'],
    aka: '0.4',
  },
  'full-pml-log-exits': {
    must: 'A write that PML cannot log exits with reason 62 before it is done.',
    source: [sdm('Page-Modification Logging')],
    seenBy: ['exitInformation.exitReason', 'pml'],
  },
} as const satisfies Readonly<Record<string, ClauseDeclaration>>;
