import type { ClauseDeclaration } from '../../clause.ts';
import { code, linux, ours, sdm, seed } from '../../source.ts';

/** VM entry: what it injects, what is pending meanwhile, and how it fails. */
export const entry = {
  'entry-executes-nothing-first': {
    must: 'An interrupt for L1 that is pending at an entry without injection makes L2 exit at its first boundary, with zero instructions executed and the position of the entry.',
    source: [
      seed('000', 'do it on the next exit'),
      code('kvm-unit-tests', 'vmx_pending_event_test'),
      linux('vmx_check_nested_events'),
    ],
    seenBy: ['exit.position', 'exit.reason'],
    aka: 'NVMX-INJ-08, D-20',
  },
  'entry-recognizes-nothing': {
    must: 'From its checks up to the end of the injection an entry takes no exit and delivers nothing else, whatever is pending; nothing of that is lost or acknowledged.',
    source: [
      seed('000', 'when nested_run_pending, we cannot return to L1 now'),
      seed('000', 'and not clear it now'),
      sdm('Event Injection'),
    ],
    seenBy: ['entry', 'exit', 'delivery', 'apic', 'pending'],
    aka: 'NVMX-INJ-08, M-07',
  },
  'injected-event-goes-before-exits': {
    must: 'With an injected event and an exit pending the event is delivered first; the exit has the first instruction of its handler as position, no valid IDT-vectoring information, and the valid bit of the entry field is 0.',
    source: [sdm('Event Injection'), linux('nested_run_pending'), linux('block_nested_events')],
    seenBy: ['delivery', 'exit.position', 'exit.vectoring', 'exit.entryInformation'],
    aka: 'NVMX-INJ-08, NVMX-INJ-09, M-06',
  },
  'injection-ignores-if-and-intercepts': {
    must: 'An injected exception or software event is delivered whatever IF, blocking, exception bitmap and the interrupt controls say.',
    source: [sdm('Vectored-Event Injection')],
    seenBy: ['delivery', 'exit'],
  },
  'injection-acknowledges-nothing': {
    must: 'Injection changes neither IRR nor ISR of L1, nor the virtual-APIC page.',
    source: [sdm('Vectored-Event Injection')],
    seenBy: ['apic', 'virtualApic'],
  },
  'injected-software-event-returns-behind': {
    must: 'An injected software interrupt, software exception or INT1 pushes the RIP behind the instruction, by the instruction length of the entry; any other event pushes the RIP itself.',
    source: [sdm('Details of Vectored-Event Injection')],
    seenBy: ['delivery.length', 'delivery.position'],
  },
  'injected-error-code-is-pushed': {
    must: 'An injected event with "deliver error code" pushes the error code of the entry; others push none.',
    source: [sdm('VM-Entry Controls for Event Injection')],
    seenBy: ['delivery.error', 'delivery.information'],
  },
  'vectoring-entry-ends-blocking': {
    must: 'After an entry that injects a vectored event there is no blocking by STI and MOV SS, and the activity state is active, whatever the fields say.',
    source: [sdm('Interruptibility State'), sdm('Activity State')],
    seenBy: ['levels.flags', 'levels.activity', 'exit.activity'],
    aka: 'NVMX-INJ-21, M-14',
  },
  'entry-loads-the-guest-state': {
    must: 'An entry without injection starts L2 with the IF, blocking and activity state of the fields.',
    source: [sdm('Interruptibility State'), sdm('Activity State'), sdm('Loading Guest State')],
    seenBy: ['levels', 'exit.interruptibility', 'delivery'],
  },
  'exit-clears-the-valid-bit': {
    must: 'Every VM exit clears bit 31 of the VM-entry interruption-information field, and no other bit of it; before the exit the field stays as it is.',
    source: [sdm('VM-Entry Controls for Event Injection'), linux('prepare_vmcs12')],
    seenBy: ['exit.entryInformation', 'vmcs.entryInformation'],
    aka: 'M-08',
  },
  'injected-once': {
    must: 'An injected event is delivered once: never at a later entry that does not inject it again.',
    source: [ours('exit-clears-the-valid-bit'), linux('nested_vmx_vmexit')],
    seenBy: ['delivery'],
    aka: 'INV-N6, M-08',
  },
  'controls-that-do-not-fit': {
    must: 'VM entry with controls that contradict each other, or with an injected event of a type that does not exist, is a VMfailValid with error 7.',
    source: [sdm('VM-Execution Control Fields'), sdm('VM-Entry Control Fields')],
    seenBy: ['entry', 'exit'],
  },
  'controls-fit-freely-otherwise': {
    must: 'No other combination of the controls makes an entry fail; interrupt window, HLT exiting, monitor trap flag and timer go with everything.',
    source: [sdm('VM-Execution Control Fields')],
    seenBy: ['entry'],
  },
  'mov-ss-in-l1-fails-the-entry': {
    must: 'VM entry while L1 has blocking by MOV SS is a VMfailValid with error 26, before anything else is checked.',
    source: [sdm('Basic VM-Entry Checks'), sdm('VM Instruction Error Numbers')],
    seenBy: ['entry'],
  },
  'vmfail-changes-nothing': {
    must: 'After a VMfailValid L1 runs on with IF as it was; the VMCS, the state of L2, IRR and ISR are as before, and no exit is shown.',
    source: [sdm('Conventions'), linux('nested_vmx_fail')],
    seenBy: ['entry', 'exit', 'vmcs', 'levels', 'apic'],
  },
  'invalid-guest-state-fails-late': {
    must: 'Guest state that is not valid makes the entry fail with reason 0x80000021 and qualification 0.',
    source: [sdm('Checks on Guest Non-Register State'), sdm('VM-Entry Failures During or After Loading Guest State')],
    seenBy: ['entry', 'exit.reason', 'exit.qualification'],
  },
  'blocking-must-fit-the-guest': {
    must: 'Blocking by STI and by MOV SS together, blocking by STI with IF 0, and either of them with an activity state other than active are not valid.',
    source: [sdm('Checks on Guest Non-Register State')],
    seenBy: ['entry', 'exit.reason'],
  },
  'injection-must-fit-the-guest': {
    must: 'An injected external interrupt needs IF 1 and no blocking; an injected NMI needs no blocking by MOV SS and, with "virtual NMIs", no virtual-NMI blocking.',
    source: [sdm('Checks on Guest Non-Register State'), sdm('Checks on Guest RIP and RFLAGS')],
    seenBy: ['entry', 'exit.reason'],
  },
  'injection-must-fit-the-activity': {
    must: 'Into HLT only an external interrupt, an NMI, #DB and a pending MTF exit are injected, into shutdown only an NMI, into wait-for-SIPI nothing; else the entry fails.',
    source: [sdm('Checks on Guest Non-Register State'), linux('nested_vmx_check_guest_state')],
    seenBy: ['entry', 'exit.reason'],
  },
  'sti-may-fail-an-nmi-injection': {
    may: 'An injected NMI with blocking by STI makes the entry fail with qualification 3, or does not.',
    knob: 'stiFailsNmiInjection',
    source: [sdm('Checks on Guest Non-Register State')],
    seenBy: ['entry', 'exit.reason', 'exit.qualification'],
  },
  'failed-entry-keeps-the-vmcs': {
    must: 'An entry that fails late changes no guest state and keeps the valid bit of the entry field; interrupts and latches stay pending.',
    source: [sdm('VM-Entry Failures During or After Loading Guest State'), linux('nested_vmx_enter_non_root_mode')],
    seenBy: ['vmcs.entryInformation', 'levels', 'apic', 'pending'],
    aka: 'M-08',
  },
} as const satisfies Readonly<Record<string, ClauseDeclaration>>;
