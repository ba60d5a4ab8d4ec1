import { controls } from '../initial-controls.ts';
import { level2Code as l2 } from '../level2-code.ts';
import { machineEdit as edit } from '../machine-edit.ts';
import { source } from '../source.ts';
import type { SdmCase } from './sdm-case.ts';

const msrPat = 0x277;
const msrSysenterEip = 0x176;
/** All write-back. */
const pat = 0x0606_0606_0606_0606n;

/** What exits and failed entries write into the VMCS. */
export const stateSaving: readonly SdmCase[] = [
  {
    name: 'PAT is not saved without "save IA32_PAT"',
    rule: 'The exit control decides, the entry control "load IA32_PAT" does not.',
    shows: ['pat'],
    operations: [
      ...edit.fields({ entryControls: controls('entry', { on: ['loadPat'] }) }),
      edit.code(l2.wrmsr(msrPat, pat)),
      edit.enter,
    ],
    expected: ['exit 18 pat=0x7040600070406'],
  },
  {
    name: 'PAT is saved with "save IA32_PAT", and stays in L1 unless it is loaded',
    rule: 'Without the exit control "load IA32_PAT" the value of L2 stays in the MSR.',
    shows: ['pat'],
    operations: [
      ...edit.fields({ exitControls: controls('exit', { on: ['savePat'] }) }),
      edit.code(l2.wrmsr(msrPat, pat)),
      edit.enter,
      { kind: 'get', source: source.msr(msrPat) },
    ],
    expected: ['exit 18 pat=0x606060606060606', 'value 0x606060606060606'],
  },
  {
    name: 'SYSENTER MSRs are saved always',
    rule: 'IA32_SYSENTER_EIP is saved on every exit.',
    shows: ['sysenterEip'],
    operations: [edit.code(l2.wrmsr(msrSysenterEip, 0x1234)), edit.enter],
    expected: ['exit 18 sysenterEip=0x1234'],
  },
  {
    name: 'DR7 is saved with "save debug controls" only',
    rule: 'DR7 is saved iff the exit control "save debug controls" is 1.',
    shows: ['dr7'],
    operations: [
      edit.code(l2.movToDr7(0x401)),
      edit.enter,
      ...edit.fields({ exitControls: controls('exit', { on: ['saveDebugControls'] }), guestRip: 0x40_0000 }),
      edit.enter,
    ],
    expected: ['exit 18 dr7=0x400', 'exit 18 dr7=0x401'],
  },
  {
    name: 'CR0 bits of the mask cannot be changed without an exit',
    rule: 'MOV to CR0 exits iff a bit of the guest/host mask differs from the read shadow; else the bits of the mask keep their values.',
    shows: ['rip', 'cr0', 'qual'],
    operations: [
      // L2 runs with TS clear and sees it clear; TS belongs to L1.
      ...edit.fields({ cr0GuestHostMask: 8, cr0ReadShadow: 0 }),
      edit.code(l2.movToCr0(0x8000_0033 | 0), l2.movToCr0(0x8000_003b | 0)),
      edit.enter,
    ],
    expected: ['exit 28 rip=code+13 cr0=0x80000033 qual=0x0'],
  },
  {
    name: 'an entry that fails late leaves the event to inject valid',
    rule: 'Invalid guest state: reason 33 with bit 31, qualification 0; no other field changes, the valid bit of the entry field is still set.',
    shows: ['qual', 'entry', 'rip'],
    operations: [edit.code(l2.nop), ...edit.fields({ guestRflags: 0 }), ...edit.inject(0xb0d, 0x58), edit.enter],
    expected: ['entry fails 33 qual=0x0 entry=0x80000b0d rip=code+0'],
  },
  {
    name: 'an external interrupt cannot be injected while RFLAGS.IF is 0',
    rule: 'Check on the guest state: RFLAGS.IF must be 1 if an external interrupt is injected.',
    shows: ['qual', 'entry'],
    operations: [edit.code(l2.nop), ...edit.inject(0x55), edit.enter],
    expected: ['entry fails 33 qual=0x0 entry=0x80000055'],
  },
  {
    name: 'HLT activity allows few events to be injected',
    rule: 'In HLT only external interrupts, NMI, #DB, #MC and pending MTF may be injected.',
    shows: ['entry'],
    operations: [edit.code(l2.nop), ...edit.fields({ guestActivity: 1 }), ...edit.inject(0xb0d, 0), edit.enter],
    expected: ['entry fails 33 entry=0x80000b0d'],
    deviation: {
      seen: ['L2 takes 0xd(0x0) from code+0', 'exit 18 entry=0xb0d'],
      why: 'The check of events against the HLT state is missing.',
    },
  },
  {
    name: 'an entry that fails early is a VMfail with error 7',
    rule: 'Invalid control fields: VMfailValid with error 7, L1 goes on behind the instruction, the exit reason is not written.',
    shows: ['entry', 'rip'],
    operations: [
      edit.code(l2.nop),
      // Type 1 is reserved.
      ...edit.inject(0x120),
      edit.enter,
      { kind: 'snapshot' },
    ],
    expected: ['VMfailValid 7', 'now entry=0x80000120 rip=code+0'],
  },
  {
    name: 'VMRESUME needs a launched VMCS, VMLAUNCH a clear one',
    rule: 'VM-instruction errors 5 and 4; a late failure does not launch, VMCLEAR does away with the launch state.',
    shows: [],
    operations: [
      edit.code(l2.vmcall),
      { kind: 'enter', by: 'resume' },
      ...edit.fields({ guestRflags: 0 }),
      { kind: 'enter', by: 'launch' },
      ...edit.fields({ guestRflags: 2 }),
      { kind: 'enter', by: 'resume' },
      { kind: 'enter', by: 'launch' },
      { kind: 'enter', by: 'launch' },
      { kind: 'enter', by: 'resume' },
      { kind: 'vmclear', slot: 0 },
      { kind: 'enter' },
      { kind: 'vmptrld', slot: 0 },
      { kind: 'enter', by: 'launch' },
    ],
    expected: [
      'VMfailValid 5',
      'entry fails 33',
      'VMfailValid 5',
      'exit 18',
      'VMfailValid 4',
      'exit 18',
      'value 0x0',
      'VMfailInvalid',
      'value 0x0',
      'exit 18',
    ],
  },
  {
    name: 'HLT that was executed is saved as the activity state of an exit from it',
    rule: 'An exit by the VMX-preemption timer out of HLT saves activity HLT and the RIP behind the instruction.',
    shows: ['rip', 'activity'],
    operations: [edit.code(l2.hlt, l2.nop), edit.enter],
    expected: ['exit 52 rip=code+1 activity=0x1'],
  },
  {
    name: 'a timer value of 0 exits before the first instruction and stays 0',
    rule: 'A VMX-preemption timer that is 0 at entry exits at once; with "save VMX-preemption timer value" 0 is saved.',
    shows: ['rip', 'timer'],
    operations: [
      ...edit.fields({
        pinControls: controls('pin', { on: ['preemptionTimer'] }),
        exitControls: controls('exit', { on: ['savePreemptionTimer'] }),
      }),
      edit.code(l2.nop),
      edit.enter,
    ],
    expected: ['exit 52 rip=code+0 timer=expired'],
    deviation: {
      seen: ['exit 52 rip=code+0 timer=running'],
      why: 'The timer is not set by an entry with value 0, so the rest of an earlier entry is saved.',
    },
  },
  {
    name: 'blocking by STI does not hold the preemption timer back',
    rule: 'VMX-preemption-timer exits are not blocked by STI or MOV SS.',
    shows: ['rip', 'blocking'],
    operations: [
      ...edit.fields({
        pinControls: controls('pin', { on: ['preemptionTimer'] }),
        guestInterruptibility: 1,
        guestRflags: 0x202,
      }),
      edit.code(l2.nop, l2.nop),
      edit.enter,
    ],
    expected: ['exit 52 rip=code+0 blocking=0x1'],
    deviation: {
      seen: ['exit 52 rip=code+1 blocking=0x0'],
      why: 'All asynchronous exits are held back in the shadow of STI and of MOV SS.',
    },
  },
];
