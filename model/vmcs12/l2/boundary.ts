import { exitReasons } from '../../../spec/vmx/exit-reasons.ts';
import {
  activityStates,
  interruptibility,
  pendingDebugExceptions,
} from '../../../spec/vmx/guest-non-register-state.ts';
import { any, debugctl, put, rflags } from '../bits.ts';
import { Part } from '../part.ts';
import type { L2, Vmcs12State as State } from '../state.ts';
import { controls, withL2 } from '../update.ts';

const { breakpoints, enabledBreakpoint, singleStep } = pendingDebugExceptions;

/** A debug trap, as interruption information. */
const debugTrap = 0x8000_0301;

/** What comes between two instructions of L2, in the order of the manual. */
export class Boundary extends Part {
  /** @param mtfDue an MTF exit is due */
  reach(state: State, mtfDue: boolean): State {
    if (mtfDue) return this.monitorTrap(state);
    if (this.trapIsDue(state)) return this.debugTrap(state);
    if (this.timerIsDue(state)) return this.timer(state);
    if (this.nmiWindowIsOpen(state)) return this.nmiWindow(state);
    if (this.interruptWindowIsOpen(state)) return this.interruptWindow(state);
    return state;
  }

  /** "exits after each instruction and after each event delivered, before anything else at that boundary" */
  monitorTrap(state: State): State {
    this.cite('monitor-trap-exits-after-each-step');
    return this.parts.exits.exit(state, { reason: exitReasons.monitorTrapFlag, by: 'trap' });
  }

  /** "a #DB at the first boundary that no MOV SS holds back" */
  trapIsDue({ l2 }: State): boolean {
    if (!any(l2.pendingDebug, enabledBreakpoint | singleStep)) return false;
    this.cite('pending-debug-is-delivered-by-the-entry');
    return l2.shadow !== interruptibility.blockingByMovSs;
  }

  debugTrap(state: State): State {
    this.cite('single-step-traps');
    const causes = state.l2.pendingDebug & (breakpoints | singleStep);
    const taken = withL2(state, { pendingDebug: 0 });
    if (controls(state, 'interceptDb')) return this.debugTrapExit(taken, causes);
    return this.parts.delivery.deliver(this.updated(taken, causes), {
      information: debugTrap,
      length: 0,
      like: 'trap',
      isInjected: false,
    });
  }

  /** "An exception that exits directly changes neither DR6 nor IA32_DEBUGCTL" */
  debugTrapExit(state: State, causes: number): State {
    this.cite('exception-exits-by-bitmap');
    this.cite('direct-exit-changes-no-shared-register');
    return this.parts.exits.exit(state, {
      reason: exitReasons.exceptionOrNmi,
      by: 'trap',
      interruption: debugTrap,
      qualification: causes,
    });
  }

  /** The side effects of a debug trap whose delivery begins. */
  updated(state: State, causes: number): State {
    this.cite('direct-exit-changes-no-shared-register');
    const { shared, l2 } = state;
    return {
      ...state,
      shared: { ...shared, dr6: (shared.dr6 | causes) >>> 0 },
      l2: { ...l2, debugctl: this.debugctlAfterTrap(l2) },
    };
  }

  /** "clears LBR and BTF of IA32_DEBUGCTL" */
  debugctlAfterTrap(l2: L2): number {
    this.cite('debug-exception-clears-lbr-and-btf');
    return put(l2.debugctl, debugctl.lbr | debugctl.btf, false);
  }

  /** "exits when it is 0, no shadow and no IF preventing it" */
  timerIsDue(state: State): boolean {
    return controls(state, 'preemptionTimer') && state.l2.timer === 0 && !this.waitsForSipi(state);
  }

  timer(state: State): State {
    this.cite('timer-exits-at-zero');
    return this.parts.exits.exit(state, { reason: exitReasons.preemptionTimer, by: 'trap' });
  }

  /** "at the first without blocking by NMI or a shadow, before an interrupt window" */
  nmiWindowIsOpen(state: State): boolean {
    const { l2 } = state;
    if (!controls(state, 'nmiWindowExiting') || l2.nmiBlocking || l2.shadow !== 0) return false;
    return !this.waitsForSipi(state);
  }

  nmiWindow(state: State): State {
    this.cite('windows-exit-when-open');
    return this.parts.exits.exit(state, { reason: exitReasons.nmiWindow, by: 'trap' });
  }

  /** "at the first boundary with IF = 1 and no shadow" */
  interruptWindowIsOpen(state: State): boolean {
    const { l2 } = state;
    if (!controls(state, 'interruptWindowExiting') || !any(l2.rflags, rflags.if) || l2.shadow !== 0) return false;
    return l2.activity === activityStates.active || l2.activity === activityStates.hlt;
  }

  interruptWindow(state: State): State {
    this.cite('windows-exit-when-open');
    return this.parts.exits.exit(state, { reason: exitReasons.interruptWindow, by: 'trap' });
  }

  private waitsForSipi({ l2 }: State): boolean {
    return l2.activity === activityStates.waitForSipi;
  }
}
