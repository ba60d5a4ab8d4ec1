import { event, type EventOf } from '../alphabet.ts';
import { domain } from '../domain.ts';
import { illegalVector, vectors } from './universe.ts';

const vcpu = domain('vcpu', 'virtual CPU', [0, 1]);
const to = domain('vcpu', 'the virtual CPU that the interrupt is for', [0, 1]);
const pcpu = domain('pcpu', 'physical CPU', [0, 1]);
const vector = domain('vector', 'interrupt vector', vectors, 'hex');
const anyVector = domain('vector', 'interrupt vector, or one of the illegal ones', [...vectors, illegalVector], 'hex');
const on = domain('on', 'on or off', [true, false]);
const line = domain(
  'line',
  'level-triggered input of the I/O APIC: 0 has vector 0x31 for the first virtual CPU, 1 has 0x40 for the last',
  [0, 1],
);
const physical = domain('physical', 'vector of the physical local APIC', ['posted', 'wakeup', 'kick', 'nested']);
const priority = domain('priority', 'task priority', [0x00, 0x1f, 0x20, 0x2f, 0x30, 0xf0], 'hex');
const level = domain('level', 'task priority class', [0, 1, 2, 3, 15]);
const orNone = domain('vector', 'vector, or 0 for none', [0x00, ...vectors], 'hex');

/** Software on a CPU that runs none of the virtual CPUs posts: an emulated device, an irqfd. */
const poster = {
  post: event('poster', 12, { to, vector }, 'A host thread sends an edge-triggered interrupt to a virtual CPU.'),
} as const;

/** The assigned device, whose interrupts the IOMMU posts. */
const device = {
  devicePost: event(
    'device',
    8,
    { to, vector, urgent: domain('urgent', 'URG of the interrupt-remapping entry', [false, true]) },
    'The IOMMU posts an interrupt of the assigned device.',
  ),
} as const;

/** The wires of emulated devices. */
const wire = {
  raise: event('line', 3, { line }, 'A level-triggered input goes high.'),
  lower: event('line', 2, { line }, 'A level-triggered input goes low.'),
} as const;

/** The interrupts that CPUs and the IOMMU have sent to physical CPUs arrive there, in any order and as late as they like. */
const interconnect = {
  arrive: event('interconnect', 14, { pcpu, physical }, 'A pending physical vector is delivered to its CPU.'),
} as const;

/** Instructions of the guest that runs. On virtual CPU 0 of a nested configuration, of L1 or L2, whichever runs. */
const guest = {
  nop: event('guest', 2, { vcpu }, 'An instruction that does nothing.'),
  sti: event('guest', 4, { vcpu }, 'STI.'),
  cli: event('guest', 3, { vcpu }, 'CLI.'),
  movss: event('guest', 1, { vcpu }, 'MOV to SS.'),
  hlt: event('guest', 3, { vcpu }, 'HLT.'),
  tpr: event('guest', 5, { vcpu, priority }, 'Writes the task-priority register.'),
  cr8: event('guest', 3, { vcpu, level }, 'MOV to CR8.'),
  read: event(
    'guest',
    2,
    {
      vcpu,
      register: domain('register', 'register of the local APIC, or CR8', [
        'tpr',
        'ppr',
        'cr8',
        'irr1',
        'irr2',
        'irr7',
        'isr1',
        'isr2',
        'isr7',
        'tmr1',
        'tmr2',
        'tmr7',
      ]),
    },
    'Reads a register of the local APIC.',
  ),
  selfIpi: event(
    'guest',
    3,
    { vcpu, vector: anyVector },
    'Sends an interrupt to itself: SELF IPI, or ICR with the shorthand self.',
  ),
} as const;

/** What a guest's interrupt handler ends with. */
const handler = {
  eoi: event('handler', 10, { vcpu }, 'Writes the EOI register.'),
} as const;

/** Accesses that leave the guest in every configuration; never made by L2. */
const system = {
  sendIpi: event(
    'system',
    6,
    { vcpu, to, vector: anyVector },
    'Writes ICR: a fixed, edge-triggered interrupt for one virtual CPU, by its ID.',
  ),
  svr: event('system', 1, { vcpu, on }, 'Writes SVR: enables or disables the local APIC by software.'),
} as const;

