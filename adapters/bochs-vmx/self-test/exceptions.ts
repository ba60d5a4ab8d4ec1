import { level2Code as l2 } from '../level2-code.ts';
import { machineEdit as edit } from '../machine-edit.ts';
import type { SdmCase } from './sdm-case.ts';

const intercept = (...vectors: readonly number[]) =>
  edit.fields({ exceptionBitmap: vectors.reduce((bits, vector) => bits | (1 << vector), 0) });
const absent = (vector: number) => edit.gate(vector, { present: false });

/** Exceptions of L2: intercepted, delivered, escalated. */
export const exceptions: readonly SdmCase[] = [
  {
    name: 'intercepted #UD exits at the instruction',
    rule: 'An exception whose bit is set in the exception bitmap exits directly: information of type 3, RIP at the instruction, RF as in the image.',
    shows: ['rip', 'flags', 'info', 'idtv'],
    operations: [...intercept(6), edit.code(l2.nop, l2.ud2), edit.enter],
    expected: ['exit 0 rip=code+1 flags=0x10002 info=0x80000306 idtv=0x0'],
    deviation: {
      seen: ['exit 0 rip=code+1 flags=0x2 info=0x80000306 idtv=0x0'],
      why: 'A direct exit of a fault saves RF as it was at the instruction.',
    },
  },
  {
    name: 'intercepted INT3 exits with its length',
    rule: 'A direct exit of INT3 has type 6, the instruction length, and RIP at the instruction.',
    shows: ['rip', 'info', 'length'],
    operations: [...intercept(3), edit.code(l2.nop, l2.int3), edit.enter],
    expected: ['exit 0 rip=code+1 info=0x80000603 length=0x1'],
  },
  {
    name: 'intercepted INT1 has type 5',
    rule: 'INT1 is a privileged software exception (type 5); exits save the instruction length.',
    shows: ['rip', 'info', 'length'],
    operations: [...intercept(1), edit.code(l2.nop, l2.int1), edit.enter],
    expected: ['exit 0 rip=code+1 info=0x80000501 length=0x1'],
  },
  {
    name: 'intercepted #PF tells the address and leaves CR2 alone',
    rule: 'A direct #PF exit has the linear address as qualification and does not write CR2.',
    shows: ['rip', 'info', 'error', 'qual', 'cr2'],
    operations: [...intercept(14), edit.code(l2.load(0x40_6010)), edit.pageBits('dataA', 0), edit.enter],
    expected: ['exit 0 rip=code+0 info=0x80000b0e error=0x0 qual=0x406010 cr2=0x0'],
  },
  {
    name: 'delivered #PF pushes RF and writes CR2',
    rule: 'A fault pushes RF = 1; #PF writes CR2 with the address.',
    shows: [],
    operations: [edit.code(l2.load(0x40_6010)), edit.pageBits('dataA', 0), edit.enter],
    expected: ['L2 takes 0xe(0x0) from code+0 RF cr2=dataA+16', 'exit 18'],
  },
  {
    name: 'single-step trap is intercepted with its cause',
    rule: 'A direct #DB exit has the cause as qualification (BS: bit 14) and leaves DR6 alone; RIP is behind the instruction.',
    shows: ['rip', 'info', 'qual', 'dr6', 'pending'],
    operations: [...intercept(1), edit.code(l2.popfTf(true), l2.nop, l2.nop), edit.enter],
    expected: ['exit 0 rip=code+11 info=0x80000301 qual=0x4000 dr6=0xffff0ff0 pending=0x0'],
  },
  {
    name: 'single-step trap is delivered behind the instruction without RF',
    rule: 'A trap pushes the address of the next instruction; DR6.BS is set.',
    shows: [],
    operations: [edit.handler(1, { dr6: true }), edit.code(l2.popfTf(true), l2.nop, l2.nop), edit.enter],
    expected: ['L2 takes 0x1 from code+11 dr6=0xffff4ff0', 'exit 18'],
  },
  {
    name: '#NP while #PF is delivered becomes #DF',
    rule: 'A contributory exception while a page fault is delivered is a double fault, error code 0. (Conditions for Generating a Double Fault)',
    shows: ['info', 'idtv'],
    operations: [...absent(14), edit.code(l2.load(0x40_6010)), edit.pageBits('dataA', 0), edit.enter],
    expected: ['L2 takes 0x8(0x0) from code+0 RF', 'exit 18 info=0x0 idtv=0x0'],
  },
  {
    name: '#NP while #UD is delivered is delivered itself, with EXT',
    rule: 'A benign exception and a contributory one are handled serially: the second replaces the first; its error code has IDT and EXT set.',
    shows: [],
    operations: [...absent(6), edit.code(l2.ud2), edit.enter],
    expected: ['L2 takes 0xb(0x33) from code+0 RF', 'exit 18'],
  },
  {
    name: '#NP while INT n is delivered has no EXT',
    rule: 'The error code of an exception during a software interrupt has EXT = 0; RIP is at the instruction.',
    shows: [],
    operations: [...absent(0x44), edit.code(l2.nop, l2.int(0x44)), edit.enter],
    expected: ['L2 takes 0xb(0x222) from code+1 RF', 'exit 18'],
  },
  {
    name: 'INT n pushes RF as it is',
    rule: 'For other cases than faults the value pushed for RF is the one of RFLAGS.RF when the handler was called; this includes INT n. (Instruction-Breakpoint Exception Condition)',
    shows: [],
    operations: [...edit.fields({ guestRflags: 0x1_0002 }), edit.code(l2.int(0x44)), edit.enter],
    expected: ['L2 takes 0x44 from code+2 RF', 'exit 18'],
    deviation: { seen: ['L2 takes 0x44 from code+2', 'exit 18'], why: 'RF is cleared as the instruction begins.' },
  },
  {
    name: 'interception is decided before escalation',
    rule: 'An exception during delivery is looked up in the exception bitmap by its own vector first: #NP during #PF exits as #NP with #PF in the IDT-vectoring information.',
    shows: ['rip', 'info', 'error', 'idtv', 'idtvError'],
    operations: [...intercept(11), ...absent(14), edit.code(l2.load(0x40_6010)), edit.pageBits('dataA', 0), edit.enter],
    expected: ['exit 0 rip=code+0 info=0x80000b0b error=0x73 idtv=0x80000b0e idtvError=0x0'],
  },
  {
    name: 'a #DF that exits carries no IDT-vectoring information',
    rule: 'If the original event led to a double fault that exits, the IDT-vectoring information is not valid.',
    shows: ['info', 'error', 'idtv'],
    operations: [...intercept(8), ...absent(14), edit.code(l2.load(0x40_6010)), edit.pageBits('dataA', 0), edit.enter],
    expected: ['exit 0 info=0x80000b08 error=0x0 idtv=0x0'],
  },
  {
    name: 'a contributory exception while #DF is delivered is a triple fault',
    rule: 'A triple fault exits with reason 2, qualification 0, and no IDT-vectoring information.',
    shows: ['qual', 'info', 'idtv'],
    operations: [...absent(14), ...absent(8), edit.code(l2.load(0x40_6010)), edit.pageBits('dataA', 0), edit.enter],
    expected: ['exit 2 qual=0x0 info=0x0 idtv=0x0'],
  },
  {
    name: 'an exception while an injected interrupt is delivered replaces it',
    rule: 'An injected external interrupt is benign: #NP of its delivery is delivered instead, with EXT, from the same RIP.',
    shows: ['idtv', 'entry'],
    operations: [
      ...absent(0x55),
      ...edit.fields({ guestRflags: 0x202 }),
      edit.code(l2.nop),
      ...edit.inject(0x55),
      edit.enter,
    ],
    expected: ['L2 takes 0xb(0x2ab) from code+0 RF', 'exit 18 idtv=0x0 entry=0x55'],
  },
  {
    name: 'an intercepted exception while an injected interrupt is delivered',
    rule: 'The exit has the exception as its own and the interrupt as IDT-vectoring information.',
    shows: ['rip', 'info', 'error', 'idtv'],
    operations: [
      ...intercept(11),
      ...absent(0x55),
      ...edit.fields({ guestRflags: 0x202 }),
      edit.code(l2.nop),
      ...edit.inject(0x55),
      edit.enter,
    ],
    expected: ['exit 0 rip=code+0 info=0x80000b0b error=0x2ab idtv=0x80000055'],
  },
  {
    name: 'an injected event does not look at the exception bitmap',
    rule: 'Delivery of an injected event does not itself cause an exit by exception bitmap.',
    shows: [],
    operations: [...intercept(13), edit.code(l2.nop), ...edit.inject(0xb0d, 0), edit.enter],
    expected: ['L2 takes 0xd(0x0) from code+0', 'exit 18'],
  },
  {
    name: 'page-fault mask and match select the page faults that exit',
    rule: 'With the bit of #PF set, a page fault exits iff error code & mask = match.',
    shows: ['error'],
    operations: [
      ...intercept(14),
      ...edit.fields({ pageFaultErrorMask: 2, pageFaultErrorMatch: 2 }),
      edit.pageBits('dataA', 0),
      edit.handler(14, { quiet: true, skip: 10 }),
      edit.code(l2.load(0x40_6010), l2.store(0x40_6010)),
      edit.enter,
    ],
    expected: ['L2 takes 0xe(0x0) from code+0 RF cr2=dataA+16', 'exit 0 error=0x2'],
  },
];
