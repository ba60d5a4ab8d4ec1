import { handlerEntry } from '../../../spec/nested-vmx/universe.ts';
import { activityStates } from '../../../spec/vmx/guest-non-register-state.ts';

const { active } = activityStates;

/** What a level has in the processor while it runs, and a VMCS holds of it while it does not. Flags are 0 or 1. */
export class GuestState {
  /** RFLAGS.IF. */
  interrupts = 0;
  /** Bits 1:0 of the interruptibility state. */
  blocking = 0;
  /** Bit 3 of the interruptibility state. */
  nmi = 0;
  activity: number = active;
  /** Instructions completed since the last entry, modulo 256. */
  count = 0;
  /** Position of the handler whose first instruction is next; 0: that is not so. */
  handler = 0;

  copy(from: GuestState): void {
    this.interrupts = from.interrupts;
    this.blocking = from.blocking;
    this.nmi = from.nmi;
    this.activity = from.activity;
    this.count = from.count;
    this.handler = from.handler;
  }

  /** Active, interrupts off, nothing blocked by STI and MOV SS: after reset, and after a VM exit. */
  startAsHost(): void {
    this.interrupts = 0;
    this.blocking = 0;
    this.activity = active;
  }

  get position(): number {
    return this.handler === 0 ? this.count : this.handler;
  }

  /** Whether it takes maskable interrupts, as far as IF and blocking go. */
  get open(): boolean {
    return this.interrupts !== 0 && this.blocking === 0;
  }

  /** An instruction has completed. */
  advance(): void {
    this.count = (this.count + 1) & 0xff;
    this.handler = 0;
  }

  /** The handler of a vector comes next, by an interrupt gate. */
  enterHandler(vector: number): void {
    this.interrupts = 0;
    this.handler = handlerEntry + vector;
  }
}
