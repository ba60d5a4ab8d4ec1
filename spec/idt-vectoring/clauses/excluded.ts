import type { ClauseDeclaration } from '../../clause.ts';
import { code, linux, sdm, seed } from '../../source.ts';

/** What the manuals leave open, what nobody can see, and what this alphabet does not say. */
export const excluded = {
  'cost-of-injection': {
    undefined: 'Injecting again costs a few hundred cycles, and more code.',
    excluded: 'Time and size are no semantics.',
    source: [seed('004', 'less code; faster execution')],
  },
  'bit-12-of-vectoring': {
    undefined: 'Bit 12 of a valid IDT-vectoring information.',
    excluded: 'The manual calls it undefined; it is masked.',
    source: [sdm('Information for VM Exits During Event Delivery')],
    aka: 'IDT-04',
  },
  'stack-partly-written': {
    undefined: 'How much of the frame is on the stack when delivery is cut short.',
    excluded: 'The manual lets it be any part; the delivery that follows writes the whole frame.',
    source: [sdm('Architectural State Before a VM Exit')],
    aka: 'IDT-08',
  },
  'fetch-of-the-handler': {
    undefined: 'An exit on fetching the first instruction of the handler has no valid IDT-vectoring information.',
    excluded: 'Delivery is over then, and no obstacle of this alphabet lies there; the guest cannot tell.',
    source: [sdm('Information for VM Exits During Event Delivery')],
    aka: 'IDT-03',
  },
  'rf-of-double-fault': {
    undefined: 'RF in the frame of #DF.',
    excluded: 'An abort: the manual names faults and traps only, and implementations differ. The bit is masked.',
    source: [sdm('Restart Instruction and Resume Flag'), code('Bochs', 'exceptions_info')],
  },
  'no-progress-by-injection': {
    undefined: 'A delivery that meets emulated device memory can never be completed by injecting it again.',
    excluded:
      'The virtual machine is stopped, or loops for ever; obstacles of this alphabet are met once, and a misconfiguration is one that the hypervisor corrects.',
    source: [linux('vmx_handle_exit: KVM_INTERNAL_ERROR_DELIVERY_EV')],
    aka: 'IDT-32',
  },
  'lasting-page-fault-livelock': {
    undefined:
      'A hypervisor with shadow paging that drops #PF whose handler is not mapped gives the guest the nested #PF for ever, where the processor would shut down.',
    excluded:
      'Faults of a delivery are met once here: the difference shows as #PF instead of #DF, by dropping-forgets-the-first-of-two; the endless loop does not end a sequence.',
    source: [sdm('Interrupt 8—Double Fault Exception (#DF)'), seed('004', 'but a lot with shadow')],
    aka: '4.5',
  },
  'soft-event-in-movss-shadow': {
    undefined: 'Whether a debug exception that MOV SS made pending survives an INT n right after it.',
    excluded: 'Processors deliver it after INT n, VM entry discards it; the machine here discards it in both.',
    source: [sdm('Masking Exceptions and Interrupts When Switching Stacks'), sdm('Vectored-Event Injection')],
  },
  'consecutive-mov-ss': {
    undefined: 'Whether a MOV to SS right after another one blocks too.',
    excluded: 'Only the first is sure to block; here the second does not.',
    source: [sdm('Masking Exceptions and Interrupts When Switching Stacks')],
  },
  'accessed-and-dirty-bits': {
    undefined:
      'An instruction that is executed again sets accessed and dirty bits again, which another CPU may have cleared.',
    excluded: 'Page tables are not in this alphabet; guest.deviceReads shows the same second execution.',
    source: [sdm('Accessed and Dirty Flags'), code('kvm mailing list', 'reply to seed 004, April 2023')],
    aka: '4.5',
  },
  'page-fault-mask-and-match': {
    undefined: 'The page-fault error-code mask and match decide with bit 14 whether #PF exits.',
    excluded: 'Both are 0 here; the rule belongs to nested-vmx.',
    source: [sdm('Exception Bitmap')],
    aka: 'IDT-18',
  },
  'real-mode': {
    undefined: 'In real-address mode no exception has an error code, and VM entry asks for none with CR0.PE 0.',
    excluded: 'The guest runs in protected mode.',
    source: [sdm('Checks on VM-Entry Control Fields'), sdm('Error Code')],
    aka: 'IDT-04, IDT-28',
  },
  'nmi-exiting-without-virtual-nmis': {
    undefined: 'With "NMI exiting" 1 and "virtual NMIs" 0, IRET does not affect the blocking of NMIs.',
    excluded: 'No hypervisor gives a guest NMIs that way any more; `nested-vmx` has the control.',
    source: [sdm('Changes to Instruction Behavior in VMX Non-Root Operation')],
    aka: 'IDT-12, IDT-26',
  },
  'init-sipi-smi': {
    undefined: 'INIT, SIPI and SMI at a boundary, MTF, and injection in shutdown or wait-for-SIPI.',
    excluded: 'Not in this alphabet: what a boundary does with them is in nested-vmx, and shutdown is final here.',
    source: [sdm('Priority Among Simultaneous Exceptions and Interrupts'), sdm('Checks on Guest Non-Register State')],
    aka: 'IDT-28',
  },
  'newer-obstacles': {
    undefined: 'SPP misses, notify VM exits and bus locks can interrupt a delivery too; #CP is contributory.',
    excluded: 'Not in this alphabet; they follow the rules of an EPT violation and of #GP.',
    source: [sdm('Information for VM Exits During Event Delivery')],
    aka: 'IDT-02, D-25',
  },
  'moment-of-the-first-interrupt-outside': {
    undefined: 'When an interrupt arrives with respect to an exit that leaves nothing in flight.',
    excluded: 'Such exits are followed by their entry in the same event, so that every arrival has its place.',
    source: [sdm('VM-Entry Event Injection')],
  },
} as const satisfies Readonly<Record<string, ClauseDeclaration>>;
