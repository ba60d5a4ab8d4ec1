import { entryFailure, exitReasons } from '../../../spec/vmx/exit-reasons.ts';
import { Part } from '../part.ts';
import type { Vmcs12State as State } from '../state.ts';
import { withFields, withOutcome } from '../update.ts';
import type { FieldValues } from '../vmcs.ts';

/** VM-entry failures during or after loading guest state. */
export class LateFailure extends Part {
  /** "ends with reason 33 and bit 31, and L1 runs in its exit handler" */
  invalidGuestState(state: State, qualifications: readonly number[]): readonly State[] {
    this.cite('invalid-guest-state-fails-late');
    this.cite('qualification-of-a-late-failure');
    const { l1, l1Bndcfgs } = state;
    const left = { pat: l1.pat, efer: l1.efer, bndcfgs: l1Bndcfgs.value };
    return qualifications.map((qualification) => this.fail(state, exitReasons.invalidGuestState, qualification, left));
  }

  /**
   * "ends with reason 34 and bit 31, and the number of the MSR as qualification"
   *
   * @param loaded the state in which guest state has been loaded
   */
  msrLoading(state: State, loaded: State): State {
    this.cite('msr-loading-fails-late');
    return this.fail(state, exitReasons.msrLoading, 2, loaded.l2);
  }

  /** The way back to L1. What no host field loads is what the processor has: `left`. */
  fail(state: State, reason: number, qualification: number, left: Left): State {
    const { hostStateLoading, msrLists, exits } = this.parts;
    this.cite('late-failure-writes-reason-and-qualification-alone');
    this.cite('exit-leaves-instruction-error');
    this.cite('host-state-keeps-what-l1-wrote');
    const failed = withFields(state, this.fields(state, (reason | entryFailure) >>> 0, qualification));
    this.cite('late-failure-loads-host-state');
    const loaded = msrLists.loadAtExit(hostStateLoading.load(this.stored(failed), left));
    return withOutcome(exits.arrive(loaded), 'entryFailed');
  }

  /** "A late failure writes exit reason and qualification, and no other field" */
  fields(_state: State, exitReason: number, exitQualification: number): FieldValues {
    return { exitReason, exitQualification };
  }

  /** "the MSR-store area is not written" */
  stored(state: State): State {
    return state;
  }
}

/** What the processor has in the registers that a host field may or may not load. */
export interface Left {
  readonly pat: number;
  readonly efer: number;
  readonly bndcfgs: number;
}
