import { controls } from '../initial-controls.ts';
import { level2Code as l2 } from '../level2-code.ts';
import { machineEdit as edit } from '../machine-edit.ts';
import { source } from '../source.ts';
import type { SdmCase } from './sdm-case.ts';

const stackAbsent = edit.eptRights('stack', 0);
const stackPresent = edit.eptRights('stack', 7);
const idtAbsent = edit.eptRights('idt', 0);
const idtPresent = edit.eptRights('idt', 7);

/** Types of event in the interruption-information fields. */
const type = { external: 0, nmi: 0x200, exception: 0x300, softInterrupt: 0x400, int1: 0x500, softException: 0x600 };
const withCode = 0x800;

/** Events that VM entry delivers, whole or interrupted. */
export const injection: readonly SdmCase[] = [
  {
    name: 'injected #GP is delivered with its error code',
    rule: 'VM entry delivers the event with the error code of the entry field after loading the guest state; on the exit the valid bit is cleared and nothing else of the field. (Vectored-Event Injection)',
    shows: ['entry', 'idtv'],
    operations: [edit.code(l2.nop), ...edit.inject(type.exception + withCode + 13, 0x58), edit.enter],
    expected: ['L2 takes 0xd(0x58) from code+0', 'exit 18 entry=0xb0d idtv=0x0'],
  },
  {
    name: 'injected fault pushes the RF that the guest state has',
    rule: 'VM entry does not set RF for an injected fault; the image pushed has the RF of the guest state.',
    shows: [],
    operations: [
      edit.code(l2.nop),
      ...edit.fields({ guestRflags: 0x1_0002 }),
      ...edit.inject(type.exception + 6),
      edit.enter,
    ],
    expected: ['L2 takes 0x6 from code+0 RF', 'exit 18'],
  },
  {
    name: 'injected INT3 returns behind the instruction',
    rule: 'For types 4, 5 and 6 the return RIP is the guest RIP plus the entry instruction length.',
    shows: [],
    operations: [edit.code(l2.int3, l2.nop), ...edit.inject(type.softException + 3, undefined, 1), edit.enter],
    expected: ['L2 takes 0x3 from code+1', 'exit 18'],
  },
  {
    name: 'injected INT n returns behind the instruction',
    rule: 'For types 4, 5 and 6 the return RIP is the guest RIP plus the entry instruction length.',
    shows: [],
    operations: [edit.code(l2.int(0x44), l2.nop), ...edit.inject(type.softInterrupt + 0x44, undefined, 2), edit.enter],
    expected: ['L2 takes 0x44 from code+2', 'exit 18'],
  },
  {
    name: 'injected INT1 returns behind the instruction',
    rule: 'For types 4, 5 and 6 the return RIP is the guest RIP plus the entry instruction length.',
    shows: [],
    operations: [edit.code(l2.int1, l2.nop), ...edit.inject(type.int1 + 1, undefined, 1), edit.enter],
    expected: ['L2 takes 0x1 from code+1', 'exit 18'],
  },
  {
    name: 'EPT violation on the IDT during the delivery of an injected #GP',
    rule: 'An EPT violation during event delivery exits with the event, its type and error code in the IDT-vectoring fields; RIP is as before. Injected again, the event is delivered once. (Information for VM Exits That Occur During Event Delivery)',
    shows: ['rip', 'info', 'idtv', 'idtvError', 'gpa', 'entry'],
    operations: [
      edit.code(l2.nop),
      ...idtAbsent,
      ...edit.inject(type.exception + withCode + 13, 0x58),
      edit.enter,
      ...idtPresent,
      ...edit.inject(type.exception + withCode + 13, 0x58),
      edit.enter,
    ],
    expected: [
      'exit 48 rip=code+0 info=0x0 idtv=0x80000b0d idtvError=0x58 gpa=idt+208 entry=0xb0d',
      'L2 takes 0xd(0x58) from code+0',
      'exit 18 rip=handlers info=0x0 idtv=0x0 idtvError=0x58 gpa=idt+208 entry=0xb0d',
    ],
  },
  {
    name: 'EPT violation on the stack during the delivery of an injected INT n',
    rule: 'For a software interrupt the exit instruction length is the one that was injected, and RIP is that of the instruction.',
    shows: ['rip', 'idtv', 'length', 'gpa'],
    operations: [
      edit.code(l2.int(0x44), l2.nop),
      ...stackAbsent,
      ...edit.inject(type.softInterrupt + 0x44, undefined, 2),
      edit.enter,
    ],
    expected: ['exit 48 rip=code+0 idtv=0x80000444 length=0x2 gpa=stack+4072'],
  },
  {
    name: 'EPT violation during the delivery of a native INT3',
    rule: 'IDT-vectoring information has type 6, the exit instruction length is that of INT3, RIP is at the instruction.',
    shows: ['rip', 'rsp', 'idtv', 'length'],
    operations: [edit.code(l2.nop, l2.int3), ...stackAbsent, edit.enter],
    expected: ['exit 48 rip=code+1 rsp=stack+4080 idtv=0x80000603 length=0x1'],
  },
  {
    name: 'EPT violation during the delivery of a native #DE, which then is injected again',
    rule: 'IDT-vectoring information has type 3; the saved RFLAGS has the RF of the image that would have been pushed, so the second delivery pushes the right one.',
    shows: ['rip', 'flags', 'idtv'],
    operations: [
      edit.code(l2.divideByZero),
      ...stackAbsent,
      edit.enter,
      ...stackPresent,
      ...edit.inject(type.exception),
      edit.enter,
    ],
    expected: [
      'exit 48 rip=code+2 flags=0x10046 idtv=0x80000300',
      'L2 takes 0x0 from code+2 RF',
      'exit 18 rip=handlers flags=0x46 idtv=0x0',
    ],
  },
  {
    name: 'EPT violation during the delivery of an external interrupt: acknowledged, shadow gone, activity active',
    rule: 'Before an indirect exit an interrupt has been acknowledged and a HLT has ended; blocking by STI is over when the exit reports IDT-vectoring information.',
    shows: ['rip', 'idtv', 'blocking', 'activity', 'irr', 'isr'],
    operations: [
      ...edit.fields({ pinControls: controls('pin', { off: ['externalInterruptExiting'] }), guestRflags: 0x202 }),
      edit.code(l2.hlt, l2.nop),
      ...stackAbsent,
      ...edit.timer(0x31, 1000),
      edit.enter,
    ],
    expected: ['exit 48 rip=code+1 idtv=0x80000031 blocking=0x0 activity=0x0 irr={} isr={0x31}'],
  },
  {
    name: 'EPT violation during the delivery of a native #PF: CR2 is written before the exit',
    rule: 'Side effects of the event happen before an indirect exit: #PF has written CR2.',
    shows: ['rip', 'idtv', 'idtvError', 'cr2'],
    operations: [edit.code(l2.load(0x40_6000)), edit.pageBits('dataA', 0), ...stackAbsent, edit.enter],
    expected: ['exit 48 rip=code+0 idtv=0x80000b0e idtvError=0x0 cr2=dataA+0'],
  },
  {
    name: 'injected #PF leaves CR2 alone',
    rule: 'Event injection does not change CR2, DR6 or DR7.',
    shows: ['cr2'],
    operations: [
      edit.code(l2.nop),
      { kind: 'set', source: source.register('cr2'), value: 0x40_7123 },
      ...edit.inject(type.exception + withCode + 14, 2),
      edit.enter,
    ],
    expected: ['L2 takes 0xe(0x2) from code+0 cr2=dataB+291', 'exit 18 cr2=dataB+291'],
  },
  {
    name: 'injection into HLT ends active',
    rule: 'A vectored event wakes the guest: the activity state afterwards is active whatever the field was.',
    shows: ['activity'],
    operations: [
      edit.code(l2.nop),
      ...edit.fields({ guestActivity: 1, guestRflags: 0x202 }),
      ...edit.inject(0x55),
      edit.enter,
    ],
    expected: ['L2 takes 0x55 from code+0', 'exit 18 activity=0x0'],
  },
];
