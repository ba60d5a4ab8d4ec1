import { activityStates } from '../../../spec/vmx/guest-non-register-state.ts';
import { eventTypes } from '../../../spec/vmx/interruption-information.ts';
import { lineVector } from '../../../spec/nested-vmx/universe.ts';
import type { L1Event, L2Event } from '../events.ts';
import { invalidOpcode, isValid, noEvent, plain, typeOf } from '../events.ts';
import { control } from '../machine.ts';
import { withDelivery } from '../outputs.ts';
import { Part } from '../part.ts';
import type { Delivered } from '../processor/event-delivery.ts';
import type { Interceptable, RegisterInstruction } from '../processor/instructions.ts';
import { hasActed } from '../shown.ts';
import type { NestedState as State } from '../state.ts';
import { currentOf, withGuest, withL0 } from '../update.ts';

/** Exits and entries before an instruction; a right L0 needs a few of them, a wrong one may come back for ever. */
const turns = 32;

/** An instruction of L1 or L2 below L0: L0 enters if it has control, the processor executes, L0 handles what exits. */
export class NestedExecution extends Part {
  step(state: State, event: L1Event | L2Event): State {
    const ready = this.run(state, true);
    if (hasActed(ready.out) || !ready.inGuest || event.kind === 'l1Wait' || event.kind === 'l2Wait') return ready;
    const paged = this.pageIn(ready);
    return hasActed(paged.out) ? paged : this.instruction(paged, event);
  }

  /** The page of the next instruction is swapped out: L0 brings it back, and the instruction is executed again. */
  private pageIn(state: State): State {
    if (!state.l0.trapInstruction) return state;
    return this.run(this.parts.exitHandlers.swappedOut(state), true);
  }

  private instruction(state: State, event: L1Event | L2Event): State {
    const emulated = state.l0.trapEmulation;
    if (emulated) return this.emulate(withL0(state, { trapEmulation: false }), event);
    return state.runsL2 ? this.l2(state, event as L2Event) : this.l1(state, event as L1Event);
  }

  private emulate(state: State, event: L1Event | L2Event): State {
    const left = this.parts.exitHandlers.leave(state);
    const { emulator } = this.parts;
    const next = left.runsL2 ? emulator.l2(left, event as L2Event) : emulator.l1(left, event as L1Event);
    return this.deliverInFlight(next);
  }

  /** What is to be delivered within the event, is. */
  private deliverInFlight(state: State): State {
    return state.l0.inflight.information === 0 || hasActed(state.out) ? state : this.run(state, false);
  }

  /** Until something has happened that L1 or L2 sees, or the next instruction can be executed, or L0 keeps the level. */
  private run(state: State, toBoundary: boolean): State {
    let next = state;
    for (let turn = 0; turn < turns; turn++) {
      if (!next.inGuest) {
        next = this.enter(next);
        if (hasActed(next.out) || this.isKept(next)) return next;
        continue;
      }
      if (!toBoundary) return next;
      next = this.notified(next);
      const { guest } = currentOf(next);
      const taken = this.parts.nonRoot.choose(guest, next.physical, next.machine);
      if (taken === undefined) return next;
      const { physical, ...became } = this.parts.nonRoot.act(guest, next.physical, taken, next.runsL2);
      next = this.became({ ...next, physical }, became);
      if (hasActed(next.out)) return next;
    }
    return next;
  }

  private notified(state: State): State {
    const processed = this.parts.nonRoot.notified(currentOf(state).guest, state.physical, state.machine);
    return processed === undefined ? state : withGuest({ ...state, physical: processed.physical }, processed.guest);
  }

  /** L0 looks, unless it has and nothing has come since, carries out what it has planned, and enters. */
  private enter(state: State): State {
    const { look, commit, nonRoot } = this.parts;
    const ready = commit.commit(this.mustLook(state) ? look.look(state) : state);
    if (hasActed(ready.out) || this.isKept(ready)) return ready;
    const vmcs = currentOf(ready);
    if (nonRoot.refuses(vmcs)) return this.afterRefusal(ready);
    const isNmi = isValid(vmcs.entry.information) && typeOf(vmcs.entry.information) === eventTypes.nmi;
    const entered = withL0(
      { ...ready, inGuest: true },
      { runPending: false, nmiBlocking: ready.l0.nmiBlocking || isNmi, inflight: noEvent },
    );
    return this.became(entered, nonRoot.enter(vmcs, ready.runsL2));
  }

  /** An entry that the processor has refused: L0 can but drop the event. */
  private afterRefusal(state: State): State {
    return withL0(state, { inflight: noEvent, looked: false });
  }

  /** "What becomes pending after L0 has looked … takes effect at the first boundary of L2" */
  mustLook({ l0 }: State): boolean {
    return !l0.looked;
  }

  /** A level that executes nothing is not on the processor: L0 keeps it until something is to be done. */
  isKept(state: State): boolean {
    if (state.inGuest || state.l0.plan.startsWith('inject')) return false;
    const { activity } = currentOf(state).guest.core;
    return activity === activityStates.shutdown || activity === activityStates.waitForSipi;
  }

