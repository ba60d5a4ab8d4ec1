import { activityStates, interruptibility } from '../../../spec/vmx/guest-non-register-state.ts';
import { control, type Machine } from '../machine.ts';
import { Part } from '../part.ts';
import type { Core } from '../state.ts';

/** What a level, as it is, lets through. */
export class Interruptibility extends Part {
  /** IF 1 and no blocking: interrupts can be delivered, and the interrupt window is open. */
  isOpen({ interruptFlag, blocking }: Core): boolean {
    if (blocking & interruptibility.blockingBySti) this.cite('interrupt-after-the-first-opening');
    if (blocking & interruptibility.blockingByMovSs) this.cite('mov-ss-blocks-one-instruction');
    return interruptFlag && blocking === 0;
  }

  /** "Blocking by STI and by MOV SS holds off an external-interrupt exit, and posted-interrupt processing, or does not." */
  holdsOffInterruptExit({ blocking }: Core, { blocksInterruptExit }: Machine): boolean {
    if (blocking !== 0) this.cite('blocking-may-hold-off-the-exit');
    return (blocking & blocksInterruptExit) !== 0;
  }

  /** "Blocking by STI and by MOV SS holds off an NMI exit, or does not." */
  holdsOffNmiExit({ blocking }: Core, { blocksNmiExit }: Machine): boolean {
    if (blocking !== 0) this.cite('blocking-may-hold-off-the-nmi-exit');
    return (blocking & blocksNmiExit) !== 0;
  }

  /** Blocking that holds off the delivery of an NMI to either level, and the NMI window. */
  holdsOffNmi({ blocking }: Core, { blocksNmi }: Machine): boolean {
    if (blocking & interruptibility.blockingByMovSs) this.cite('mov-ss-blocks-nmi-delivery');
    if (blocking & interruptibility.blockingBySti) this.cite('sti-may-block-nmi-delivery');
    return (blocking & blocksNmi) !== 0;
  }

  /** NMIs are blocked in L2: "with 'virtual NMIs' they are not blocked, and bit 3 is virtual-NMI blocking" */
  blocksNmis({ nmiBlocking }: Core, controls: number): boolean {
    if (controls & control.virtualNmis) {
      if (nmiBlocking) this.cite('virtual-nmi-blocking-holds-no-nmi');
      return false;
    }
    if (nmiBlocking) this.cite('blocked-nmi-waits');
    return nmiBlocking;
  }

  /** Interrupts and windows: "in shutdown … neither exit nor delivery" */
  takesInterrupts({ activity }: Core): boolean {
    if (activity === activityStates.shutdown) this.cite('shutdown-blocks-interrupts');
    return activity === activityStates.active || activity === activityStates.hlt;
  }

  /** "In wait-for-SIPI interrupts, NMI, INIT, timer and windows cause neither exit nor delivery" */
  waitsForSipi({ activity }: Core): boolean {
    const waits = activity === activityStates.waitForSipi;
    if (waits) this.cite('wait-for-sipi-blocks-everything-else');
    return waits;
  }
}
