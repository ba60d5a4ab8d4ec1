import { eventTypes } from '../../../spec/vmx/interruption-information.ts';
import { isSoftware, isValid, typeOf } from '../events.ts';
import { control } from '../machine.ts';
import { Part } from '../part.ts';
import { activityStates } from '../../../spec/vmx/guest-non-register-state.ts';
import { interruptionInformation } from '../../../spec/vmx/interruption-information.ts';
import type { Core, EventFields } from '../state.ts';

/** What VMLAUNCH or VMRESUME of L1 makes of the fields of its VMCS. */
export class Loading extends Part {
  /** L2 as it starts. The number of its instructions is 0. */
  guestState(core: Core): Core {
    this.cite('entry-loads-the-guest-state');
    if (core.activity === activityStates.hlt) this.cite('activity-is-left-by-l1');
    return core.steps === 0 ? core : { ...core, steps: 0 };
  }

  /** "NMIs are blocked if and only if bit 3 of the field is 1, whatever L1 had; …" */
  nmiBlocking({ nmiBlocking }: Core): boolean {
    this.cite('entry-decides-nmi-blocking');
    return nmiBlocking;
  }

  /** Whether the timer is at zero from the beginning. */
  timer(controls: number, expired: boolean): boolean {
    const atZero = expired && (controls & control.preemptionTimer) !== 0;
    if (atZero) this.cite('timer-of-zero-exits-before-the-first-instruction');
    return atZero;
  }

  /** "An injected event of type 7 makes an MTF exit pending whatever the control is" */
  injectsMtf({ information }: EventFields): boolean {
    const mtf = isValid(information) && typeOf(information) === eventTypes.other;
    if (mtf) this.cite('injected-mtf-exits-at-once');
    return mtf;
  }

  /** The event that goes through the IDT of L2, if there is one. */
  vectored(entry: EventFields, core: Core): EventFields | undefined {
    const { information } = entry;
    if (!isValid(information) || typeOf(information) === eventTypes.other) return undefined;
    this.cite('injection-acknowledges-nothing');
    if (!core.interruptFlag) this.cite('injection-ignores-if-and-intercepts');
    if (isSoftware(information)) this.cite('injected-software-event-returns-behind');
    if (information & interruptionInformation.errorCode) this.cite('injected-error-code-is-pushed');
    if (typeOf(information) === eventTypes.nmi) this.cite('injected-nmi-blocks');
    if (core.blocking !== 0 || core.activity !== activityStates.active) this.cite('vectoring-entry-ends-blocking');
    return entry;
  }
}