/** The hypervisor. */
const hypervisor = {
  enter: event('hypervisor', 16, { vcpu }, 'Enters the guest.'),
  exit: event('hypervisor', 5, { vcpu }, 'A host interrupt makes the virtual CPU leave the guest.'),
  abortEntry: event('hypervisor', 1, { vcpu }, 'Prepares the entry up to its last step, then calls it off.'),
  sync: event('hypervisor', 2, { vcpu }, 'Moves what is posted into IRR without entering.'),
  nmi: event('hypervisor', 1, { vcpu }, 'An NMI for the virtual CPU becomes pending.'),
  obstruct: event(
    'hypervisor',
    1,
    { vcpu },
    "Takes the guest's IDT out of the EPT: delivery of the next event exits, after which the IDT is back.",
  ),
  switchApicv: event(
    'hypervisor',
    2,
    { on },
    'Switches virtual-interrupt delivery and posting on or off for the whole VM.',
  ),
  assign: event('hypervisor', 1, { on }, 'Assigns the device to the VM or takes it away.'),
  saveRestore: event('hypervisor', 1, {}, 'Saves the local APICs of the VM, and restores them into the same VM.'),
} as const;

/** The scheduler. */
const scheduler = {
  load: event('scheduler', 8, { vcpu, pcpu }, 'Puts a virtual CPU that can run on an idle physical CPU.'),
  unload: event(
    'scheduler',
    4,
    { vcpu, preempted: domain('preempted', 'taken off against its will', [true, false]) },
    'Takes a virtual CPU off its physical CPU.',
  ),
  block: event(
    'scheduler',
    6,
    { vcpu },
    'A halted virtual CPU looks for a reason to go on, and sleeps if there is none.',
  ),
} as const;

/** L1, the hypervisor inside virtual CPU 0. */
const nested = {
  nestedEntry: event('nested', 6, {}, 'L1 enters L2.'),
  nestedExit: event('nested', 3, {}, 'L2 executes VMCALL.'),
  nestedPost: event(
    'nested',
    6,
    { vector },
    'Another agent of L1 sets PIR and ON of the descriptor for L2; the notification is an event of its own.',
  ),
} as const;

/** Atomic steps: software of one target (virtual CPU 0), the processor under it, and posters. */
const step = {
  startPost: event(
    'step',
    10,
    {
      poster: domain('poster', 'posting CPU', [0, 1]),
      vector: domain('vector', 'interrupt vector', [0x31, 0x40, 0x3e], 'hex'),
    },
    'A poster at rest is about to post.',
  ),
  start: event(
    'step',
    10,
    {
      operation: domain('operation', 'what the target begins', [
        'enter',
        'exit',
        'halt',
        'block',
        'preempt',
        'load0',
        'load1',
      ]),
    },
    'The target at rest begins an operation.',
  ),
  step: event(
    'step',
    40,
    { agent: domain('agent', 'who takes the next atomic step', ['target', 'poster0', 'poster1']) },
    'An agent that is in the middle of an operation takes its next atomic step.',
  ),
} as const;

/** Direct accesses to the virtual-APIC page, VMCS and descriptor, where no hypervisor stands between. */
const processor = {
  setPending: event('processor', 8, { vector, on }, 'Writes a bit of VIRR in the virtual-APIC page.'),
  setInService: event('processor', 3, { vector, on }, 'Writes a bit of VISR in the virtual-APIC page.'),
  setPriority: event('processor', 3, { priority }, 'Writes VTPR in the virtual-APIC page, from outside.'),
  setStatus: event('processor', 6, { rvi: orNone, svi: orNone }, 'VMWRITE of the guest interrupt status.'),
  setWindow: event('processor', 2, { on }, 'VMWRITE of "interrupt-window exiting".'),
  setThreshold: event('processor', 2, { level }, 'VMWRITE of the TPR threshold.'),
  setEoiExit: event('processor', 3, { vector, on }, 'VMWRITE of a bit of the EOI-exit bitmap.'),
  setPir: event('processor', 8, { vector }, 'An agent sets a bit of PIR in the descriptor.'),
  setOn: event('processor', 3, { on }, 'An agent writes ON in the descriptor.'),
  setSn: event('processor', 1, { on }, 'An agent writes SN in the descriptor.'),
  signal: event('processor', 8, { physical }, 'A physical vector becomes pending.'),
  vmEntry: event(
    'processor',
    16,
    {
      interruptFlag: domain('interruptFlag', 'RFLAGS.IF', [true, false]),
      blocking: domain('blocking', 'interruptibility state', ['none', 'sti', 'movss']),
      activity: domain('activity', 'activity state', ['active', 'hlt']),
    },
    'VM entry, with this guest state and no event to inject.',
  ),
  vmExit: event('processor', 4, {}, 'Something without an effect of its own makes the guest exit.'),
} as const;

/** Every kind of event of the `posted-interrupts` system, by who acts. */
export const alphabet = {
  ...poster,
  ...device,
  ...wire,
  ...interconnect,
  ...guest,
  ...handler,
  ...system,
  ...hypervisor,
  ...scheduler,
  ...nested,
  ...step,
  ...processor,
} as const;

/** An event of the `posted-interrupts` system. */
export type PostedInterruptsEvent = EventOf<typeof alphabet>;
