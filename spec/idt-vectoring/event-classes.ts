import type { IdtVectoringConfiguration } from './configuration.ts';
import type { IdtVectoringEvent } from './alphabet.ts';

/** A class of events that a VM exit cuts short, with what was said of dropping it. */
export interface EventClass {
  readonly name: string;
  readonly description: string;
  /** The event, any of these, whose delivery is cut short. */
  readonly subject: readonly IdtVectoringEvent[];
  /** What sets the class apart from the one above it: each sequence has one of these around the subject. Empty: nothing. */
  readonly circumstance: readonly IdtVectoringEvent[];
  /** What cuts the delivery short: an obstacle of the hypervisor's, or an intercepted fault of the guest's. */
  readonly cut: 'obstacle' | 'nested-fault';
  /** Configuration that the class needs; absent: the default. */
  readonly needs?: Partial<IdtVectoringConfiguration>;
  /** What the replies on the mailing list of April 2023 said, in words of our own. */
  readonly whatTheListAnswered: string;
  /** Whether dropping is the same, by these replies; absent: nothing was said. */
  readonly theListHeld?: 'yes' | 'no' | 'both';
  /** Whether dropping is the same for the guest as injecting again. `conditional`: see the condition. */
  readonly expected: 'yes' | 'no' | 'conditional';
  readonly condition: string;
}

const general = 'Bonzini: probably right for faults. Christopherson: not guaranteed.';
const silent = 'Nothing was said of it.';
const undisturbed =
  'Nothing can be taken at the boundary, the instruction stands in no shadow, and executing it again raises the same.';

const faults: readonly IdtVectoringEvent[] = [
  { kind: 'fault', vector: 13 },
  { kind: 'fault', vector: 14 },
  { kind: 'fault', vector: 0 },
  { kind: 'fault', vector: 6 },
  { kind: 'fault', vector: 17 },
];

