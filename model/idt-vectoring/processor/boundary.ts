import { Part } from '../part.ts';
import type { IdtVectoringState as State } from '../state.ts';
import { withGuest, withPending } from '../update.ts';
import { hardwareException } from '../vectored-event.ts';

/** What is taken between two instructions. */
export class Boundary extends Part {
  /** "at most one event is taken: machine check, then debug trap, then NMI, then external interrupt"; undefined: none. */
  take(state: State): State | undefined {
    for (const candidate of this.order()) {
      const taken = candidate(state);
      if (taken === undefined) continue;
      this.cite('boundary-takes-one-event-by-rank');
      return taken;
    }
    return undefined;
  }

  order(): readonly ((state: State) => State | undefined)[] {
    return [
      (state) => this.machineCheck(state),
      (state) => this.debugTrap(state),
      (state) => this.nmi(state),
      (state) => this.externalInterrupt(state),
    ];
  }

  private machineCheck(state: State): State | undefined {
    if (!state.pending.machineCheck) return undefined;
    const taken = withPending(state, { machineCheck: false });
    if (state.guest.mcip) return this.machineCheckInProgress(taken);
    return this.parts.exceptions.raise(this.setMcip(taken), hardwareException(18));
  }

  /** "A machine check that is taken with MCIP 1 shuts the processor down." */
  machineCheckInProgress(state: State): State {
    this.cite('machine-check-in-progress-shuts-down');
    return this.parts.shutdown.enter(state);
  }

  /** "sets MCIP before its delivery begins" */
  setMcip(state: State): State {
    this.cite('machine-check-sets-mcip');
    return withGuest(state, { mcip: true });
  }

  private debugTrap(state: State): State | undefined {
    const { debug } = state.pending;
    if (debug === 0 || !this.isDebugOpen(state)) return undefined;
    return this.parts.exceptions.raise(withPending(state, { debug: 0 }), hardwareException(1, undefined, debug));
  }

  /** "MOV SS holds … debug traps back" */
  isDebugOpen({ guest }: State): boolean {
    if (guest.shadow === 'movss') this.cite('movss-casts-a-shadow');
    return guest.shadow !== 'movss';
  }

  private nmi(state: State): State | undefined {
    const { nmis } = state.pending;
    if (nmis === 0 || !this.parts.nmis.areOpen(state)) return undefined;
    return this.parts.environment.takeNmi(withPending(state, { nmis: nmis - 1 }));
  }

  private externalInterrupt(state: State): State | undefined {
    const { externalInterrupts } = this.parts;
    const vector = externalInterrupts.deliverable(state);
    return vector === 0 ? undefined : externalInterrupts.take(state, vector);
  }
}
