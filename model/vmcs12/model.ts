import type { Cite, Model, SectionView, Skip } from '../../spec/contract.ts';
import { alphabet, type Vmcs12Event } from '../../spec/vmcs12/alphabet.ts';
import { clauses } from '../../spec/vmcs12/clauses.ts';
import type { Vmcs12Configuration } from '../../spec/vmcs12/configuration.ts';
import type { profiles } from '../../spec/vmcs12/profiles.ts';
import { l1Event, type L1Event } from './events/l1-events.ts';
import { l2Event } from './events/l2-events.ts';
import { outsideEvent, type OutsideEvent } from './events/outside-events.ts';
import { initialState } from './initial.ts';
import type { Vmcs12Clause } from './part.ts';
import { assemble, type PartClasses, type Parts } from './parts.ts';
import { skips } from './skips.ts';
import { noDelivery, noStep, type Vmcs12State } from './state.ts';
import { views } from './views.ts';

/** How a model is put together. */
export interface Vmcs12ModelOptions {
  /** Told the name of each clause that decides a step, and holds in the profile. */
  readonly cite?: Cite<Vmcs12Clause>;
  /** Classes that take the place of the rules: subclasses of those in `partClasses`. */
  readonly parts?: Partial<PartClasses>;
}

type ProfileName = keyof typeof profiles;
type State = Vmcs12State;

/** The reference model of the `vmcs12` system. */
export class Vmcs12Model implements Model<Vmcs12Configuration, Vmcs12Event, State> {
  readonly views: readonly SectionView<State>[] = views;
  /** The same rules for each profile; they cite the clauses that hold in it. */
  private readonly parts: Readonly<Record<ProfileName, Parts>>;

  constructor({ cite, parts = {} }: Vmcs12ModelOptions = {}) {
    const forProfile = (profile: ProfileName): Parts => assemble(citing(profile, cite), parts);
    this.parts = { nested: forProfile('nested'), bare: forProfile('bare') };
  }

  initial(config: Vmcs12Configuration): State {
    return initialState(config);
  }

  step(state: State, event: Vmcs12Event): State | readonly State[] | Skip {
    const { machine } = state;
    if (!machine.plays[event.kind]) return skips.actor;
    const parts = this.parts[machine.config.profile];
    const before = withoutOutputs(state);
    if (isL1Event(event)) return single(l1Event(parts, before, event));
    return isOutsideEvent(event) ? outsideEvent(parts, before, event) : l2Event(parts, before, event);
  }
}

const isL1Event = (event: Vmcs12Event): event is L1Event => alphabet[event.kind].by === 'l1';
const isOutsideEvent = (event: Vmcs12Event): event is OutsideEvent =>
  alphabet[event.kind].by === 'outside' || alphabet[event.kind].by === 'l0';

/** A choice among one is none. */
function single(next: State | readonly State[] | Skip): State | readonly State[] | Skip {
  return Array.isArray(next) && next.length === 1 ? (next[0] as State) : next;
}

/** Passes on the names of clauses that hold in the profile. */
function citing(profile: ProfileName, cite: Cite<Vmcs12Clause> | undefined): Cite<Vmcs12Clause> {
  if (cite === undefined) return () => {};
  const holds: Readonly<Record<string, boolean>> = Object.fromEntries(
    Object.values(clauses).map((clause) => [clause.name, clause.profiles?.includes(profile) ?? true]),
  );
  return (clause) => {
    if (holds[clause]) cite(clause);
  };
}

/** Outputs of the event before are gone. */
function withoutOutputs(state: State): State {
  if (state.step === noStep && state.delivery === noDelivery) return state;
  return { ...state, step: noStep, delivery: noDelivery };
}
