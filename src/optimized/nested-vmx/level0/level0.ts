import { VirtualInterrupts, vectorSet, type LocalApic } from '../../local-apic/index.ts';
import { nothing } from '../actions.ts';
import { GuestState } from '../guest-state.ts';
import { Vmcs0 } from './vmcs0.ts';

/** What L0 keeps for itself, and the processor that it runs L1 and L2 on. */
export class Level0 {
  // The processor, while a guest is on it: registers, a pending MTF exit, and the timer at zero.
  readonly registers = new GuestState();
  onProcessor = false;
  mtf = false;
  timer = false;

  readonly vmcs01: Vmcs0;
  readonly vmcs02 = new Vmcs0(new GuestState());
  /** `vmcs02.base` follows from what L1 has written. */
  composed = false;
  /** 02 has a guest state that 12 has not got yet; its bit 3 is written at once. */
  guest12Stale = false;
  /** L1 has written a guest state that 02 has not got yet. */
  guest02Stale = true;

  /** Something has come: L0 looks before a guest goes on. */
  request = true;
  /** L0 has looked since it has control; `plan` is what it will do. */
  looked = false;
  plan = nothing;
  /** Windows that L0 has armed, as controls. */
  armed = 0;
  /** VMLAUNCH or VMRESUME of L1 was accepted, and L2 has not been entered yet. */
  nestedRunPending = false;
  /** An event whose delivery was interrupted stands in the entry field of 01 or 02. */
  inFlight = false;
  /** NMIs blocked with "NMI exiting" alone in 12: in 02 an IRET would end it. */
  nmisBlocked = 0;
  /** L0's own software waits for a window. */
  hostWindow = false;
  trapDelivery = false;
  trapInstruction = false;
  trapEmulation = false;

  /** With virtual-interrupt delivery for L1: its status over L1's local APIC, and L1's descriptor. */
  readonly virtual: VirtualInterrupts;
  readonly pir = vectorSet();
  outstanding = false;
  /** L0 has changed IRR or ISR of L1 by software: RVI and SVI are to be written before L1 runs. */
  statusStale = true;

  /** `l1` becomes the guest-state area of 01. */
  constructor(l1: GuestState, apic: LocalApic) {
    this.vmcs01 = new Vmcs0(l1);
    this.virtual = new VirtualInterrupts(apic);
  }

  reset(): void {
    this.onProcessor = false;
    this.mtf = false;
    this.timer = false;
    this.vmcs01.clear();
    this.vmcs02.clear();
    this.composed = false;
    this.guest12Stale = false;
    this.guest02Stale = true;
    this.request = true;
    this.looked = false;
    this.plan = nothing;
    this.armed = 0;
    this.nestedRunPending = false;
    this.inFlight = false;
    this.nmisBlocked = 0;
    this.hostWindow = false;
    this.trapDelivery = false;
    this.trapInstruction = false;
    this.trapEmulation = false;
    this.virtual.reset();
    this.pir.fill(0);
    this.outstanding = false;
    this.statusStale = true;
  }
}
