import { activityStates } from '../../../spec/vmx/guest-non-register-state.ts';
import type { DeviceEvent } from '../events.ts';
import { Part } from '../part.ts';
import type { BareState as State, Chips } from '../state.ts';

/** What comes from outside, on the bare machine: it becomes pending, and that is all. */
export class BareDevices extends Part {
  step(state: State, event: DeviceEvent): State {
    const { interrupts, virtualInterrupts } = this.parts;
    const { chips, guest } = state;
    switch (event.kind) {
      case 'interrupt':
        return this.with(state, { ...chips, apic: interrupts.accept(chips.apic, event.vector, false) });
      case 'line':
        return this.with(state, interrupts.drive(chips, event.on));
      case 'pic':
        return this.with(state, event.on ? { ...chips, pic: true } : interrupts.withdraw(chips));
      case 'nmi':
        return this.with(state, { ...chips, nmi: true });
      case 'init':
        return this.with(state, { ...chips, init: true });
      case 'sipi':
        return this.acceptsSipi(state) ? this.with(state, { ...chips, sipi: true }) : state;
      case 'timerExpiry':
        return { ...state, guest: { ...guest, timer: true } };
      case 'post':
        return { ...state, guest: { ...guest, virtual: virtualInterrupts.post(guest.virtual, event.vector) } };
      default:
        return event satisfies never;
    }
  }

  private with(state: State, chips: Chips): State {
    return { ...state, chips };
  }

  /** "SIPI that comes while L1 runs, or L2 in any other state, is discarded" */
  acceptsSipi({ runsL2, guest }: State): boolean {
    const accepts = runsL2 && guest.core.activity === activityStates.waitForSipi;
    if (!accepts) this.cite('sipi-is-discarded-elsewhere');
    return accepts;
  }
}
