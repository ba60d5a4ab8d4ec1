import type { Cite, Model, SectionView, Skip } from '../../spec/contract.ts';
import { alphabet, type NestedVmxEvent } from '../../spec/nested-vmx/alphabet.ts';
import { clauses } from '../../spec/nested-vmx/clauses.ts';
import type { NestedVmxConfiguration } from '../../spec/nested-vmx/configuration.ts';
import type { profiles } from '../../spec/nested-vmx/profiles.ts';
import { showBare } from './bare/show.ts';
import type { DeviceEvent, HostEvent, L1Event, L2Event } from './events.ts';
import { initialState } from './initial.ts';
import { showNested } from './l0/show.ts';
import { withoutOutputs } from './outputs.ts';
import type { NestedVmxClause } from './part.ts';
import { assemble, type PartClasses, type Parts } from './parts.ts';
import { skipOf } from './preconditions.ts';
import type { BareState, NestedState, NestedVmxState } from './state.ts';
import { views } from './views.ts';

/** How a model is put together. */
export interface NestedVmxModelOptions {
  /** Told the name of each clause that decides a step, and holds in the profile. */
  readonly cite?: Cite<NestedVmxClause>;
  /** Classes that take the place of the rules: subclasses of those in `partClasses`. */
  readonly parts?: Partial<PartClasses>;
}

type ProfileName = keyof typeof profiles;
type State = NestedVmxState;

/** The reference model of the `nested-vmx` system: the bare machine, and the one with L0. */
export class NestedVmxModel implements Model<NestedVmxConfiguration, NestedVmxEvent, State> {
  readonly views: readonly SectionView<State>[] = views;
  /** The same rules for each profile; they cite the clauses that hold in it. */
  private readonly parts: Readonly<Record<ProfileName, Parts>>;

  constructor({ cite, parts = {} }: NestedVmxModelOptions = {}) {
    const forProfile = (profile: ProfileName): Parts => assemble(citing(profile, cite), parts);
    this.parts = { nested: forProfile('nested'), bare: forProfile('bare'), hardware: forProfile('hardware') };
  }

  initial(config: NestedVmxConfiguration): State {
    return initialState(config, this.parts[config.profile]);
  }

  step(state: State, event: NestedVmxEvent): State | Skip {
    const { machine, shown } = state;
    const skip = skipOf(event, shown, machine);
    if (skip !== undefined) return skip;
    const parts = this.parts[machine.config.profile];
    return state.kind === 'bare' ? stepBare(parts, state, event) : stepNested(parts, state, event);
  }
}

function stepBare(parts: Parts, state: BareState, event: NestedVmxEvent): BareState | Skip {
  const { bareDevices, bareExecution } = parts;
  const start = withoutOutputs(state);
  if (state.machine.isHardware) {
    const skip = parts.quiet.hardwareProfile.skipOf(start, event);
    if (skip !== undefined) return skip;
  }
  const next =
    alphabet[event.kind].by === 'device'
      ? bareDevices.step(start, event as DeviceEvent)
      : bareExecution.step(start, event as L1Event | L2Event);
  const shown = showBare(parts, next, state.shown);
  return shown === next.shown ? next : { ...next, shown };
}

function stepNested(parts: Parts, state: NestedState, event: NestedVmxEvent): NestedState {
  const next = nested(parts, withoutOutputs(state), event);
  const shown = showNested(parts, next, state.shown);
  return shown === next.shown ? next : { ...next, shown };
}

function nested(
  { nestedDevices, host, nestedExecution }: Parts,
  state: NestedState,
  event: NestedVmxEvent,
): NestedState {
  switch (alphabet[event.kind].by) {
    case 'device':
      return nestedDevices.step(state, event as DeviceEvent);
    case 'level0':
      return host.step(state, event as HostEvent);
    default:
      return nestedExecution.step(state, event as L1Event | L2Event);
  }
}

/** Passes on the names of clauses that hold in the profile. */
function citing(profile: ProfileName, cite: Cite<NestedVmxClause> | undefined): Cite<NestedVmxClause> {
  if (cite === undefined) return () => {};
  const holds: Readonly<Record<string, boolean>> = Object.fromEntries(
    Object.values(clauses).map((clause) => [clause.name, clause.profiles?.includes(profile) ?? true]),
  );
  return (clause) => {
    if (holds[clause]) cite(clause);
  };
}
