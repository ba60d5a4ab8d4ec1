import { pageAddress } from '../guest-layout.ts';
import { controls } from '../initial-controls.ts';
import { level2Code as l2 } from '../level2-code.ts';
import { machineEdit as edit } from '../machine-edit.ts';
import type { SdmCase } from './sdm-case.ts';

const monitorTrap = edit.fields({ processorControls: controls('processor', { on: ['monitorTrapFlag'] }) });
const interruptsOn = { guestRflags: 0x202 };

/** What comes first at an instruction boundary, and what wakes which state. */
export const boundaries: readonly SdmCase[] = [
  {
    name: 'monitor trap flag exits after one instruction',
    rule: 'With "monitor trap flag" an exit is pending on the boundary after each instruction.',
    shows: ['rip', 'info'],
    operations: [...monitorTrap, edit.code(l2.nop, l2.nop), edit.enter, edit.enter],
    expected: ['exit 37 rip=code+1 info=0x0', 'exit 37 rip=code+2 info=0x0'],
    deviation: {
      seen: ['exit 18 rip=code+2 info=0x0', 'exit 18 rip=code+2 info=0x0'],
      why: 'The control is accepted and ignored; only an injected pending MTF event (type 7) exits.',
    },
  },
  {
    name: 'monitor trap flag exits after an injected event, before its handler runs',
    rule: 'If VM entry injects a vectored event, the MTF exit is pending on the boundary after its delivery.',
    shows: ['rip', 'idtv'],
    operations: [...monitorTrap, edit.code(l2.nop), ...edit.inject(0xb0d, 0), edit.enter],
    expected: ['exit 37 rip=handler0xd+0 idtv=0x0'],
    deviation: {
      seen: ['L2 takes 0xd(0x0) from code+0', 'exit 18 rip=handlers idtv=0x0'],
      why: 'The control is accepted and ignored.',
    },
  },
  {
    name: 'monitor trap flag exit keeps a pending single-step trap',
    rule: 'An MTF exit has priority over debug traps; the trap is saved as a pending debug exception (BS).',
    shows: ['rip', 'pending'],
    operations: [...monitorTrap, ...edit.fields({ guestRflags: 0x102 }), edit.code(l2.nop, l2.nop), edit.enter],
    expected: ['exit 37 rip=code+1 pending=0x4000'],
    deviation: {
      seen: ['L2 takes 0x1 from code+1', 'exit 18 rip=handlers pending=0x0'],
      why: 'The control is accepted and ignored.',
    },
  },
  {
    name: 'NMI comes before an external interrupt',
    rule: 'At a boundary NMIs have priority over maskable interrupts.',
    shows: ['info', 'irr'],
    operations: [
      ...edit.fields({ pinControls: controls('pin', { off: ['externalInterruptExiting'] }) }),
      edit.selfIpi(0x31),
      // The interrupt waits for STI, the NMI comes in its shadow: both can be taken at the next boundary.
      edit.code(l2.wrmsr(0x830, 0x400).slice(0, 15), l2.sti, l2.wrmsr(0x830, 0x400).slice(15), l2.nop),
      edit.enter,
    ],
    expected: ['exit 0 info=0x80000202 irr={0x31}'],
  },
  {
    name: 'INIT exits and is consumed',
    rule: 'INIT in non-root operation exits with reason 3; the next entry runs on.',
    shows: ['rip'],
    operations: [edit.code(l2.wrmsr(0x830, 0x4500), l2.nop), edit.enter, edit.enter],
    expected: ['exit 3 rip=code+17', 'exit 18 rip=code+18'],
    deviation: {
      seen: ['exit 3 rip=code+17', 'exit 3 rip=code+17'],
      why: 'The INIT stays pending for ever: each entry exits again, and the machine has to be restarted.',
    },
  },
  {
    name: 'an injected pending MTF event exits before the first instruction',
    rule: 'Injection of type 7, vector 0 makes an MTF exit pending; it comes before L2 runs.',
    shows: ['rip'],
    operations: [edit.code(l2.nop), ...edit.inject(0x700), edit.enter],
    expected: ['exit 37 rip=code+0'],
  },
  {
    name: 'a pending single-step trap of the guest state is delivered before the first instruction',
    rule: 'Pending debug exceptions of the guest state are delivered after VM entry as if L2 had run up to there.',
    shows: [],
    operations: [
      edit.code(l2.nop),
      ...edit.fields({ guestRflags: 0x102, guestPendingDebugExceptions: 0x4000 }),
      edit.handler(1, { dr6: true }),
      edit.enter,
    ],
    expected: ['L2 takes 0x1 from code+0 dr6=0xffff4ff0', 'exit 18'],
  },
  {
    name: 'an EPT violation in the shadow of STI saves the blocking',
    rule: 'An exit without IDT-vectoring information saves blocking by STI as before the exit.',
    shows: ['rip', 'blocking', 'idtv', 'qual'],
    operations: [edit.code(l2.sti, l2.load(pageAddress('dataA'))), ...edit.eptRights('dataA', 0), edit.enter],
    expected: ['exit 48 rip=code+1 blocking=0x1 idtv=0x0 qual=0x181'],
  },
  {
    name: 'an exit in the shadow of MOV SS saves the blocking',
    rule: 'The interruptibility state is saved as before the exit: here blocking by MOV SS (bit 1).',
    shows: ['rip', 'blocking'],
    operations: [edit.code(l2.movSs, l2.vmcall), edit.enter],
    expected: ['exit 18 rip=code+7 blocking=0x2'],
  },
  {
    name: 'an intercepted exception in the shadow of STI saves the blocking',
    rule: 'The interruptibility state is saved as before the exit: blocking by STI (bit 0), since the exit is direct.',
    shows: ['rip', 'blocking'],
    operations: [...edit.fields({ exceptionBitmap: 1 << 6 }), edit.code(l2.sti, l2.ud2), edit.enter],
    expected: ['exit 0 rip=code+1 blocking=0x1'],
    deviation: {
      seen: ['exit 0 rip=code+1 blocking=0x0'],
      why: 'A direct exit of an event clears the shadow before the state is saved.',
    },
  },
  {
    name: 'shutdown lets no external interrupt exit',
    rule: 'External interrupts are blocked in the shutdown state; the VMX-preemption timer is not.',
    shows: ['activity', 'irr'],
    operations: [
      ...edit.fields({ ...interruptsOn, guestActivity: 2 }),
      edit.code(l2.nop),
      edit.selfIpi(0x31),
      edit.enter,
    ],
    expected: ['exit 52 activity=0x2 irr={0x31}'],
  },
  {
    name: 'an endless loop of L2 is ended by the watchdog',
    rule: 'The VMX-preemption timer counts down in non-root operation and exits with reason 52.',
    shows: ['rip'],
    operations: [edit.code(l2.loop), edit.enter],
    expected: ['exit 52 rip=code+0'],
  },
];
