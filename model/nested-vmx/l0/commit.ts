import { match } from 'ts-pattern';
import { picVector, sipiVector } from '../../../spec/nested-vmx/universe.ts';
import { activityStates } from '../../../spec/vmx/guest-non-register-state.ts';
import { exitReasons } from '../../../spec/vmx/exit-reasons.ts';
import { eventTypes } from '../../../spec/vmx/interruption-information.ts';
import { externalInterrupt, nonMaskableInterrupt, plain, typeOf } from '../events.ts';
import { withAcknowledge, withProcessed } from '../outputs.ts';
import { Part } from '../part.ts';
import { plainExit } from '../processor/vm-exit.ts';
import type { EventFields, NestedState as State } from '../state.ts';
import { currentOf, withChips, withCurrent, withGuest, withL0 } from '../update.ts';

/** L0 carries out what it has planned, right before the entry. */
export class Commit extends Part {
  commit(state: State): State {
    const { reflection } = this.parts;
    return match(state.l0.plan)
      .with('enter', () => state)
      .with('inject-in-flight', () => this.inject(state, state.l0.inflight))
      .with('inject-nmi', () => this.injectNmi(state))
      .with('inject-interrupt', () => this.injectInterrupt(state))
      .with('process-posted', () => this.process(state))
      .with('exit-sipi', () => reflection.exit(state, { ...plainExit(exitReasons.sipi), qualification: sipiVector }))
      .with('exit-init', () => reflection.exit(withChips(state, { init: false }), plainExit(exitReasons.init)))
      .with('exit-mtf', () => reflection.exit(state, plainExit(exitReasons.monitorTrapFlag)))
      .with('exit-timer', () => reflection.exit(state, plainExit(exitReasons.preemptionTimer)))
      .with('exit-nmi-window', () => reflection.exit(state, plainExit(exitReasons.nmiWindow)))
      .with('exit-nmi', () =>
        reflection.exit(withChips(state, { nmi: false }), {
          ...plainExit(exitReasons.exceptionOrNmi),
          information: nonMaskableInterrupt,
        }),
      )
      .with('exit-interrupt', () => this.exitOnInterrupt(state))
      .exhaustive();
  }

  /** The event is in flight until the processor has delivered it. */
  inject(state: State, inflight: EventFields): State {
    const ready = this.withoutNmiBlocking(state, inflight);
    return withCurrent(withL0(ready, { inflight }), { entry: inflight });
  }

  /**
   * 01 and 02 have "virtual NMIs", with which an NMI is not injected into a guest that blocks NMIs: its own first attempt
   * has set bit 3, or L1 has, whose VMCS need not have that control. The delivery sets it again.
   */
  withoutNmiBlocking(state: State, { information }: EventFields): State {
    const { core } = currentOf(state).guest;
    if (typeOf(information) !== eventTypes.nmi || !core.nmiBlocking) return state;
    return withGuest(state, { core: { ...core, nmiBlocking: false } });
  }

  private injectNmi(state: State): State {
    if (state.runsL2) this.cite('nmi-goes-through-the-idt-of-l2');
    return this.inject(withChips(state, { nmi: false }), plain(nonMaskableInterrupt));
  }

  private injectInterrupt(state: State): State {
    const { interrupts, interruptExits } = this.parts;
    const vector = interrupts.source(state.chips);
    const chips = state.runsL2
      ? interruptExits.acknowledgeForL2(state.chips, vector)
      : interruptExits.acknowledgeForL1(state.chips, vector);
    const acknowledged = withAcknowledge({ ...state, chips }, vector === picVector);
    return this.inject(this.parts.l1Apic.sync(acknowledged), plain(externalInterrupt(vector)));
  }

  /** Posted-interrupt processing for L2 in software: its page and descriptor are memory. */
  private process(state: State): State {
    const { interruptExits, virtualInterrupts } = this.parts;
    const { guest } = state.vmcs02;
    if (guest.core.activity === activityStates.hlt) this.cite('processing-leaves-l2-halted');
    const virtual = virtualInterrupts.process(guest.virtual, state.vmcs12.controls);
    const consumed = { ...state, chips: interruptExits.consume(state.chips) };
    return withProcessed(withL0(withCurrent(consumed, { guest: { ...guest, virtual } }), { looked: false }));
  }

  /** The acknowledge comes after L2 was left. */
  private exitOnInterrupt(state: State): State {
    const { interrupts, interruptExits, reflection, nestedEvents } = this.parts;
    const { controls } = state.vmcs12;
    const vector = interrupts.source(state.chips);
    const left = reflection.exit(state, interruptExits.exit(vector, controls, nestedEvents.coreOfL2(state)));
    const chips = interruptExits.chipsAfterExit(left.chips, vector, controls);
    return withAcknowledge({ ...left, chips }, state.chips.pic && !chips.pic);
  }
}
