import { presets, type controls } from '../../../spec/nested-vmx/universe.ts';
import { pageAddress } from '../guest-layout.ts';
import { controlBits, initialControls } from '../initial-controls.ts';
import type { Operation } from '../operation.ts';
import { source, type Source } from '../source.ts';

type Control = (typeof controls)[number];

interface Bits {
  readonly source: Source;
  readonly bits: number;
  /** The control is on where the bits are 0. */
  readonly inverted?: true;
}

const pin = source.vmcs('pinControls');
const processor = source.vmcs('processorControls');
const secondary = source.vmcs('secondaryControls');
const exit = source.vmcs('exitControls');

/** Writes of MSRs 0x808 (TPR) and 0x80B (EOI), in the byte of the MSR bitmap that has them. */
const apicWrites = { source: source.memory8(pageAddress('msrBitmap', 0x901)), bits: 0x09, inverted: true } as const;

const places: Readonly<Record<Control, readonly Bits[]>> = {
  externalInterruptExiting: [{ source: pin, bits: controlBits.pin.externalInterruptExiting }],
  acknowledgeInterrupt: [{ source: exit, bits: controlBits.exit.acknowledgeInterrupt }],
  nmiExiting: [{ source: pin, bits: controlBits.pin.nmiExiting }],
  virtualNmis: [{ source: pin, bits: controlBits.pin.virtualNmis }],
  interruptWindow: [{ source: processor, bits: controlBits.processor.interruptWindowExiting }],
  nmiWindow: [{ source: processor, bits: controlBits.processor.nmiWindowExiting }],
  hltExiting: [{ source: processor, bits: controlBits.processor.hltExiting }],
  monitorTrapFlag: [{ source: processor, bits: controlBits.processor.monitorTrapFlag }],
  preemptionTimer: [{ source: pin, bits: controlBits.pin.preemptionTimer }],
  invalidOpcodeExiting: [{ source: source.vmcs('exceptionBitmap'), bits: 1 << 6 }],
  apicAccess: [apicWrites],
  virtualInterruptDelivery: [
    { source: processor, bits: controlBits.processor.tprShadow },
    {
      source: secondary,
      bits: controlBits.secondary.virtualizeX2apicMode | controlBits.secondary.virtualInterruptDelivery,
    },
  ],
  postedInterrupts: [{ source: pin, bits: controlBits.pin.postedInterrupts }],
};

/** Sets or clears a control. */
export const controlChange = (control: Control, on: boolean): Operation[] =>
  places[control].map(({ source: place, bits, inverted = false }) => ({
    kind: 'change',
    source: place,
    clear: bits,
    set: on === inverted ? 0 : bits,
  }));

const start = new Map<Source, number>([
  [pin, initialControls.pin & ~(controlBits.pin.externalInterruptExiting | controlBits.pin.nmiExiting)],
  [apicWrites.source, apicWrites.bits],
]);

/** The controls of a preset. */
export const presetControls = (preset: keyof typeof presets): Operation[] => [
  ...[...start].map(([place, value]) => ({ kind: 'set', source: place, value }) as const),
  ...presets[preset].flatMap((control) => controlChange(control, true)),
];