/** The classes in the order of the answer's table. */
export const eventClasses: readonly EventClass[] = [
  {
    name: 'fault-alone',
    description: 'a fault that the instruction raises, with nothing else about',
    subject: faults,
    circumstance: [],
    cut: 'obstacle',
    whatTheListAnswered: general,
    theListHeld: 'both',
    expected: 'yes',
    condition: undisturbed,
  },
  {
    name: 'fault-and-interrupt',
    description: 'a fault, and a maskable interrupt becomes pending before the entry, with IF 1',
    subject: faults,
    circumstance: [
      { kind: 'external', vector: 0x20 },
      { kind: 'external', vector: 0x31 },
      { kind: 'external', vector: 0x40 },
    ],
    cut: 'obstacle',
    whatTheListAnswered: 'Xiaoyao Li: the order against a virtual interrupt in RVI changes.',
    theListHeld: 'no',
    expected: 'no',
    condition: 'The interrupt is taken at the RIP of the fault; after #PF its handler sees the new CR2.',
  },
  {
    name: 'fault-in-sti-shadow',
    description: 'a fault in the STI shadow, and a maskable interrupt waits for the end of the shadow',
    subject: faults,
    circumstance: [{ kind: 'sti' }],
    cut: 'obstacle',
    whatTheListAnswered: 'Christopherson: an interrupt would be delivered inside the shadow, he believes.',
    theListHeld: 'no',
    expected: 'no',
    condition: 'The exit has ended the shadow: the interrupt is taken inside it.',
  },
  {
    name: 'fault-and-nmi',
    description: 'a fault, and an NMI or a machine check becomes pending before the entry',
    subject: faults,
    circumstance: [{ kind: 'nmi' }, { kind: 'machineCheck' }],
    cut: 'obstacle',
    whatTheListAnswered: silent,
    expected: 'no',
    condition: 'The order changes.',
  },
  {
    name: 'fault-of-a-device-access',
    description: 'a fault of an instruction that has read a device before',
    subject: [{ kind: 'movs' }],
    circumstance: [],
    cut: 'obstacle',
    whatTheListAnswered: silent,
    expected: 'no',
    condition: 'The device is read once more.',
  },
  {
    name: 'fault-whose-cause-goes',
    description: 'a fault whose cause another CPU removes before the entry',
    subject: [...faults, { kind: 'movs' }, { kind: 'codeBreakpoint' }],
    circumstance: [{ kind: 'cure' }],
    cut: 'obstacle',
    whatTheListAnswered: 'Christopherson: edge cases of accessed bits that another CPU changes.',
    theListHeld: 'no',
    expected: 'no',
    condition: 'The exception never comes back, though CR2 has changed.',
  },
  {
    name: 'general-detect',
    description: '#DB of general detect',
    subject: [
      { kind: 'movdr', to: 'gd' },
      { kind: 'movdr', to: 'noGd' },
      { kind: 'movdr', to: 'dr6' },
    ],
    circumstance: [],
    cut: 'obstacle',
    whatTheListAnswered: silent,
    expected: 'no',
    condition: 'Delivery had cleared GD: the MOV completes when it is executed again.',
  },
  {
    name: 'code-breakpoint',
    description: '#DB of an instruction breakpoint',
    subject: [{ kind: 'codeBreakpoint' }],
    circumstance: [],
    cut: 'obstacle',
    whatTheListAnswered: silent,
    expected: 'yes',
    condition: undisturbed,
  },
  {
    name: 'virtualization-exception',
    description: '#VE',
    subject: [{ kind: 'fault', vector: 20 }],
    circumstance: [],
    needs: { paging: 'ept' },
    cut: 'obstacle',
    whatTheListAnswered: silent,
    expected: 'no',
    condition: 'Its area is busy: the access gives an EPT violation the second time.',
  },
  {
    name: 'debug-trap',
    description: '#DB of single-step or a data breakpoint',
    subject: [{ kind: 'popf', tf: true }, { kind: 'dataBreakpoint' }],
    circumstance: [],
    cut: 'obstacle',
    whatTheListAnswered: 'Bonzini: never for traps, single-step would be missed.',
    theListHeld: 'no',
    expected: 'no',
    condition: 'RIP is past the instruction, and nothing is pending any more.',
  },
  {
    name: 'software-exception',
    description: '#BP of INT3 and #OF of INTO, raised by the program',
    subject: [{ kind: 'int3' }, { kind: 'into' }],
    circumstance: [],
    cut: 'obstacle',
    whatTheListAnswered: silent,
    expected: 'yes',
    condition: undisturbed,
  },
  {
    name: 'software-interrupt',
    description: 'INT n of the program',
    subject: [
      { kind: 'intn', vector: 0x21 },
      { kind: 'intn', vector: 13 },
      { kind: 'intn', vector: 14 },
    ],
    circumstance: [],
    cut: 'obstacle',
    whatTheListAnswered: silent,
    expected: 'yes',
    condition: undisturbed,
  },
  {
    name: 'soft-event-in-sti-shadow',
    description:
      'INT n, INT3, INTO or INT1 in the STI shadow, and a maskable interrupt waits for the end of the shadow',
    subject: [{ kind: 'intn', vector: 0x21 }, { kind: 'int3' }, { kind: 'into' }, { kind: 'int1' }],
    circumstance: [{ kind: 'sti' }],
    cut: 'obstacle',
    whatTheListAnswered: silent,
    expected: 'no',
    condition: 'The interrupt is taken first, inside the shadow.',
  },
  {
    name: 'privileged-software-exception',
    description: '#DB of INT1 (ICEBP), type 5',
    subject: [{ kind: 'int1' }],
    circumstance: [],
    needs: { int1Type: 5 },
    cut: 'obstacle',
    whatTheListAnswered: silent,
    expected: 'yes',
    condition: `${undisturbed} Where its type is 3, RIP is past it and it is lost.`,
  },
  {
    name: 'external-interrupt',
    description: 'a maskable external interrupt',
    subject: [
      { kind: 'external', vector: 0x20 },
      { kind: 'external', vector: 0x31 },
      { kind: 'external', vector: 0x40 },
    ],
    circumstance: [],
    cut: 'obstacle',
    whatTheListAnswered: 'Agreed with the question itself: it would be lost.',
    theListHeld: 'no',
    expected: 'no',
    condition: 'It was acknowledged: the vector is lost, and ISR holds its class back for ever.',
  },
  {
    name: 'nmi',
    description: 'an NMI',
    subject: [{ kind: 'nmi' }],
    circumstance: [],
    cut: 'obstacle',
    whatTheListAnswered: silent,
    expected: 'no',
    condition: 'It is lost, and NMIs stay blocked until some IRET.',
  },
  {
    name: 'machine-check',
    description: '#MC',
    subject: [{ kind: 'machineCheck' }],
    circumstance: [],
    cut: 'obstacle',
    whatTheListAnswered: 'Bonzini: one cannot know why a machine check was injected; it may be a test.',
    theListHeld: 'no',
    expected: 'no',
    condition: 'It never recurs, and with MCIP 1 the next one shuts down.',
  },
  {
    name: 'double-fault',
    description: '#DF that the processor made of two exceptions',
    subject: [
      { kind: 'fault', vector: 13 },
      { kind: 'fault', vector: 14 },
      { kind: 'fault', vector: 0 },
    ],
    circumstance: [
      { kind: 'gate', vector: 13, state: 'absent' },
      { kind: 'gate', vector: 14, state: 'absent' },
      { kind: 'spoil', fault: 'gp', found: 'processor' },
      { kind: 'spoil', fault: 'np', found: 'processor' },
      { kind: 'spoil', fault: 'ss', found: 'processor' },
      { kind: 'spoil', fault: 'pf', found: 'processor' },
    ],
    cut: 'obstacle',
    whatTheListAnswered: silent,
    expected: 'conditional',
    condition: 'Yes if executing again reproduces both exceptions (an absent gate); no if the second was met once.',
  },
  {
    name: 'injected',
    description: 'anything injected by L1, by emulation, by user space, or restored by migration',
    subject: [
      { kind: 'inject', event: 'gp' },
      { kind: 'inject', event: 'pf' },
      { kind: 'inject', event: 'ud' },
      { kind: 'inject', event: 'db' },
      { kind: 'inject', event: 'df' },
      { kind: 'inject', event: 'mc' },
      { kind: 'inject', event: 'hardwareBp' },
      { kind: 'inject', event: 'extInt' },
      { kind: 'inject', event: 'nmi' },
      { kind: 'inject', event: 'int21' },
      { kind: 'inject', event: 'int14' },
      { kind: 'inject', event: 'int21Zero' },
      { kind: 'inject', event: 'int1' },
      { kind: 'inject', event: 'bp' },
      { kind: 'inject', event: 'softUd' },
    ],
    circumstance: [],
    cut: 'obstacle',
    whatTheListAnswered: 'Christopherson: definitely broken when L1 injected it; user space and migration too.',
    theListHeld: 'no',
    expected: 'no',
    condition: 'No instruction of the guest raises it again.',
  },
  {
    name: 'page-fault-in-page-fault',
    description: "#PF whose delivery raises the guest's own #PF, which a hypervisor with shadow paging intercepts",
    subject: [{ kind: 'fault', vector: 14 }, { kind: 'movs' }],
    circumstance: [
      { kind: 'spoil', fault: 'pf', found: 'processor' },
      { kind: 'spoil', fault: 'pf', found: 'hypervisor' },
    ],
    needs: { paging: 'shadow' },
    cut: 'nested-fault',
    whatTheListAnswered: silent,
    expected: 'no',
    condition: '#DF becomes #PF; where the fault lasts, a shutdown becomes an endless loop.',
  },
  {
    name: 'superseded-by-a-fault-of-the-guest',
    description:
      "an interrupt, an NMI or a soft event whose delivery raises a fault of the guest's, which exits before anything else does",
    subject: [{ kind: 'external', vector: 0x31 }, { kind: 'nmi' }, { kind: 'intn', vector: 0x21 }, { kind: 'int3' }],
    circumstance: [
      { kind: 'spoil', fault: 'gp', found: 'processor' },
      { kind: 'spoil', fault: 'np', found: 'processor' },
      { kind: 'spoil', fault: 'ss', found: 'processor' },
      { kind: 'spoil', fault: 'gp', found: 'hypervisor' },
      { kind: 'gate', vector: 0x31, state: 'absent' },
      { kind: 'gate', vector: 2, state: 'absent' },
      { kind: 'gate', vector: 0x21, state: 'absent' },
      { kind: 'gate', vector: 3, state: 'absent' },
    ],
    needs: { intercepts: 'faults' },
    cut: 'nested-fault',
    whatTheListAnswered: silent,
    expected: 'yes',
    condition: 'Dropping the first event is required there: the nested fault supersedes it.',
  },
];
