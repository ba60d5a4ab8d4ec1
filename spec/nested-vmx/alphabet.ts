import { event, type EventOf } from '../alphabet.ts';
import { domain } from '../domain.ts';
import { controls, edgeVectors, injections, priorities } from './universe.ts';

const vector = domain('vector', 'interrupt vector', edgeVectors, 'hex');
const on = domain('on', 'on or off', [true, false]);
const priority = domain('priority', 'task priority', priorities, 'hex');

/** What comes from outside. It only becomes pending: the next boundary decides what becomes of it. */
const device = {
  interrupt: event('device', 16, { vector }, 'An edge-triggered interrupt for the local APIC of L1.'),
  line: event('device', 2, { on }, 'The level-triggered line of the I/O APIC (vector 0x21) goes high or low.'),
  pic: event('device', 3, { on }, 'The 8259 (vector 0x50) asserts its line, or takes it back.'),
  nmi: event('device', 6, {}, 'An NMI.'),
  init: event('device', 2, {}, 'An INIT.'),
  sipi: event('device', 2, {}, 'A SIPI with vector 0x10.'),
  timerExpiry: event('device', 3, {}, 'The VMX-preemption timer reaches zero while L2 runs.'),
  post: event(
    'device',
    4,
    { vector },
    'Another agent of L1 sets PIR and ON of the descriptor of L2; it notifies by an interrupt of its own.',
  ),
} as const;

/** Instructions of L1. */
const level1 = {
  l1Nop: event('level1', 4, {}, 'An instruction of L1 that does nothing.'),
  l1Sti: event('level1', 6, {}, 'STI in L1.'),
  l1Cli: event('level1', 2, {}, 'CLI in L1.'),
  l1MovSs: event('level1', 1, {}, 'MOV to SS in L1.'),
  l1Hlt: event('level1', 1, {}, 'HLT in L1.'),
  l1Wait: event('level1', 2, {}, 'Time passes while L1 is halted.'),
  l1Iret: event(
    'level1',
    4,
    {},
    'IRET in L1: to the interrupted context, or to the next instruction if there is none.',
  ),
  l1Eoi: event('level1', 6, {}, 'L1 writes the EOI register.'),
  l1Tpr: event('level1', 3, { priority }, 'L1 writes the task-priority register.'),
  l1Control: event(
    'level1',
    12,
    { control: domain('control', 'control of the VMCS, as the manual calls it', controls), on },
    'L1 sets or clears a control of the VMCS of L2.',
  ),
  l1Inject: event(
    'level1',
    8,
    {
      event: domain('event', 'the event', Object.keys(injections) as (keyof typeof injections)[]),
    },
    'L1 writes the VM-entry interruption-information field, error code and instruction length.',
  ),
  l1GuestInterrupts: event('level1', 4, { on }, 'L1 writes RFLAGS.IF of L2.'),
  l1GuestBlocking: event(
    'level1',
    3,
    { blocking: domain('blocking', 'bits 1:0 of the interruptibility state', ['none', 'sti', 'movss', 'both']) },
    'L1 writes blocking by STI and MOV SS of L2.',
  ),
  l1GuestNmiBlocking: event('level1', 2, { on }, 'L1 writes blocking by NMI of L2.'),
  l1GuestActivity: event(
    'level1',
    5,
    { activity: domain('activity', 'activity state', ['active', 'hlt', 'shutdown', 'waitForSipi']) },
    'L1 writes the activity state of L2.',
  ),
  l1Timer: event(
    'level1',
    2,
    { expired: domain('expired', 'the value is 0, or too large to be counted down', [true, false]) },
    'L1 writes the VMX-preemption timer value.',
  ),
  l1Idt: event(
    'level1',
    3,
    { present: domain('present', 'whether the page is in the EPT', [false, true]) },
    "L1 takes the page of L2's IDT out of its EPT, or puts it back.",
  ),
  l1Pend: event('level1', 3, { vector }, 'L1 sets the vector in VIRR of L2, and raises RVI to it.'),
  l1Enter: event('level1', 30, {}, 'VMLAUNCH or VMRESUME, whichever the launch state asks for.'),
} as const;

/** Instructions of L2. */
const level2 = {
  l2Nop: event('level2', 12, {}, 'An instruction of L2 that does nothing.'),
  l2Sti: event('level2', 6, {}, 'STI in L2.'),
  l2Cli: event('level2', 3, {}, 'CLI in L2.'),
  l2MovSs: event('level2', 2, {}, 'MOV to SS in L2.'),
  l2Hlt: event('level2', 4, {}, 'HLT in L2.'),
  l2Wait: event('level2', 8, {}, 'Time passes while L2 is halted, shut down or waits for SIPI.'),
  l2Iret: event(
    'level2',
    6,
    {},
    'IRET in L2: to the interrupted context, or to the next instruction if there is none.',
  ),
  l2Vmcall: event('level2', 4, {}, 'VMCALL in L2.'),
  l2InvalidOpcode: event('level2', 3, {}, 'UD2 in L2.'),
  l2Read: event('level2', 2, {}, "L2 reads from a page that L1's EPT does not map."),
  l2Eoi: event('level2', 6, {}, 'L2 writes the EOI register.'),
  l2Tpr: event('level2', 3, { priority }, 'L2 writes the task-priority register.'),
} as const;

/** L0. Neither L1 nor L2 can tell that any of these happened. */
const level0 = {
  hostExit: event('level0', 5, {}, "An interrupt of L0's own makes the running level leave the processor."),
  hostLook: event('level0', 4, {}, 'L0 prepares the next entry up to its last step.'),
  hostTrap: event(
    'level0',
    6,
    {
      on: domain('on', 'what exits to L0 the next time it happens', ['delivery', 'instruction', 'emulation']),
    },
    'The next delivery meets a page that L0 has swapped out; or the next instruction does; or L0 emulates that.',
  ),
  hostWindow: event('level0', 2, {}, "L0's own software asks to be told when interrupts are open."),
  hostMigrate: event('level0', 2, {}, 'L0 moves the virtual CPU to another processor.'),
  hostSaveRestore: event('level0', 2, {}, 'L0 saves the virtual CPU, nested state included, and restores it.'),
} as const;

/** Every kind of event of the `nested-vmx` system, by who acts. */
export const alphabet = { ...device, ...level1, ...level2, ...level0 } as const;

/** An event of the `nested-vmx` system. */
export type NestedVmxEvent = EventOf<typeof alphabet>;
