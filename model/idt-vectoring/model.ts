import type { Cite, Model, SectionView, Skip } from '../../spec/contract.ts';
import type { IdtVectoringEvent } from '../../spec/idt-vectoring/alphabet.ts';
import { clauses } from '../../spec/idt-vectoring/clauses.ts';
import type { IdtVectoringConfiguration } from '../../spec/idt-vectoring/configuration.ts';
import type { profiles } from '../../spec/idt-vectoring/profiles.ts';
import { guestEvent } from './events/guest-events.ts';
import { hypervisorEvent } from './events/hypervisor-events.ts';
import { injectorEvent } from './events/injector-events.ts';
import { platformEvent } from './events/platform-events.ts';
import { tablesEvent } from './events/tables-events.ts';
import { initialState } from './initial.ts';
import type { IdtVectoringClause } from './part.ts';
import { assemble, type PartClasses, type Parts } from './parts.ts';
import { skips } from './skips.ts';
import { noClient, noDelivery, noEntry, noExit, type IdtVectoringState } from './state.ts';
import { views } from './views.ts';

/** How a model is put together. */
export interface IdtVectoringModelOptions {
  /** Told the name of each clause that decides a step, and holds in the profile. */
  readonly cite?: Cite<IdtVectoringClause>;
  /** Classes that take the place of the rules: subclasses of those in `partClasses`. */
  readonly parts?: Partial<PartClasses>;
}

type ProfileName = keyof typeof profiles;
type State = IdtVectoringState;

/** The reference model of the `idt-vectoring` system. */
export class IdtVectoringModel implements Model<IdtVectoringConfiguration, IdtVectoringEvent, State> {
  readonly views: readonly SectionView<State>[] = views;
  /** The same rules for each profile, in its surroundings; they cite the clauses that hold in it. */
  private readonly parts: Readonly<Record<ProfileName, Parts>>;

  constructor({ cite, parts = {} }: IdtVectoringModelOptions = {}) {
    const forProfile = (profile: ProfileName): Parts => assemble(profile, citing(profile, cite), parts);
    this.parts = {
      reinject: forProfile('reinject'),
      drop: forProfile('drop'),
      'drop-exceptions': forProfile('drop-exceptions'),
      native: forProfile('native'),
    };
  }

  initial(config: IdtVectoringConfiguration): State {
    return initialState(config);
  }

  step(state: State, event: IdtVectoringEvent): State | Skip {
    const { machine, guest } = state;
    if (!machine.plays[event.kind]) return skips.actor;
    if (guest.shutdown) return skips.shutdown;
    return this.next(this.parts[machine.config.profile], withoutOutputs(state), event);
  }

  private next(parts: Parts, state: State, event: IdtVectoringEvent): State | Skip {
    switch (event.kind) {
      case 'nop':
      case 'sti':
      case 'cli':
      case 'movss':
      case 'popf':
      case 'movdr':
      case 'fault':
      case 'movs':
      case 'codeBreakpoint':
      case 'dataBreakpoint':
      case 'int3':
      case 'into':
      case 'intn':
      case 'int1':
      case 'hlt':
      case 'eoi':
      case 'iret':
        return guestEvent(parts, state, event);

      case 'external':
      case 'nmi':
      case 'machineCheck':
      case 'cure':
        return platformEvent(parts, state, event);

      case 'gate':
      case 'spoil':
        return tablesEvent(parts, state, event);

      case 'inject':
        return injectorEvent(parts, state, event);

      case 'obstruct':
      case 'enter':
      case 'kick':
      case 'migrate':
      case 'refused':
        return hypervisorEvent(parts, state, event);

      default:
        return event satisfies never;
    }
  }
}

/** Passes on the names of clauses that hold in the profile. */
function citing(profile: ProfileName, cite: Cite<IdtVectoringClause> | undefined): Cite<IdtVectoringClause> {
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
  const { delivery, exit, entry, client } = state;
  if (delivery === noDelivery && exit === noExit && entry === noEntry && client === noClient) return state;
  return { ...state, delivery: noDelivery, exit: noExit, entry: noEntry, client: noClient };
}
