import { pageAddress } from '../guest-layout.ts';
import { controls } from '../initial-controls.ts';
import { level2Code as l2 } from '../level2-code.ts';
import { machineEdit as edit } from '../machine-edit.ts';
import { apicOffsets, source } from '../source.ts';
import type { SdmCase } from './sdm-case.ts';

const virtualDelivery = edit.fields({
  processorControls: controls('processor', { on: ['tprShadow'] }),
  secondaryControls: controls('secondary', {
    on: ['virtualizeX2apicMode', 'apicRegisterVirtualization', 'virtualInterruptDelivery'],
  }),
});
const virtualIrr = (vector: number) =>
  ({
    kind: 'set',
    source: source.memory32(pageAddress('virtualApic', apicOffsets.irr + 0x10 * (vector >>> 5))),
    value: 2 ** (vector & 31),
  }) as const;
const interruptsOn = { guestRflags: 0x202 };

/** Interval timer and 8259A: a pulse on IRQ 0, which has vector 0x50, some ticks from now. */
const pulseOfPic = (
  [
    [0x20, 0x11],
    [0x21, 0x50],
    [0x21, 0x04],
    [0x21, 0x01],
    [0x21, 0xfe],
    [0x43, 0x30],
    [0x40, 0x10],
    [0x40, 0x00],
  ] as const
).map(([port, value]) => ({ kind: 'set', source: source.port(port), value }) as const);
const lint0 = 0x350;
const extInt = { kind: 'set', source: source.apic(lint0), value: 0x700 } as const;

/** Virtual-interrupt delivery, the TPR shadow, and the external interrupt controller. */
export const virtualInterrupts: readonly SdmCase[] = [
  {
    name: 'virtual interrupt is delivered when RFLAGS.IF is 1',
    rule: 'Virtual-interrupt delivery: at entry RVI is compared with VPPR; delivery moves the vector from VIRR to VISR, SVI becomes the vector, RVI the next.',
    shows: ['status', 'irr'],
    operations: [
      ...virtualDelivery,
      ...edit.fields({ ...interruptsOn, guestInterruptStatus: 0x41 }),
      virtualIrr(0x41),
      edit.code(l2.nop),
      edit.enter,
      { kind: 'get', source: source.memory32(pageAddress('virtualApic', apicOffsets.isr + 0x20)) },
      { kind: 'get', source: source.memory32(pageAddress('virtualApic', apicOffsets.irr + 0x20)) },
    ],
    expected: ['L2 takes 0x41 from code+0', 'exit 18 status=0x4100 irr={}', 'value 0x2', 'value 0x0'],
  },
  {
    name: 'virtual interrupt comes before an external-interrupt exit',
    rule: 'A recognised virtual interrupt has the priority of the interrupt window, above external interrupts.',
    shows: ['rip', 'status'],
    operations: [
      ...virtualDelivery,
      ...edit.fields({ ...interruptsOn, guestInterruptStatus: 0x41 }),
      virtualIrr(0x41),
      edit.code(l2.nop),
      edit.selfIpi(0x31),
      edit.enter,
    ],
    expected: ['exit 1 rip=handler0x41+0 status=0x4100'],
  },
  {
    name: 'virtual EOI lets the next virtual interrupt in',
    rule: 'EOI virtualisation clears SVI’s bit in VISR and evaluates pending virtual interrupts anew.',
    shows: ['status'],
    operations: [
      ...virtualDelivery,
      ...edit.fields({ ...interruptsOn, guestInterruptStatus: 0x42 }),
      virtualIrr(0x42),
      edit.handler(0x42, { eoi: true, quiet: true }),
      edit.code(l2.wrmsr(0x83f, 0x41), l2.nop),
      edit.enter,
    ],
    expected: ['L2 takes 0x42 from code+0', 'L2 takes 0x41 from code+17', 'exit 18 status=0x4100'],
  },
  {
    name: 'virtual EOI of a vector in the EOI-exit bitmap exits behind the instruction',
    rule: 'EOI virtualisation updates VISR and SVI, then exits with reason 45 and the vector as qualification.',
    shows: ['rip', 'qual', 'status'],
    operations: [
      ...virtualDelivery,
      ...edit.fields({ guestInterruptStatus: 0x4100, eoiExitBitmap1: 2 }),
      edit.code(l2.wrmsr(0x80b, 0), l2.nop),
      edit.enter,
    ],
    expected: ['exit 45 rip=code+17 qual=0x41 status=0x0'],
  },
  {
    name: 'an interrupt of the 8259A is acknowledged there, and leaves no trace in the local APIC',
    rule: 'With "acknowledge interrupt on exit" the vector of an ExtINT comes from the external controller; IRR and ISR do not change.',
    shows: ['info', 'irr', 'isr'],
    operations: [
      extInt,
      ...pulseOfPic,
      ...edit.fields({ ...interruptsOn, exitControls: controls('exit', { on: ['acknowledgeInterrupt'] }) }),
      edit.code(l2.loop),
      edit.enter,
      edit.window,
    ],
    expected: ['exit 1 info=0x80000050 irr={} isr={}'],
  },
  {
    name: 'a masked LINT0 lets no interrupt of the 8259A in',
    rule: 'The local APIC accepts ExtINT from LINT0 only if that entry of the local vector table is not masked.',
    shows: ['info'],
    operations: [...pulseOfPic, ...edit.fields(interruptsOn), edit.code(l2.loop), edit.enter],
    expected: ['exit 52 info=0x0'],
    deviation: {
      seen: ['exit 1 info=0x0'],
      why: 'The 8259A is wired to the processor past the local APIC.',
    },
  },
  {
    name: 'TPR below threshold exits behind the instruction',
    rule: 'Without virtual-interrupt delivery a TPR write below the threshold exits trap-like with reason 43.',
    shows: ['rip'],
    operations: [
      ...edit.fields({ processorControls: controls('processor', { on: ['tprShadow'] }), tprThreshold: 3 }),
      { kind: 'set', source: source.memory32(pageAddress('virtualApic', apicOffsets.tpr)), value: 0x50 },
      edit.code(l2.movToCr8(2), l2.nop),
      edit.enter,
    ],
    expected: ['exit 43 rip=code+9'],
  },
];
