import { vectorSet } from '../local-apic/index.ts';
import type { Guest } from './guest.ts';
import { PostedInterruptDescriptor } from './posted-interrupt-descriptor.ts';

/** Values of {@link VirtualCpu.mode}. */
export const outside = 0;
export const inGuest = 1;
export const toldToLeave = 2;

/** A virtual CPU: its L1, its VMCS, its descriptor, and where it is. */
export class VirtualCpu {
  readonly number: number;
  readonly guest: Guest;
  readonly descriptor = new PostedInterruptDescriptor();
  readonly eoiExit = vectorSet();
  threshold = 0;
  /** "Interrupt-window exiting". */
  window = false;

  halted = false;
  l2Runs = false;
  nmi = false;
  /** The guest's IDT is not in the EPT. */
  obstructed = false;
  /** Interruption information of the event that is injected again, or 0. */
  inflight = 0;

  mode = outside;
  pcpu = 0;
  loaded = false;
  blocked = false;
  /** 1 + the physical CPU on whose wake-up list it is; 0: none. */
  list = 0;

  constructor(number: number, guest: Guest) {
    this.number = number;
    this.guest = guest;
  }

  reset(): void {
    this.guest.reset();
    this.descriptor.reset(0, 0);
    this.eoiExit.fill(0);
    this.threshold = 0;
    this.window = false;
    this.halted = false;
    this.l2Runs = false;
    this.nmi = false;
    this.obstructed = false;
    this.inflight = 0;
    this.mode = outside;
    this.pcpu = 0;
    this.loaded = false;
    this.blocked = false;
    this.list = 0;
  }
}
