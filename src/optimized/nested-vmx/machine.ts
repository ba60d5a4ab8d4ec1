import { LocalApic, VirtualInterrupts, vectorSet } from '../local-apic/index.ts';
import { Frames } from './frames.ts';
import { GuestState } from './guest-state.ts';
import { Level0 } from './level0/level0.ts';
import { Vmcs12 } from './vmcs12.ts';

/** Values of {@link Machine.virtualization}. */
export const noVirtualization = 0;
export const virtualInterrupts = 1;
export const postedToo = 2;

/** The whole state. What belongs to L1's processor is L0's software in the profile nested; names are L1's. */
export class Machine {
  // The configuration.
  nested = false;
  virtualization = noVirtualization;
  l0Apicv = false;
  /** Blocking that holds off an external-interrupt exit, an NMI exit, and the delivery of an NMI with its window. */
  holdsInterruptExit = 0;
  holdsNmiExit = 0;
  holdsNmi = 0;
  stiFailsNmiInjection = false;
  zeroOnTie = false;

  l2Runs = false;
  /** L1 while it runs; in nested the guest-state area of 01. Its `nmi` is NMIs blocked. */
  readonly l1 = new GuestState();
  readonly frames1 = new Frames();
  readonly frames2 = new Frames();
  readonly vmcs = new Vmcs12();
  /** The state of the level that runs, wherever it is. */
  current: GuestState = this.l1;

  // L1's local APIC, its 8259 and the line of its I/O APIC.
  readonly apic = new LocalApic();
  pic = false;
  line = false;
  remoteIrr = false;

  // What has come. In nested MTF and timer are what L0 knows of them while it has control.
  nmi = false;
  init = false;
  sipi = false;
  mtf = false;
  timer = false;

  /** The virtual-APIC page of L2 with its guest interrupt status, and its descriptor. */
  readonly virtual = new VirtualInterrupts(new LocalApic());
  readonly pir = vectorSet();
  outstanding = false;

  readonly l0 = new Level0(this.l1, this.apic);

  words = new Uint32Array(0);
  /** What must be shown anew: registers of the local APIC, and of the virtual APIC. */
  apicChanged = true;
  virtualChanged = true;
}