  /** What the processor has made of the guest: nothing special, a delivery, or an exit. */
  private became(state: State, { guest, delivery, exit }: Delivered): State {
    const next = withGuest(state, guest);
    if (exit !== undefined) return this.parts.exitHandlers.handle(next, exit);
    if (delivery === undefined) return next;
    if (state.runsL2) return withDelivery(next, delivery);
    this.cite('l1-takes-it-when-it-opens');
    return withDelivery(next, { ...delivery, level: 1, position: 0, length: 0 });
  }

  // Instructions of L1 under 01.

  private l1(state: State, event: L1Event): State {
    const { exitHandlers, emulator } = this.parts;
    switch (event.kind) {
      case 'l1Nop':
        return this.native(state, 'nop');
      case 'l1Sti':
        return this.native(state, 'sti');
      case 'l1Cli':
        return this.native(state, 'cli');
      case 'l1MovSs':
        return this.native(state, 'movSs');
      case 'l1Hlt':
        return this.native(state, 'hlt');
      case 'l1Iret':
        return this.native(state, 'iret');
      case 'l1Eoi':
        return this.isVirtualized(state) ? this.virtualizedEoi(state) : emulator.eoi(exitHandlers.leave(state));
      case 'l1Tpr':
        return this.isVirtualized(state)
          ? this.virtualizedTpr(state, event.priority)
          : emulator.writeTpr(exitHandlers.leave(state), event.priority);
      case 'l1Enter':
        return this.deliverInFlight(emulator.l1(exitHandlers.leave(state), event));
      default:
        // VMWRITE, and writes to memory that L0 has to know of.
        return emulator.l1(exitHandlers.leave(state), event);
    }
  }

  private virtualizedEoi(state: State): State {
    const { quiet, exitHandlers, localApic } = this.parts;
    const next = this.native(state, 'nop');
    const { virtual, controls } = next.vmcs01.guest;
    if (virtual.svi !== 0) localApic.completes(virtual.isr);
    const after = withGuest(next, { virtual: quiet.virtualInterrupts.eoi(virtual, controls) });
    // The EOI-exit bitmap has the vector of the I/O APIC.
    return virtual.svi === lineVector ? exitHandlers.virtualizedEoi(after) : after;
  }

  private virtualizedTpr(state: State, tpr: number): State {
    const next = this.native(state, 'nop');
    const { virtual, controls } = next.vmcs01.guest;
    return withGuest(next, { virtual: this.parts.quiet.virtualInterrupts.writeTpr(virtual, tpr, controls) });
  }

  // Instructions of L2 under 02.

  private l2(state: State, event: L2Event): State {
    switch (event.kind) {
      case 'l2Wait':
        return state;
      case 'l2Nop':
        return this.native(state, 'nop');
      case 'l2Sti':
        return this.native(state, 'sti');
      case 'l2Cli':
        return this.native(state, 'cli');
      case 'l2MovSs':
        return this.native(state, 'movSs');
      case 'l2Iret':
        return this.native(state, 'iret');
      case 'l2Hlt':
        return this.interceptable(state, 'hlt', () => this.native(state, 'hlt'));
      case 'l2Vmcall':
        return this.interceptable(state, 'vmcall', () => state);
      case 'l2Read':
        return this.interceptable(state, 'read', () => state);
      case 'l2InvalidOpcode':
        return this.interceptable(state, 'invalidOpcode', () => this.raiseInvalidOpcode(state));
      case 'l2Eoi':
      case 'l2Tpr':
        return this.apicAccess(state, event);
      default:
        return event satisfies never;
    }
  }

  private native(state: State, instruction: RegisterInstruction): State {
    return withGuest(state, this.parts.instructions.complete(currentOf(state).guest, instruction));
  }

  private interceptable(state: State, instruction: Interceptable, execute: () => State): State {
    const exit = this.parts.instructions.intercept(state.vmcs02.guest.controls, instruction);
    return exit === undefined ? execute() : this.parts.exitHandlers.handle(state, exit);
  }

  /** The processor delivers it; a page that L0 has swapped out is met here too. */
  private raiseInvalidOpcode(state: State): State {
    this.cite('exception-of-l2-goes-before-interrupts-behind-it');
    const raised = this.became(state, this.parts.eventDelivery.deliver(state.vmcs02.guest, plain(invalidOpcode)));
    return this.deliverInFlight(raised);
  }

  private isVirtualized(state: State): boolean {
    return (currentOf(state).guest.controls & control.virtualInterruptDelivery) !== 0;
  }

  /** Virtualized for L2, intercepted by L1, or by L0, which has L1's local APIC. */
  private apicAccess(state: State, event: Extract<L2Event, { kind: 'l2Eoi' | 'l2Tpr' }>): State {
    const { instructions, virtualInterrupts, exitHandlers, emulator } = this.parts;
    const { controls } = state.vmcs02.guest;
    if (instructions.intercept(controls, 'apicAccess') !== undefined) {
      return emulator.l2(exitHandlers.leave(state), event);
    }
    const next = this.native(state, 'nop');
    const { virtual } = next.vmcs02.guest;
    return withGuest(next, {
      virtual:
        event.kind === 'l2Eoi'
          ? virtualInterrupts.eoi(virtual, controls)
          : virtualInterrupts.writeTpr(virtual, event.priority, controls),
    });
  }
}
