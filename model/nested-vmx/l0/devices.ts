import { activityStates } from '../../../spec/vmx/guest-non-register-state.ts';
import type { DeviceEvent } from '../events.ts';
import { Part } from '../part.ts';
import type { NestedState as State } from '../state.ts';
import { with12, withChips, withL0 } from '../update.ts';

/** What comes from outside for L1's processor: L0's device models make it pending, and bring L0 to look. */
export class NestedDevices extends Part {
  step(state: State, event: DeviceEvent): State {
    const { interrupts, l1Apic, host } = this.parts;
    switch (event.kind) {
      case 'interrupt':
        return l1Apic.accept(state, (chips) => ({
          ...chips,
          apic: interrupts.accept(chips.apic, event.vector, false),
        }));
      case 'line':
        return l1Apic.accept(state, (chips) => interrupts.drive(chips, event.on));
      case 'pic':
        return host.kick(
          event.on ? withChips(state, { pic: true }) : { ...state, chips: interrupts.withdraw(state.chips) },
        );
      case 'nmi':
        return host.kick(withChips(state, { nmi: true }));
      case 'init':
        return host.kick(withChips(state, { init: true }));
      case 'sipi':
        return this.acceptsSipi(state) ? host.kick(withChips(state, { sipi: true })) : state;
      case 'timerExpiry':
        return host.kick(withL0(state, { timer: true }));
      case 'post':
        return this.post(state, event.vector);
      default:
        return event satisfies never;
    }
  }

  /** "SIPI that comes while L1 runs, or L2 in any other state, is discarded" */
  acceptsSipi({ runsL2, vmcs02 }: State): boolean {
    const accepts = runsL2 && vmcs02.guest.core.activity === activityStates.waitForSipi;
    if (!accepts) this.cite('sipi-is-discarded-elsewhere');
    return accepts;
  }

  /** The descriptor of L2 is memory of L1. */
  private post(state: State, vector: number): State {
    const { virtualInterrupts } = this.parts;
    if (!state.runsL2) return with12(state, { virtual: virtualInterrupts.post(state.vmcs12.virtual, vector) });
    const { guest } = state.vmcs02;
    const virtual = virtualInterrupts.post(guest.virtual, vector);
    return { ...state, vmcs02: { ...state.vmcs02, guest: { ...guest, virtual } } };
  }
}
