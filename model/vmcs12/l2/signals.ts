import type { Skip } from '../../../spec/contract.ts';
import { activityStates } from '../../../spec/vmx/guest-non-register-state.ts';
import { exitReasons } from '../../../spec/vmx/exit-reasons.ts';
import { any, rflags } from '../bits.ts';
import { Part } from '../part.ts';
import { skips } from '../skips.ts';
import type { Vmcs12State as State } from '../state.ts';
import { controls, withL2 } from '../update.ts';

const nmi = 0x8000_0202;

/** What comes from outside while L2 runs. */
export class Signals extends Part {
  /** "exits with 'external-interrupt exiting', IF or not; without, it is delivered in L2" */
  interrupt(state: State, vector: number): State | Skip {
    const { l2 } = state;
    if (l2.activity >= activityStates.shutdown) return skips.blocked;
    if (l2.shadow !== 0) return skips.shadow;
    const exits = this.interruptExits(state);
    if (!exits && !any(l2.rflags, rflags.if)) return skips.blocked;
    this.cite('external-interrupt-exits-by-control');
    if (!exits) return this.deliver(state, (0x8000_0000 | vector) >>> 0);
    const interruption = this.acknowledged(state, vector);
    return this.parts.exits.exit(this.leavingHlt(state), {
      reason: exitReasons.externalInterrupt,
      by: 'event',
      ...(interruption !== undefined && { interruption }),
    });
  }

  interruptExits(state: State): boolean {
    return controls(state, 'externalInterruptExiting');
  }

  /** "reports its vector with 'acknowledge interrupt on exit', and is invalid without" */
  acknowledged(state: State, vector: number): number | undefined {
    this.cite('interruption-of-an-acknowledged-interrupt');
    return controls(state, 'acknowledgeInterrupt') ? (0x8000_0000 | vector) >>> 0 : undefined;
  }

  /** "exits with 'NMI exiting'; without, it is delivered in L2 and blocks further ones" */
  nmi(state: State): State | Skip {
    const { l2 } = state;
    const exits = controls(state, 'nmiExiting');
    if (l2.activity === activityStates.waitForSipi) return skips.blocked;
    if (l2.shadow !== 0) return skips.shadow;
    if (l2.nmiBlocking && !(exits && controls(state, 'virtualNmis'))) return skips.blocked;
    this.cite('nmi-exits-by-control');
    if (!exits) return this.deliver(state, nmi);
    return this.parts.exits.exit(this.leavingHlt(state), {
      reason: exitReasons.exceptionOrNmi,
      by: 'event',
      interruption: nmi,
    });
  }

  init(state: State): State | Skip {
    if (state.l2.activity === activityStates.waitForSipi) return skips.blocked;
    this.cite('unconditional-exits');
    return this.parts.exits.exit(state, { reason: exitReasons.init, by: 'event' });
  }

  /** "exits if L2 waits for one, and is discarded otherwise" */
  sipi(state: State, vector: number): State {
    this.cite('sipi-exits-from-wait-for-sipi-only');
    if (!this.takesSipi(state)) return state;
    return this.parts.exits.exit(state, { reason: exitReasons.sipi, by: 'event', qualification: vector });
  }

  takesSipi({ l2 }: State): boolean {
    return l2.activity === activityStates.waitForSipi;
  }

  /** The VMX-preemption timer counts, and exits at 0: "no shadow and no IF preventing it". */
  tick(state: State): State | Skip {
    if (!controls(state, 'preemptionTimer')) return skips.notActivated;
    if (state.l2.activity === activityStates.waitForSipi) return skips.blocked;
    const counted = withL2(state, { timer: state.l2.timer - 1 });
    return counted.l2.timer === 0 ? this.parts.boundary.timer(this.leavingHlt(counted)) : counted;
  }

  /** "Activity is saved as it was before the exit" */
  leavingHlt(state: State): State {
    return state;
  }

  private deliver(state: State, information: number): State | Skip {
    return this.parts.delivery.deliverNative(state, { information, length: 0, like: 'interrupt', isInjected: false });
  }
}
