import { cr4, efer } from '../bits.ts';
import { Part } from '../part.ts';
import type { Vmcs12State as State } from '../state.ts';
import { controls, fieldOf } from '../update.ts';

/** Checks on the host-state area. */
export class HostStateChecks extends Part {
  /** "An entry with invalid host state fails with error 8." */
  fail(state: State): boolean {
    const failed = this.cr4(state) || this.cs(state) || this.efer(state);
    if (failed) this.cite('invalid-host-state-fails-early');
    return failed;
  }

  cr4(state: State): boolean {
    return (fieldOf(state, 'hostCr4') & cr4.vmxe) === 0;
  }

  cs(state: State): boolean {
    return fieldOf(state, 'hostCsSelector') === 0;
  }

  /** LMA and LME each equal "host address-space size", which is 1. */
  efer(state: State): boolean {
    const long = efer.lme | efer.lma;
    return controls(state, 'loadHostEfer') && (fieldOf(state, 'hostEfer') & long) !== long;
  }
}
