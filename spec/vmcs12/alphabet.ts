import { event, type EventOf } from '../alphabet.ts';
import { domain } from '../domain.ts';
import { fieldNames, fieldsByClass } from './fields.ts';
import { controlBits, injections, msrs, operands, optionalControlBits, optionalMsrs } from './universe.ts';

const keys = <T extends object>(table: T) => Object.keys(table) as (keyof T & string)[];
const on = domain('on', 'the bit', [true, false]);
const value4 = domain('value', 'place of the value in the table of the field or MSR', [0, 1, 2, 3]);
const value3 = domain('value', 'place of the value in the table of the field', [0, 1, 2]);
const value2 = domain('value', 'place of the value in its table', [0, 1]);
const slot = domain('slot', 'VMCS', [0, 1]);
const field = <T extends object>(table: T) => domain('field', 'field of the current VMCS', keys(table));

/** L1's VMX instructions on the VMCS that it keeps for L2. */
const hypervisor = {
  vmread: event('l1', 6, { field: domain('field', 'field of the current VMCS', fieldNames) }, 'VMREAD.'),
  vmwrite: event('l1', 14, { field: field(fieldsByClass.guest), value: value4 }, 'VMWRITE of a guest-state field.'),
  vmwriteOptional: event(
    'l1',
    5,
    { field: field(fieldsByClass.guestOptional), value: value4 },
    'VMWRITE of a guest-state field that not every implementation can show or run.',
  ),
  vmwriteControl: event(
    'l1',
    10,
    { field: field(fieldsByClass.control), value: value4 },
    'VMWRITE of a control field that is written whole.',
  ),
  vmwriteHost: event('l1', 4, { field: field(fieldsByClass.host), value: value3 }, 'VMWRITE of a host-state field.'),
  vmwriteExit: event(
    'l1',
    3,
    { field: field(fieldsByClass.exitInformation), value: value2 },
    'VMWRITE of an exit-information field.',
  ),
  control: event(
    'l1',
    14,
    { bit: domain('bit', 'control, by its name in the manual', keys(controlBits)), on },
    'VMREAD and VMWRITE of a control field: one bit changes.',
  ),
  controlOptional: event(
    'l1',
    5,
    { bit: domain('bit', 'control that not every implementation has', keys(optionalControlBits)), on },
    'VMREAD and VMWRITE of a control field: one bit changes.',
  ),
  msrBitmap: event(
    'l1',
    4,
    { msr: domain('msr', 'MSR', keys(msrs)), on },
    "Sets or clears the MSR's bits for RDMSR and WRMSR in the MSR bitmap, which is in L1's memory.",
  ),
  msrBitmapOptional: event(
    'l1',
    2,
    { msr: domain('msr', 'MSR', keys(optionalMsrs)), on },
    'The same for an MSR that not every processor has.',
  ),
  inject: event(
    'l1',
    8,
    { event: domain('event', 'what is to be injected', keys(injections)) },
    'VMWRITE of the VM-entry interruption information, and of error code and instruction length where the event has one.',
  ),
  obstruct: event(
    'l1',
    4,
    { by: domain('by', 'what the next event delivery in L2 meets', ['ept', 'misconfiguration', 'gp', 'apicAccess']) },
    "Prepares L2's IDT or stack so that the next event delivery in L2 fails.",
  ),
  obstructOptional: event(
    'l1',
    2,
    { by: domain('by', 'what the next event delivery in L2 meets', ['taskGate', 'pml']) },
    'The same with what not every implementation has or L2 of every mode can meet.',
  ),
  vmclear: event('l1', 2, { slot }, 'VMCLEAR.'),
  vmptrld: event('l1', 6, { slot }, 'VMPTRLD.'),
  enter: event(
    'l1',
    50,
    {
      by: domain('by', 'the instruction that fits the launch state, the other one, or the right one after MOV to SS', [
        'right',
        'wrong',
        'movSs',
      ]),
    },
    'VMLAUNCH or VMRESUME.',
  ),
  set: event(
    'l1',
    2,
    { register: domain('register', 'register of L1', ['pat', 'dr7']), value: value4 },
    'L1 writes a register of its own that a VM entry can leave alone.',
  ),
  setOptional: event(
    'l1',
    1,
    { register: domain('register', 'register of L1', ['debugctl', 'bndcfgs']), value: value4 },
    'The same with registers that not every processor has.',
  ),
} as const;

