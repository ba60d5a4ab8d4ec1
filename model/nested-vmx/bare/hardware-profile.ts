import type { Skip } from '../../../spec/contract.ts';
import type { NestedVmxEvent } from '../../../spec/nested-vmx/alphabet.ts';
import { alphabet } from '../../../spec/nested-vmx/alphabet.ts';
import { activityStates } from '../../../spec/vmx/guest-non-register-state.ts';
import { control } from '../machine.ts';
import { hasActed } from '../shown.ts';
import { Part } from '../part.ts';
import { skips } from '../skips.ts';
import type { BareState as State } from '../state.ts';

/** Profile `hardware`: what more is skipped, so that a real processor can follow. */
export class HardwareProfile extends Part {
  skipOf(state: State, { kind }: NestedVmxEvent): Skip | undefined {
    if (kind === 'l1Wait' || kind === 'l2Wait') return this.wouldAct(state) ? undefined : skips.nothing;
    if (!state.runsL2) return undefined;
    if (alphabet[kind].by === 'device') return this.isUndisturbed(state) ? undefined : skips.tooClose;
    if (kind !== 'l2Iret' && kind !== 'l2Eoi' && kind !== 'l2Tpr') return undefined;
    const { core, controls } = state.guest;
    return core.blocking !== 0 || (controls & control.monitorTrapFlag) !== 0 ? skips.severalInstructions : undefined;
  }

  private wouldAct(state: State): boolean {
    return hasActed(this.parts.bareBoundaries.boundary(state).out);
  }

  /** L2 can send it itself, and nothing else happens there. */
  private isUndisturbed(state: State): boolean {
    const { core, controls } = state.guest;
    if (core.activity !== activityStates.active || core.blocking !== 0 || core.handler !== 0) return false;
    return (controls & control.monitorTrapFlag) === 0 && !this.wouldAct(state);
  }
}
