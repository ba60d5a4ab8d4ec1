import { match } from 'ts-pattern';
import { lineVector } from '../../../spec/nested-vmx/universe.ts';
import { exitReasons } from '../../../spec/vmx/exit-reasons.ts';
import { invalidOpcode, isValid, noEvent } from '../events.ts';
import { control } from '../machine.ts';
import { withBroadcast } from '../outputs.ts';
import { Part } from '../part.ts';
import type { VmExit } from '../processor/vm-exit.ts';
import type { EventFields, NestedState as State } from '../state.ts';
import { currentOf, withCurrent, withL0 } from '../update.ts';

/** Physical VM exits: L0 handles them, or reflects them to L1. */
export class ExitHandlers extends Part {
  /** The running level has left the processor. */
  leave(state: State): State {
    const { guest } = currentOf(state);
    const virtual = guest.virtual.recognized ? { ...guest.virtual, recognized: false } : guest.virtual;
    const left: State = {
      ...state,
      inGuest: false,
      chips: state.runsL2 ? state.chips : this.parts.l1Apic.store(state),
      l0: { ...state.l0, mtf: this.keepsMtf(state), looked: false },
    };
    return withCurrent(left, { guest: { ...guest, virtual, mtf: false, timer: false }, entry: noEvent });
  }

  /** An MTF exit of L1's that the processor had pending, L0 remembers. */
  keepsMtf(state: State): boolean {
    return state.l0.mtf || (state.runsL2 && state.vmcs02.guest.mtf);
  }

  /** An exit that the processor has made. */
  handle(state: State, exit: VmExit): State {
    const left = this.leave(state);
    return state.runsL2 ? this.ofL2(left, exit) : this.ofL1(left, exit);
  }

  private ofL1(state: State, exit: VmExit): State {
    return match(exit.reason)
      .with(exitReasons.interruptWindow, () => this.windowOpened(state))
      .with(exitReasons.eptViolation, () => this.interruptedDelivery(state, exit))
      .otherwise(() => state);
  }

  private ofL2(state: State, exit: VmExit): State {
    const { reflection } = this.parts;
    return match(exit.reason)
      .with(exitReasons.interruptWindow, () =>
        this.afterWindow(this.windowOpened(state), exit, control.interruptWindow),
      )
      .with(exitReasons.nmiWindow, () => this.afterWindow(state, exit, control.nmiWindow))
      .with(exitReasons.eptViolation, () =>
        isValid(exit.vectoring) ? this.interruptedDelivery(state, exit) : reflection.exit(state, exit),
      )
      .with(exitReasons.exceptionOrNmi, () =>
        exit.information === invalidOpcode ? reflection.exit(state, exit) : state,
      )
      .with(exitReasons.hlt, exitReasons.vmcall, exitReasons.wrmsr, () => reflection.exit(state, exit))
      .otherwise(() => state);
  }

  /** "A window exit that L0 armed for itself … is not reported to L1 and uses up no window of L1's" */
  afterWindow(state: State, exit: VmExit, window: number): State {
    if (this.isAskedFor(state, window)) return this.parts.reflection.exit(state, exit);
    this.cite('l0-window-is-not-reported');
    return state;
  }

  isAskedFor({ vmcs12 }: State, window: number): boolean {
    return (vmcs12.controls & window) !== 0;
  }

  /** What L0's own software has waited for. */
  windowOpened(state: State): State {
    if (!state.l0.window) return state;
    this.cite('l0-window-is-not-reported');
    return withL0(state, { window: false });
  }

  /** An EPT violation in a delivery: of L1's EPT, or of L0's own, which puts the page back. */
  interruptedDelivery(state: State, exit: VmExit): State {
    const mapped = state.l0.trapDelivery ? withL0(state, { trapDelivery: false }) : state;
    if (this.isOwnedByL1(mapped)) return this.parts.reflection.exit(mapped, exit);
    this.cite('vectoring-of-l0-does-not-leak');
    const inflight: EventFields = {
      information: exit.vectoring,
      error: exit.vectoringError,
      length: exit.length,
    };
    return withL0(mapped, { inflight });
  }

  isOwnedByL1({ runsL2, vmcs12 }: State): boolean {
    return runsL2 && !vmcs12.idt;
  }

  /** An EPT violation of an instruction, by a page that L0 has swapped out. */
  swappedOut(state: State): State {
    this.cite('host-exit-is-a-stutter');
    return withL0(this.leave(state), { trapInstruction: false });
  }

  /** EOI of L1 for the level-triggered vector, with APIC virtualization. */
  virtualizedEoi(state: State): State {
    const left = this.leave(state);
    const { chips, broadcast } = this.parts.interrupts.broadcast(left.chips, lineVector);
    return withBroadcast({ ...left, chips }, broadcast);
  }
}
