import { fieldCount } from './field-numbers.ts';
import { withMpx, type Layout } from './layout.ts';
import { Level0 } from './level0/level0.ts';
import * as l1 from './registers-of-l1.ts';
import { Vmcs } from './vmcs.ts';

/** Values of {@link Machine.current} and {@link Machine.heldSlot}. */
export const none = -1;

/** Bits of {@link Machine.dirty}: which words must be shown anew. */
export const dirtyGuestState = 1;
export const dirtyExitInformation = 2;
export const dirtyControls = 4;
export const dirtyL1 = 8;
export const dirtyL2 = 16;
export const dirtyFields = dirtyGuestState | dirtyExitInformation | dirtyControls;
export const dirtyAll = 31;

/** The whole state: L1 with its memory, what the processor holds for L2, and L0 if there is one. */
export class Machine {
  // The configuration.
  nested = false;
  mpx = true;
  savesEferLma = true;
  int1HasType5 = true;
  zeroLengthInjection = true;
  writesExitInformation = true;

  readonly slots: readonly Vmcs[] = [new Vmcs(), new Vmcs()];
  /** The slot of the current VMCS, or {@link none}; and that VMCS, the last one while there is none. */
  current = 0;
  vmcs = this.slots[0];
  /** A bit for each slot. */
  launched = 0;

  /**
   * What the processor holds for L2, by the numbers of fields: the registers of L2 in guest state, the controls in
   * force, exit information of the last physical exit. In nested it is the VMCS that L0 composes, else the current
   * VMCS as it is inside the processor.
   */
  readonly hardware = new Uint32Array(fieldCount);
  /** The slot whose rarely needed guest state `hardware` holds as it should be, or {@link none}. */
  heldSlot = none;
  /** Whether it is newer there than in memory. */
  heldIsNewer = false;

  l2Runs = false;
  /** An MTF exit is due at the next boundary. */
  mtfDue = false;
  /** The instruction of L2 that runs has begun with TF = 1 and BTF = 0. */
  singleSteps = false;

  /** Registers of L1, by `registers-of-l1.ts`. */
  readonly l1 = new Uint32Array(l1.count);
  /** L1's memory: the MSR bitmap, the MSR-store area, and what the next delivery in L2 meets. */
  msrBitmap = 0;
  readonly msrStore = new Uint32Array(2);
  obstacle = 0;

  // Registers that nothing switches.
  cr2 = 0;
  dr6 = 0;
  perfGlobal = 0;

  readonly l0 = new Level0();

  layout: Layout = withMpx;
  words = new Uint32Array(withMpx.wordCount);
  dirty = 0;
}
