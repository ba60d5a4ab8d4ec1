import { controls } from '../initial-controls.ts';
import { level2Code as l2 } from '../level2-code.ts';
import { machineEdit as edit } from '../machine-edit.ts';
import type { SdmCase } from './sdm-case.ts';

const acknowledge = edit.fields({ exitControls: controls('exit', { on: ['acknowledgeInterrupt'] }) });
const noInterruptExiting = edit.fields({ pinControls: controls('pin', { off: ['externalInterruptExiting'] }) });
const interruptsOn = edit.fields({ guestRflags: 0x202 });

/** How external interrupts leave L2 or arrive in it. */
export const externalInterrupts: readonly SdmCase[] = [
  {
    name: 'exit without acknowledge leaves the interrupt pending',
    rule: 'Without "acknowledge interrupt on exit" the exit tells no vector and IRR, ISR are as before; L1 takes the interrupt when it sets IF. (Information for VM Exits Due to Vectored Events)',
    shows: ['rip', 'info', 'idtv', 'qual', 'irr', 'isr'],
    operations: [...interruptsOn, edit.code(l2.nop), edit.selfIpi(0x31), edit.enter, edit.window, { kind: 'snapshot' }],
    expected: [
      'exit 1 rip=code+0 info=0x0 idtv=0x0 qual=0x0 irr={0x31} isr={}',
      'L1 takes 0x31',
      'now rip=code+0 info=0x0 idtv=0x0 qual=0x0 irr={} isr={0x31}',
    ],
  },
  {
    name: 'exit with acknowledge moves the vector to the exit information and to ISR',
    rule: 'With "acknowledge interrupt on exit" the processor acknowledges the interrupt controller: the vector is in the exit information, IRR to ISR, nothing is left for L1 to take; L1 owes one EOI.',
    shows: ['rip', 'info', 'irr', 'isr'],
    operations: [
      ...acknowledge,
      ...interruptsOn,
      edit.code(l2.nop),
      edit.selfIpi(0x31),
      edit.enter,
      edit.window,
      edit.eoi(),
      { kind: 'snapshot' },
    ],
    expected: ['exit 1 rip=code+0 info=0x80000031 irr={} isr={0x31}', 'now rip=code+0 info=0x80000031 irr={} isr={}'],
  },
  {
    name: 'RFLAGS.IF of L2 does not block the exit',
    rule: 'With "external-interrupt exiting" 1, RFLAGS.IF does not control the blocking of external interrupts in non-root operation. (Changes to Event Blocking in VMX Non-Root Operation)',
    shows: ['rip', 'irr'],
    operations: [edit.code(l2.nop, l2.cli), edit.selfIpi(0x31), edit.enter],
    expected: ['exit 1 rip=code+0 irr={0x31}'],
    deviation: {
      seen: ['exit 1 rip=code+2 irr={0x31}'],
      why: 'VM entry computes the mask of interrupts as for root operation; an instruction of L2 that writes IF (here CLI) or an event through an interrupt gate computes it anew.',
    },
  },
  {
    name: 'only an interrupt above the processor priority exits',
    rule: 'An interrupt of a class not above that of PPR is not delivered to the processor, so there is nothing to exit for. (Task and Processor Priorities)',
    shows: ['info', 'irr'],
    operations: [
      ...acknowledge,
      ...interruptsOn,
      edit.code(l2.nop),
      edit.tpr(0x30),
      edit.selfIpi(0x3f),
      edit.enter,
      edit.selfIpi(0x40),
      ...edit.fields({ guestRip: 0x40_0000 }),
      edit.enter,
    ],
    expected: ['exit 18 info=0x0 irr={0x3f}', 'exit 1 info=0x80000040 irr={0x3f}'],
  },
  {
    name: 'an interrupt that TPR hides is not delivered',
    rule: 'An interrupt of a class not above that of PPR waits in IRR. (Task and Processor Priorities; a spurious vector is for the moment at which TPR is raised.)',
    shows: ['irr'],
    operations: [edit.selfIpi(0x31), edit.tpr(0x30), edit.window, { kind: 'snapshot' }],
    expected: ['now irr={0x31}'],
    deviation: {
      seen: ['L1 takes 0xff', 'now irr={0x31}'],
      why: 'The interrupt stays asserted when TPR is raised, until it is acknowledged with the spurious vector.',
    },
  },
  {
    name: 'an interrupt of the class in service is not delivered',
    rule: 'PPR is at least the class of the highest vector in service, so that another of that class waits in IRR. (Task and Processor Priorities)',
    shows: ['irr'],
    operations: [edit.selfIpi(0x31), edit.window, edit.selfIpi(0x3e), edit.window, { kind: 'snapshot' }],
    expected: ['L1 takes 0x31', 'now irr={0x3e}'],
    deviation: {
      seen: ['L1 takes 0x31', 'L1 takes 0xff', 'now irr={0x3e}'],
      why: 'A higher vector is asserted whatever its class; acknowledging it then gives the spurious vector.',
    },
  },
  {
    name: 'without external-interrupt exiting the interrupt goes through the IDT of L2',
    rule: 'With "external-interrupt exiting" 0 and RFLAGS.IF 1 the interrupt is delivered through the IDT in non-root operation, and acknowledged as usual. (Changes to Event Blocking)',
    shows: ['irr', 'isr'],
    operations: [...noInterruptExiting, ...interruptsOn, edit.code(l2.nop), edit.selfIpi(0x31), edit.enter],
    expected: ['L2 takes 0x31 from code+0', 'exit 18 irr={} isr={0x31}'],
  },
  {
    name: 'without external-interrupt exiting RFLAGS.IF and the STI shadow hold the interrupt back',
    rule: 'STI that sets IF blocks maskable interrupts until the next instruction has completed.',
    shows: ['irr'],
    operations: [...noInterruptExiting, edit.code(l2.nop, l2.sti, l2.nop, l2.nop), edit.selfIpi(0x31), edit.enter],
    expected: ['L2 takes 0x31 from code+3', 'exit 18 irr={}'],
  },
  {
    name: 'injection comes before a pending external interrupt',
    rule: 'An event injected by VM entry is delivered before anything is recognised: the exit is at the first instruction of its handler, with no IDT-vectoring information and the valid bit of the entry field cleared.',
    shows: ['rip', 'info', 'idtv', 'entry', 'irr'],
    operations: [...interruptsOn, edit.code(l2.nop), ...edit.inject(0x20), edit.selfIpi(0x31), edit.enter],
    expected: ['exit 1 rip=handler0x20+0 info=0x0 idtv=0x0 entry=0x20 irr={0x31}'],
  },
  {
    name: 'interrupt window exits before the interrupt does',
    rule: 'With "interrupt-window exiting" and IF = 1 the window exit has priority over external interrupts.',
    shows: ['rip', 'irr'],
    operations: [
      ...interruptsOn,
      ...edit.fields({ processorControls: controls('processor', { on: ['interruptWindowExiting'] }) }),
      edit.code(l2.nop),
      edit.selfIpi(0x31),
      edit.enter,
      ...edit.fields({ processorControls: controls('processor', {}) }),
      edit.enter,
    ],
    expected: ['exit 7 rip=code+0 irr={0x31}', 'exit 1 rip=code+0 irr={0x31}'],
  },
  {
    name: 'interrupt window opens one instruction after STI',
    rule: 'The window is open when IF = 1 and there is no blocking by STI or by MOV SS; a second STI casts no shadow.',
    shows: ['rip', 'blocking'],
    operations: [
      ...edit.fields({ processorControls: controls('processor', { on: ['interruptWindowExiting'] }) }),
      edit.code(l2.nop, l2.sti, l2.sti, l2.nop),
      edit.enter,
    ],
    expected: ['exit 7 rip=code+3 blocking=0x0'],
  },
  {
    name: 'an interrupt at an entry into HLT exits at once and the activity state is kept',
    rule: 'A VM exit out of HLT by an external interrupt saves the activity state as it was before: HLT. RFLAGS.IF does not matter. (Saving Non-Register State)',
    shows: ['rip', 'activity'],
    operations: [
      edit.code(l2.nop),
      edit.selfIpi(0x31),
      ...edit.fields({ guestActivity: 1, guestRflags: 0x202 }),
      edit.enter,
    ],
    expected: ['exit 1 rip=code+0 activity=0x1'],
    deviation: {
      seen: ['exit 1 rip=code+0 activity=0x0'],
      why: 'An interrupt ends HLT before the exit, so that the exit saves the active state.',
    },
  },
  {
    name: 'an interrupt ends HLT by an exit even while RFLAGS.IF is 0',
    rule: 'With "external-interrupt exiting" RFLAGS.IF does not mask external interrupts in non-root operation, in the HLT state neither.',
    shows: ['rip', 'activity'],
    operations: [edit.code(l2.cli, l2.hlt, l2.nop), ...edit.timer(0x31, 2000), edit.enter],
    expected: ['exit 1 rip=code+2 activity=0x1'],
    deviation: {
      seen: ['exit 52 rip=code+2 activity=0x1'],
      why: 'HLT waits for an interrupt with IF = 1 whatever the controls are; here the watchdog ends it.',
    },
  },
];
