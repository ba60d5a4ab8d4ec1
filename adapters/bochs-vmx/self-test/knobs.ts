import { level2Code as l2 } from '../level2-code.ts';
import { machineEdit as edit } from '../machine-edit.ts';
import { apicOffsets, source } from '../source.ts';
import type { SdmCase } from './sdm-case.ts';

const interruptsOn = { guestRflags: 0x202 };
const bySti = 1;
const byMovSs = 2;

/** What the manual leaves to the implementation: `expected` is what Bochs has chosen. */
export const knobs: readonly SdmCase[] = [
  {
    name: 'blocking by STI holds an external-interrupt exit back',
    rule: 'Implementation-specific: blocking by STI may or may not block external-interrupt exits.',
    shows: ['rip', 'blocking'],
    operations: [
      ...edit.fields({ ...interruptsOn, guestInterruptibility: bySti }),
      edit.code(l2.nop, l2.nop),
      edit.selfIpi(0x31),
      edit.enter,
    ],
    expected: ['exit 1 rip=code+1 blocking=0x0'],
  },
  {
    name: 'blocking by MOV SS holds an external-interrupt exit back',
    rule: 'Implementation-specific: blocking by MOV SS may or may not block external-interrupt exits.',
    shows: ['rip', 'blocking'],
    operations: [
      ...edit.fields({ ...interruptsOn, guestInterruptibility: byMovSs }),
      edit.code(l2.nop, l2.nop),
      edit.selfIpi(0x31),
      edit.enter,
    ],
    expected: ['exit 1 rip=code+1 blocking=0x0'],
  },
  {
    name: 'PPR takes the sub-class of TPR when the classes are equal',
    rule: 'With TPR and ISR of the same class the low bits of PPR are model-specific: those of TPR or zero.',
    shows: [],
    operations: [
      edit.selfIpi(0x42),
      edit.window,
      edit.tpr(0x45),
      { kind: 'get', source: source.apic(apicOffsets.ppr) },
    ],
    expected: ['L1 takes 0x42', 'value 0x45'],
  },
  {
    name: 'a software exception of length 0 can be injected',
    rule: 'Allowed iff IA32_VMX_MISC bit 30 is 1.',
    shows: [],
    operations: [edit.code(l2.nop), ...edit.inject(0x603, undefined, 0), edit.enter],
    expected: ['L2 takes 0x3 from code+0', 'exit 18'],
  },
  {
    name: '#GP can be injected without an error code',
    rule: 'Allowed iff IA32_VMX_BASIC bit 56 is 1.',
    shows: [],
    operations: [edit.code(l2.nop), ...edit.inject(0x30d), edit.enter],
    expected: ['L2 takes 0xd from code+0', 'exit 18'],
  },
];
