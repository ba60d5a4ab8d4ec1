import { activityStates } from '../../../spec/vmx/guest-non-register-state.ts';
import { control } from '../machine.ts';
import { Part } from '../part.ts';
import type { Situation } from '../processor/priorities.ts';
import type { Core, NestedState as State, Plan } from '../state.ts';

/** What L0 finds for L2: what is to be exited to L1, what is to be injected, and what the processor will do by itself. */
export class NestedEvents extends Part {
  /** L2 as L1 would see it. */
  coreOfL2(state: State): Core {
    const { core } = state.vmcs02.guest;
    const nmiBlocking = this.nmiBlockingOfL2(state);
    return nmiBlocking === core.nmiBlocking ? core : { ...core, nmiBlocking };
  }

  /**
   * Bit 3 for L1. 02 always has "virtual NMIs", so that IRET of L2 ends blocking there; with "NMI exiting" alone L1
   * must not see that ("and neither with 'NMI exiting' alone").
   */
  nmiBlockingOfL2({ vmcs12, vmcs02, l0 }: State): boolean {
    const isHeld = (vmcs12.controls & (control.nmiExiting | control.virtualNmis)) === control.nmiExiting;
    return isHeld ? l0.nmiBlocking : vmcs02.guest.core.nmiBlocking;
  }

  /** What waits for L2 or for an exit to L1, by the controls of L1. */
  situation(state: State): Situation {
    const { chips, vmcs12, vmcs02, l0 } = state;
    const { virtualInterrupts } = this.parts;
    const { controls } = vmcs12;
    const isVirtual = (controls & control.virtualInterruptDelivery) !== 0;
    return {
      core: this.coreOfL2(state),
      controls,
      mtf: l0.mtf,
      timer: l0.timer,
      recognized: isVirtual && virtualInterrupts.recognizes(vmcs02.guest.virtual, controls),
      sipi: chips.sipi,
      init: chips.init,
      nmi: chips.nmi,
      interrupt: this.parts.interruptExits.source(chips),
    };
  }

  /** Whether there is anything that L0 has to look at again as soon as the processor has been in L2. */
  remains({ init, mtf, timer, nmi, interrupt }: Situation): boolean {
    return init || mtf || timer || nmi || interrupt !== 0;
  }

  plan(state: State, situation: Situation): Plan {
    const { runPending, inflight } = state.l0;
    const isEvent = inflight.information !== 0;
    const mustEnter = runPending ? this.cannotExitNow(state, situation) : isEvent && this.isInFlight(state, situation);
    const plan = mustEnter ? 'enter' : this.first(state, situation);
    return plan === 'enter' && isEvent ? 'inject-in-flight' : plan;
  }

  /** "A delivery that a violation of L0 has interrupted is finished before anything else is looked at" */
  isInFlight(_state: State, situation: Situation): boolean {
    if (this.remains(situation)) this.cite('in-flight-event-is-delivered-first');
    return true;
  }

  /** "when nested_run_pending, we cannot return to L1 now": it is remembered, and done after the entry. */
  cannotExitNow({ l0 }: State, situation: Situation): boolean {
    if (this.remains(situation)) {
      this.cite('entry-recognizes-nothing');
      if (l0.inflight.information === 0) this.cite('entry-executes-nothing-first');
    }
    return true;
  }

  private first(state: State, situation: Situation): Plan {
    const { core, mtf, timer, init, sipi } = situation;
    const { interruptibility } = this.parts;
    if (interruptibility.waitsForSipi(core)) return sipi ? this.taken('exit-sipi', 'sipi', situation) : 'enter';
    if (init) return this.taken('exit-init', 'init', situation);
    if (mtf && core.activity !== activityStates.shutdown) return this.taken('exit-mtf', 'mtf', situation);
    if (timer) return this.taken('exit-timer', 'timer', situation);
    return this.nmi(state, situation) ?? this.interrupt(state, situation);
  }

  private taken(plan: Plan, rank: Parameters<Part['parts']['priorities']['note']>[0], situation: Situation): Plan {
    this.parts.priorities.note(rank, situation);
    return plan;
  }

  /** NMIs, and L1's window for them. */
  nmi({ machine }: State, situation: Situation): Plan | undefined {
    const { core, controls, nmi } = situation;
    const { boundary, interruptibility } = this.parts;
    if (boundary.nmiWindowIsOpen(situation, machine)) {
      // The processor finds the window open by itself, unless L2 does not run on it at all.
      const runs = core.activity !== activityStates.shutdown;
      return this.taken(runs ? 'enter' : 'exit-nmi-window', 'nmi-window', situation);
    }
    if (!nmi || interruptibility.blocksNmis(core, controls)) return undefined;
    if (boundary.exitsOnNmi(controls)) {
      if (interruptibility.holdsOffNmiExit(core, machine)) return undefined;
      return this.taken('exit-nmi', 'nmi-exit', situation);
    }
    if (interruptibility.holdsOffNmi(core, machine)) return undefined;
    return this.taken('inject-nmi', 'nmi-delivery', situation);
  }

  /** Interrupts, L1's window for them, and virtual interrupts. */
  interrupt({ machine }: State, situation: Situation): Plan {
    const { core, controls, interrupt } = situation;
    const { boundary, interruptibility, interruptExits, priorities } = this.parts;
    if (!interruptibility.takesInterrupts(core) || interrupt === 0) return 'enter';
    const first = boundary.virtual(situation);
    if (first !== undefined) {
      priorities.note(first, situation);
      return 'enter';
    }
    if (!boundary.exitsOnInterrupt(controls)) {
      return boundary.takesDirectInterrupt(core)
        ? this.taken('inject-interrupt', 'interrupt-delivery', situation)
        : 'enter';
    }
    if (interruptibility.holdsOffInterruptExit(core, machine)) return 'enter';
    return interruptExits.isProcessed(interrupt, controls) ? 'process-posted' : 'exit-interrupt';
  }
}
