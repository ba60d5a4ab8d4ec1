import { LocalApic, VirtualInterrupts } from '../local-apic/index.ts';

/** What blocks interrupts for one instruction; STI and MOV SS are also the bits of a set of both. */
export const unblocked = 0;
export const blockedBySti = 1;
export const blockedByMovss = 2;

/** What runs on a virtual CPU: L1, or its L2. */
export class Guest {
  /** As `delivery.taker` tells it: 1 is L1 of virtual CPU 0, 2 its L2, 3 virtual CPU 1. */
  readonly number: number;
  readonly apic = new LocalApic();
  readonly virtual = new VirtualInterrupts(this.apic);
  interruptFlag = true;
  blocking = unblocked;

  constructor(number: number) {
    this.number = number;
  }

  reset(): void {
    this.apic.reset();
    this.virtual.reset();
    this.interruptFlag = true;
    this.blocking = unblocked;
  }

  /** Whether it takes maskable interrupts. */
  get open(): boolean {
    return this.interruptFlag && this.blocking === unblocked;
  }
}
