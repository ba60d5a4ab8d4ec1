import { event, type EventOf } from '../alphabet.ts';
import { domain } from '../domain.ts';
import {
  externalVectors,
  gateStates,
  gateVectors,
  injectedEvents,
  refusedEntries,
  type InjectedName,
  type RefusedName,
} from './universe.ts';

const names = <N extends string>(table: Readonly<Record<N, unknown>>) => Object.keys(table) as N[];

/** Instructions of the guest, in its program or in a handler. */
const guest = {
  nop: event('guest', 14, {}, 'An instruction that does nothing.'),
  sti: event('guest', 4, {}, 'STI.'),
  cli: event('guest', 2, {}, 'CLI.'),
  movss: event('guest', 2, {}, 'MOV to SS.'),
  popf: event('guest', 2, { tf: domain('tf', 'the value for TF', [false, true]) }, 'POPF that changes TF alone.'),
  movdr: event(
    'guest',
    3,
    { to: domain('to', 'DR7 with GD set, DR7 with GD clear, or 0 to DR6', ['gd', 'noGd', 'dr6']) },
    'MOV to a debug register; raises #DB while DR7.GD is 1.',
  ),
  fault: event(
    'guest',
    10,
    { vector: domain('vector', 'the exception that it raises', [13, 14, 0, 6, 17, 20]) },
    'An instruction that raises a fault for as long as the cause is there; 20 is #VE.',
  ),
  movs: event(
    'guest',
    2,
    {},
    'MOVS that reads a device, then raises #PF on the write for as long as the cause is there.',
  ),
  codeBreakpoint: event('guest', 2, {}, 'A NOP with an instruction breakpoint on it, until that is removed.'),
  dataBreakpoint: event('guest', 2, {}, 'A store that a data breakpoint watches.'),
  int3: event('guest', 3, {}, 'INT3.'),
  into: event('guest', 1, {}, 'INTO with OF set.'),
  intn: event('guest', 3, { vector: domain('vector', 'vector', [0x21, 13, 14], 'hex') }, 'INT n.'),
  int1: event('guest', 2, {}, 'INT1 (ICEBP).'),
  hlt: event('guest', 2, {}, 'HLT; HLT does not exit.'),
  eoi: event('guest', 4, {}, 'Writes the EOI register.'),
  iret: event(
    'guest',
    10,
    {
      meets: domain(
        'meets',
        "what the IRET meets on the stack: the guest's own #GP or #PF, a page of the hypervisor's, a full PML log",
        ['nothing', 'gp', 'pf', 'page', 'pml'],
      ),
    },
    'IRET from the innermost handler.',
  ),
} as const;

/** What comes from outside the guest's processor, at any moment. */
const platform = {
  external: event(
    'platform',
    7,
    { vector: domain('vector', 'interrupt vector', externalVectors, 'hex') },
    'An external interrupt becomes pending in the local APIC of the guest.',
  ),
  nmi: event('platform', 5, {}, 'An NMI for the guest becomes pending.'),
  machineCheck: event('platform', 2, {}, 'A machine check for the guest becomes pending.'),
  cure: event(
    'platform',
    5,
    {},
    'The innermost instruction that has begun and not completed loses its cause: its handler, or another CPU, removed it.',
  ),
} as const;

/** What the guest has made of its own IDT, stacks and page tables. */
const tables = {
  gate: event(
    'tables',
    3,
    {
      vector: domain('vector', 'vector of the gate', gateVectors, 'hex'),
      state: domain('state', 'what becomes of it', gateStates),
    },
    'A gate of the IDT changes, for good.',
  ),
  spoil: event(
    'tables',
    6,
    {
      fault: domain('fault', 'what the delivery raises', ['pf', 'gp', 'np', 'ss', 'ac']),
      found: domain('found', 'who finds it: the processor, or the hypervisor that emulates the access', [
        'processor',
        'hypervisor',
      ]),
    },
    "A fault of the guest's own is put in the way of a delivery, once.",
  ),
} as const;

/** Who has events delivered that the guest's program did not cause: L1, emulation, user space, a restore. */
const injector = {
  inject: event(
    'injector',
    6,
    { event: domain('event', 'what is injected', names<InjectedName>(injectedEvents)) },
    'An event is injected at the boundary where the guest is.',
  ),
} as const;

/** The hypervisor: nothing that it does alone can the guest see. */
const hypervisor = {
  obstruct: event(
    'hypervisor',
    12,
    {
      obstacle: domain('obstacle', 'what the delivery meets; client: an EPT violation that belongs to L1', [
        'page',
        'pml',
        'apicAccess',
        'misconfiguration',
        'client',
      ]),
    },
    "An obstacle of the hypervisor's is put in the way of a delivery, once.",
  ),
  enter: event('hypervisor', 5, {}, 'One VM entry.'),
  kick: event(
    'hypervisor',
    3,
    { reason: domain('reason', 'what makes the guest leave', ['externalInterrupt', 'preemptionTimer']) },
    'Something that concerns the hypervisor alone makes the guest leave, and it enters again.',
  ),
  migrate: event('hypervisor', 2, {}, 'The state of the guest is saved, and restored into a fresh virtual machine.'),
  refused: event(
    'hypervisor',
    2,
    {
      fields: domain(
        'fields',
        'VM-entry fields and guest state that are not allowed',
        names<RefusedName>(refusedEntries),
      ),
    },
    'A VM entry that fails is tried; the hypervisor takes the fields back and enters again.',
  ),
} as const;

/** Every event of the `idt-vectoring` system. */
export const alphabet = { ...guest, ...platform, ...tables, ...injector, ...hypervisor } as const;

/** An event of the `idt-vectoring` system: plain data, discriminated by `kind`. */
export type IdtVectoringEvent = EventOf<typeof alphabet>;
