import { pageAddress } from '../guest-layout.ts';
import { controls } from '../initial-controls.ts';
import { level2Code as l2 } from '../level2-code.ts';
import { machineEdit as edit } from '../machine-edit.ts';
import type { SdmCase } from './sdm-case.ts';

const delivered = edit.fields({ pinControls: controls('pin', { off: ['nmiExiting'] }) });
const virtualNmis = edit.fields({ pinControls: controls('pin', { on: ['virtualNmis'] }) });
const nmiWindow = edit.fields({ processorControls: controls('processor', { on: ['nmiWindowExiting'] }) });
const nmiHandlerReturns = edit.handler(2, { quiet: true });

/** NMIs: exits, deliveries, what blocks and unblocks them. */
export const nmi: readonly SdmCase[] = [
  {
    name: 'NMI exit blocks NMIs in L1 until its IRET',
    rule: 'With "NMI exiting" an NMI exits with type 2, vector 2; NMIs are blocked after the exit until the next IRET, and one is held back meanwhile. (Effects of VM exits on NMI blocking)',
    shows: ['info', 'idtv', 'blocking'],
    operations: [
      edit.code(l2.wrmsr(0x830, 0x400), l2.nop),
      edit.enter,
      edit.nmi(),
      { kind: 'snapshot' },
      edit.iret,
      { kind: 'snapshot' },
    ],
    expected: [
      'exit 0 info=0x80000202 idtv=0x0 blocking=0x0',
      'now info=0x80000202 idtv=0x0 blocking=0x0',
      'L1 takes 0x2',
      'now info=0x80000202 idtv=0x0 blocking=0x0',
    ],
    deviation: {
      seen: [
        'exit 0 info=0x80000202 idtv=0x0 blocking=0x8',
        'now info=0x80000202 idtv=0x0 blocking=0x8',
        'L1 takes 0x2',
        'now info=0x80000202 idtv=0x0 blocking=0x8',
      ],
      why: 'The exit saves blocking by NMI as it is after the NMI.',
    },
  },
  {
    name: 'VM entry ends the blocking by NMI that L1 has',
    rule: 'After VM entry NMIs are blocked iff bit 3 of the interruptibility state is 1: an NMI latched in L1 exits at once. (Updating Non-Register State)',
    shows: ['rip', 'info'],
    operations: [
      edit.code(l2.wrmsr(0x830, 0x400), l2.nop),
      edit.enter,
      edit.nmi(),
      ...edit.fields({ guestInterruptibility: 0 }),
      edit.enter,
    ],
    expected: ['exit 0 rip=code+17 info=0x80000202', 'exit 0 rip=code+17 info=0x80000202'],
    deviation: {
      seen: ['exit 0 rip=code+17 info=0x80000202', 'exit 18 rip=code+18 info=0x0'],
      why: 'VM entry sets blocking by NMI, and never ends it.',
    },
  },
  {
    name: 'NMI delivered to L2 blocks NMIs until its IRET',
    rule: 'With "NMI exiting" 0 the NMI goes through the IDT of L2 and NMIs are blocked until IRET: bit 3 of the interruptibility state.',
    shows: ['blocking'],
    operations: [...delivered, edit.code(l2.wrmsr(0x830, 0x400), l2.nop), edit.enter],
    expected: ['L2 takes 0x2 from code+17', 'exit 18 blocking=0x8'],
  },
  {
    name: 'a second NMI waits for IRET, further ones merge',
    rule: 'While NMIs are blocked one NMI is latched; it is delivered after the IRET of the first handler.',
    shows: ['rip', 'blocking'],
    operations: [
      ...delivered,
      nmiHandlerReturns,
      // Inside the first handler nothing can be sent, so the blocking is set by VM entry.
      ...edit.fields({ guestInterruptibility: 8 }),
      edit.code(l2.wrmsr(0x830, 0x400), l2.wrmsr(0x830, 0x400), l2.iretToNext, l2.nop),
      edit.enter,
    ],
    expected: ['L2 takes 0x2 from code+55', 'exit 18 rip=code+56 blocking=0x0'],
  },
  {
    name: 'NMI-window exit waits for the IRET that ends virtual-NMI blocking',
    rule: 'With "virtual NMIs" and "NMI-window exiting" the exit comes at the first boundary without virtual-NMI blocking and MOV SS shadow.',
    shows: ['rip', 'blocking'],
    operations: [
      ...virtualNmis,
      ...nmiWindow,
      ...edit.fields({ guestInterruptibility: 8 }),
      edit.code(l2.nop, l2.iretToNext, l2.nop),
      edit.enter,
    ],
    expected: ['exit 8 rip=code+22 blocking=0x0'],
  },
  {
    name: 'injected NMI sets virtual-NMI blocking',
    rule: 'With "virtual NMIs" VM entry that injects an NMI blocks virtual NMIs; the exit saves that in bit 3 of the interruptibility state.',
    shows: ['blocking'],
    operations: [...virtualNmis, edit.code(l2.nop), ...edit.inject(0x202), edit.enter],
    expected: ['L2 takes 0x2 from code+0', 'exit 18 blocking=0x8'],
  },
  {
    name: 'VM entry ends virtual-NMI blocking',
    rule: 'With "virtual NMIs" there is virtual-NMI blocking after VM entry iff bit 3 of the interruptibility state is 1. (Updating Non-Register State)',
    shows: ['blocking'],
    operations: [
      ...virtualNmis,
      edit.code(l2.nop),
      ...edit.inject(0x202),
      edit.enter,
      ...edit.fields({ guestInterruptibility: 0, guestRip: pageAddress('code') }),
      edit.enter,
    ],
    expected: ['L2 takes 0x2 from code+0', 'exit 18 blocking=0x8', 'exit 18 blocking=0x0'],
    deviation: {
      seen: ['L2 takes 0x2 from code+0', 'exit 18 blocking=0x8', 'exit 18 blocking=0x8'],
      why: 'VM entry sets virtual-NMI blocking, and never ends it.',
    },
  },
  {
    name: 'NMI injection interrupted by an EPT violation leaves virtual NMIs blocked',
    rule: 'If delivery of an injected NMI exits, virtual-NMI blocking is 1 in the saved state; entry with bit 3 set and another NMI to inject fails.',
    shows: ['idtv', 'blocking', 'qual'],
    operations: [
      ...virtualNmis,
      edit.code(l2.nop),
      ...edit.eptRights('stack', 0),
      ...edit.inject(0x202),
      edit.enter,
      ...edit.inject(0x202),
      edit.enter,
    ],
    expected: [
      'exit 48 idtv=0x80000202 blocking=0x8 qual=0x182',
      'entry fails 33 idtv=0x80000202 blocking=0x8 qual=0x0',
    ],
    deviation: {
      seen: ['exit 48 idtv=0x80000202 blocking=0x8 qual=0x182', 'exit 48 idtv=0x80000202 blocking=0x8 qual=0x182'],
      why: 'The check that an NMI is not injected while virtual NMIs are blocked is missing.',
    },
  },
  {
    name: 'IRET that faults has unblocked NMIs, and the exit says so',
    rule: 'A fault on IRET: blocking by NMI is over all the same; bit 12 of the exit interruption information tells that IRET had ended it. (NMI unblocking due to IRET)',
    shows: ['info', 'blocking'],
    operations: [
      ...virtualNmis,
      ...edit.fields({ guestInterruptibility: 8, exceptionBitmap: 1 << 13 }),
      // The image on the stack is zeros: a null CS.
      edit.code([0x48, 0x83, 0xec, 0x40], l2.iret),
      edit.enter,
    ],
    expected: ['exit 0 info=0x80001b0d blocking=0x0'],
  },
];