/** L2's instructions that change its state. */
const mutator = {
  nop: event('l2', 3, {}, 'NOP.'),
  movCr0: event('l2', 7, { value: domain('value', 'operand', operands.cr0, 'hex') }, 'MOV to CR0.'),
  movCr3: event('l2', 4, { value: domain('value', 'operand', operands.cr3, 'hex') }, 'MOV to CR3.'),
  movCr4: event('l2', 6, { value: domain('value', 'operand', operands.cr4, 'hex') }, 'MOV to CR4.'),
  clts: event('l2', 3, {}, 'CLTS.'),
  lmsw: event('l2', 3, { value: domain('value', 'operand', operands.lmsw, 'hex') }, 'LMSW from memory.'),
  movDr7: event('l2', 3, { value: domain('value', 'operand', operands.dr7, 'hex') }, 'MOV to DR7.'),
  wrmsr: event('l2', 8, { msr: domain('msr', 'MSR', keys(msrs)), value: value4 }, 'WRMSR.'),
  wrmsrOptional: event(
    'l2',
    4,
    { msr: domain('msr', 'MSR', keys(optionalMsrs)), value: value4 },
    'WRMSR of an MSR that not every processor has.',
  ),
  rdmsr: event('l2', 2, { msr: domain('msr', 'MSR', keys(msrs)) }, 'RDMSR.'),
  loadSegment: event(
    'l2',
    6,
    { segment: domain('segment', 'segment register', ['ds', 'ss', 'fs', 'ldtr']), value: value3 },
    'MOV to a segment register, or LLDT: the selector at that place of the values of its field.',
  ),
  farJump: event(
    'l2',
    2,
    { selector: domain('selector', '64-bit code or 32-bit code', [0x08, 0x18], 'hex') },
    'A far jump to the next instruction.',
  ),
  lgdt: event('l2', 2, { value: value2 }, 'LGDT.'),
  lidt: event('l2', 2, { value: value2 }, 'LIDT.'),
  movRsp: event('l2', 2, { value: value2 }, 'MOV to RSP.'),
  sti: event('l2', 4, {}, 'STI.'),
  cli: event('l2', 2, {}, 'CLI.'),
  popf: event('l2', 2, { trapFlag: domain('trapFlag', 'RFLAGS.TF', [true, false]) }, 'POPF that changes TF alone.'),
  vmfunc: event('l2', 2, { value: value2 }, 'VMFUNC 0: EPTP switching, to this entry of the list.'),
  dirty: event('l2', 3, {}, 'The first write to a page since L1 has cleared its dirty flag.'),
  selfIpi: event(
    'l2',
    2,
    { vector: domain('vector', 'vector', [0x31, 0x41], 'hex') },
    'WRMSR of the x2APIC self-IPI register.',
  ),
} as const;

/** L2's instructions that are there to cause an exit or an event. */
const cause = {
  vmcall: event('l2', 14, {}, 'VMCALL.'),
  cpuid: event('l2', 3, {}, 'CPUID.'),
  hlt: event('l2', 5, {}, 'HLT.'),
  out: event('l2', 2, {}, 'OUT of one byte.'),
  outs: event('l2', 2, {}, 'OUTS of one byte.'),
  int3: event('l2', 3, {}, 'INT3.'),
  int1: event('l2', 2, {}, 'INT1.'),
  intN: event('l2', 3, {}, 'INT 0x21.'),
  iret: event(
    'l2',
    5,
    { meets: domain('meets', 'what popping the frame meets', ['nothing', 'ept', 'gp']) },
    'IRET to the next instruction.',
  ),
  fault: event(
    'l2',
    6,
    {
      exception: domain('exception', '#UD, #GP(0), #PF of a read (error code 0), #PF of a write (3)', [
        'ud',
        'gp',
        'pf',
        'pfWrite',
      ]),
    },
    'An instruction that faults.',
  ),
  tripleFault: event('l2', 2, {}, 'A fault whose delivery ends in a triple fault.'),
  access: event(
    'l2',
    5,
    {
      what: domain('what', "access that L1's EPT does not allow, or finds misconfigured", [
        'read',
        'write',
        'misconfigured',
      ]),
    },
    'An access to memory that L1 owns the exit of.',
  ),
  taskSwitch: event('l2', 2, {}, 'JMP to a TSS.'),
  movCr8: event('l2', 2, {}, 'MOV of 0 to CR8.'),
  eoi: event('l2', 3, {}, 'WRMSR of the x2APIC EOI register.'),
  apicWrite: event('l2', 3, {}, 'A write to ICR in the APIC-access page.'),
} as const;

/** What comes from outside while L2 runs. */
const outside = {
  interrupt: event(
    'outside',
    6,
    { vector: domain('vector', 'vector', [0x31, 0x20], 'hex') },
    'An external interrupt that nothing of L1 holds back arrives.',
  ),
  nmi: event('outside', 4, {}, 'An NMI arrives.'),
} as const;

/** What only some can send. */
const signal = {
  init: event('outside', 2, {}, 'An INIT signal arrives.'),
  sipi: event('outside', 2, { vector: domain('vector', 'vector', [0x10, 0x9f], 'hex') }, 'A start-up IPI arrives.'),
  tick: event('outside', 4, {}, 'The VMX-preemption timer counts down by one.'),
} as const;

/** L0, which stands between in the profile `nested`: nothing of it may be seen. */
const host = {
  hostExit: event(
    'l0',
    8,
    {
      cause: domain('cause', 'what makes L2 leave the guest, and L0 enter it again', [
        'interrupt',
        'ept',
        'emulation',
        'lazyFpu',
        'restoreFpu',
        'trapCr4',
        'releaseCr4',
      ]),
    },
    'A physical exit of L2 that L0 handles.',
  ),
  hostObstruct: event(
    'l0',
    4,
    {},
    'L0 takes the IDT of L2 out of its own EPT: the next event delivery in L2 exits to L0, which puts it back and delivers the event again.',
  ),
} as const;

/** Every kind of event of the `vmcs12` system, by who acts. */
export const alphabet = {
  ...hypervisor,
  ...mutator,
  ...cause,
  ...outside,
  ...signal,
  ...host,
} as const;

/** An event of the `vmcs12` system. */
export type Vmcs12Event = EventOf<typeof alphabet>;
