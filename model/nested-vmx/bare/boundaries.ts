import { picVector, sipiVector } from '../../../spec/nested-vmx/universe.ts';
import { activityStates } from '../../../spec/vmx/guest-non-register-state.ts';
import { exitReasons } from '../../../spec/vmx/exit-reasons.ts';
import { externalInterrupt, nonMaskableInterrupt, plain } from '../events.ts';
import { withAcknowledge, withDelivery, withProcessed } from '../outputs.ts';
import { Part } from '../part.ts';
import type { Situation, Taken } from '../processor/priorities.ts';
import { plainExit } from '../processor/vm-exit.ts';
import type { BareState as State, Chips, EventFields } from '../state.ts';

/** What the bare machine does between two instructions, of L1 and of L2. */
export class BareBoundaries extends Part {
  boundary(state: State): State {
    return state.runsL2 ? this.ofL2(state) : this.ofL1(state);
  }

  // L1.

  ofL1(state: State): State {
    if (state.chips.init) this.cite('init-waits-in-root-operation');
    if (this.takesNmi(state)) return this.deliverToL1(this.withoutNmi(state), nonMaskableInterrupt);
    const vector = this.interruptForL1(state);
    return vector === 0 ? state : this.interruptL1(state, vector);
  }

  takesNmi({ chips, l1, machine }: State): boolean {
    if (!chips.nmi) return false;
    if (l1.nmiBlocking) {
      this.cite('blocked-nmi-waits');
      return false;
    }
    if (this.parts.interruptibility.holdsOffNmi(l1, machine)) return false;
    this.cite('nmi-interrupts-l1');
    return true;
  }

  interruptForL1({ chips, l1 }: State): number {
    if (!this.parts.interruptibility.isOpen(l1)) {
      if (l1.activity === activityStates.hlt && chips.apic.irr !== 0) this.cite('masked-interrupt-does-not-wake');
      return 0;
    }
    return this.parts.interrupts.source(chips);
  }

  interruptL1(state: State, vector: number): State {
    const chips = this.parts.interruptExits.acknowledgeForL1(state.chips, vector);
    const acknowledged = withAcknowledge({ ...state, chips }, vector === picVector);
    return this.deliverToL1(acknowledged, externalInterrupt(vector));
  }

  deliverToL1(state: State, information: number): State {
    const { eventDelivery } = this.parts;
    const { interruptFlag } = state.l1;
    const event = plain(information);
    const l1 = eventDelivery.enterHandler(eventDelivery.start(state.l1, event), event);
    const delivery = { level: 1, information, error: 0, position: 0, length: 0, interrupts: interruptFlag };
    return withDelivery({ ...state, l1 }, delivery);
  }

  private withoutNmi(state: State): State {
    return { ...state, chips: { ...state.chips, nmi: false } };
  }

  // L2.

  ofL2(state: State): State {
    const taken = this.chooseForL2(state);
    return taken === undefined ? state : this.act(state, taken);
  }

  chooseForL2(state: State): Taken | undefined {
    return this.parts.boundary.choose(this.situation(state), state.machine);
  }

  private situation({ chips, guest }: State): Situation {
    const { core, controls, mtf, timer, virtual } = guest;
    return {
      core,
      controls,
      mtf,
      timer,
      recognized: virtual.recognized,
      sipi: chips.sipi,
      init: chips.init,
      nmi: chips.nmi,
      interrupt: this.parts.interruptExits.source(chips),
    };
  }

  private act(state: State, taken: Taken): State {
    const { bareExits } = this.parts;
    switch (taken) {
      case 'sipi':
        return bareExits.exit(state, { ...plainExit(exitReasons.sipi), qualification: sipiVector });
      case 'init':
        return bareExits.exit(this.with(state, { init: false }), plainExit(exitReasons.init));
      case 'mtf':
        return bareExits.exit(state, plainExit(exitReasons.monitorTrapFlag));
      case 'timer':
        return bareExits.exit(state, plainExit(exitReasons.preemptionTimer));
      case 'nmi-window':
        return bareExits.exit(state, plainExit(exitReasons.nmiWindow));
      case 'nmi-exit':
        return bareExits.exit(this.withoutNmi(state), {
          ...plainExit(exitReasons.exceptionOrNmi),
          information: nonMaskableInterrupt,
        });
      case 'nmi-delivery':
        this.cite('nmi-goes-through-the-idt-of-l2');
        return this.deliverToL2(this.withoutNmi(state), plain(nonMaskableInterrupt));
      case 'interrupt-window':
        return bareExits.exit(state, plainExit(exitReasons.interruptWindow));
      case 'virtual-interrupt':
        return this.deliverVirtual(state);
      case 'interrupt-exit':
        return this.exitOnInterrupt(state);
      case 'interrupt-delivery':
        return this.deliverDirectly(state);
      default:
        return taken satisfies never;
    }
  }

  private with(state: State, change: Partial<Chips>): State {
    return { ...state, chips: { ...state.chips, ...change } };
  }

  /** An event reaches a handler of L2, or exits with it. */
  deliverToL2(state: State, event: EventFields): State {
    const { guest, delivery, exit } = this.parts.eventDelivery.deliver(state.guest, event);
    const next: State = { ...state, guest };
    if (exit !== undefined) return this.parts.bareExits.exit(next, exit);
    return delivery === undefined ? next : withDelivery(next, delivery);
  }

  private deliverVirtual(state: State): State {
    const { guest } = state;
    const virtual = this.parts.virtualInterrupts.deliver(guest.virtual);
    return this.deliverToL2({ ...state, guest: { ...guest, virtual } }, plain(externalInterrupt(guest.virtual.rvi)));
  }

  private exitOnInterrupt(state: State): State {
    const { interruptExits, interrupts, bareExits } = this.parts;
    const { guest, chips } = state;
    const vector = interrupts.source(chips);
    if (interruptExits.isProcessed(vector, guest.controls)) return this.process(state);
    const left = bareExits.exit(state, interruptExits.exit(vector, guest.controls, guest.core));
    const after = interruptExits.chipsAfterExit(left.chips, vector, guest.controls);
    return withAcknowledge({ ...left, chips: after }, chips.pic && !after.pic);
  }

  /** "there is no exit"; "Posted-interrupt processing does not end HLT" */
  process(state: State): State {
    const { interruptExits, virtualInterrupts } = this.parts;
    const { guest, chips } = state;
    if (guest.core.activity === activityStates.hlt) this.cite('processing-leaves-l2-halted');
    const virtual = virtualInterrupts.process(guest.virtual, guest.controls);
    return withProcessed({ ...state, chips: interruptExits.consume(chips), guest: { ...guest, virtual } });
  }

  private deliverDirectly(state: State): State {
    const vector = this.parts.interrupts.source(state.chips);
    const chips = this.parts.interruptExits.acknowledgeForL2(state.chips, vector);
    const acknowledged = withAcknowledge({ ...state, chips }, vector === picVector);
    return this.deliverToL2(acknowledged, plain(externalInterrupt(vector)));
  }
}
