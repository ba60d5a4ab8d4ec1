import * as control from '../controls.ts';
import * as field from '../field-numbers.ts';
import type { Machine } from '../machine.ts';

/** Control fields that the processor has to hold while L2 runs. */
const controlFields = Uint8Array.of(
  field.pinControls,
  field.processorControls,
  field.secondaryControls,
  field.exceptionBitmap,
  field.exitControls,
  field.entryControls,
);

/** L0's own controls, by field: or-ed to those of L1. */
const ofL0 = new Uint32Array(field.fieldCount);
for (const which of [
  control.externalInterruptExiting,
  control.nmiExiting,
  control.virtualNmis,
  control.hltExiting,
  control.unconditionalIoExiting,
  control.msrBitmaps,
  control.ept,
  control.interceptUd,
  control.interceptDb,
]) {
  ofL0[control.fieldOf(which)] |= control.maskOf(which);
}

const tscOffsetOfL0 = 0x0123_0000;
const eptpOfL0 = 0x0066_601e;
/** L0 traps IA32_EFER and IA32_DEBUGCTL: places in the MSR bitmap. */
const bitmapOfL0 = (1 << 3) | (1 << 4);

/** The controls under which L2 runs: those of L1, and L0's on top where there is one. */
export function composeControls(m: Machine): void {
  const { hardware, nested } = m;
  const { fields } = m.vmcs;
  for (let i = 0; i < controlFields.length; i++) {
    const number = controlFields[i];
    hardware[number] = nested ? fields[number] | ofL0[number] : fields[number];
  }
  if (!nested) return;
  m.l0.mergedBitmap = m.msrBitmap | bitmapOfL0;
  hardware[field.tscOffset] = fields[field.tscOffset] + tscOffsetOfL0;
  hardware[field.eptp] = eptpOfL0;
  hardware[field.linkPointer] = 0xffff_ffff;
}
