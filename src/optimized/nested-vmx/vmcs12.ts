import { GuestState } from './guest-state.ts';

/** The VMCS that L1 keeps for L2. On the bare processor its guest-state area is also where L2 lives while it runs. */
export class Vmcs12 {
  controls = 0;
  entryInformation = 0;
  entryError = 0;
  entryLength = 0;
  /** The VMX-preemption timer value is 0. */
  expired = false;
  /** L1's EPT maps the page of L2's IDT. */
  idt = true;
  readonly guest = new GuestState();

  reset(controls: number): void {
    this.controls = controls;
    this.entryInformation = 0;
    this.entryError = 0;
    this.entryLength = 0;
    this.expired = false;
    this.idt = true;
    const { guest } = this;
    guest.startAsHost();
    guest.interrupts = 1;
    guest.nmi = 0;
    guest.count = 0;
    guest.handler = 0;
  }

  has(control: number): boolean {
    return (this.controls & control) !== 0;
  }
}
